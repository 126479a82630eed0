/* SPDX-License-Identifier: Apache-2.0 */
/* What every part of iap-worker shares. */
#ifndef IAP_WORKER_WORKER_H
#define IAP_WORKER_WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "archive/division.h"
#include "base/arena.h"
#include "base/error.h"
#include "conf/options.h"
#include "conf/settings.h"
#include "db/db.h"
#include "media/state.h"
#include "model/partition.h"
#include "model/pass.h"
#include "model/source.h"
#include "storage/storage.h"
#include "worker/progress.h"

/* Exit codes. */
enum iap_worker_exit {
	IAP_WORKER_DONE = 0,
	IAP_WORKER_FAILED = 1,
	IAP_WORKER_USAGE = 2,
	IAP_WORKER_FAULTS = 3, /* done; some documents are damaged */
};

/* One run of the program. */
struct iap_worker {
	struct iap_arena *arena;
	struct iap_settings settings;
	struct iap_db *db;
	const char *owner; /* its name in leases */
	bool partitioned[IAP_PARTITION_QUARTERS]; /* quarters known to have their partitions */
};

/* What became of a source in a pass. */
enum iap_source_outcome {
	IAP_SOURCE_DONE,
	IAP_SOURCE_SKIPPED, /* another worker reads it */
	IAP_SOURCE_STOPPED,
	IAP_SOURCE_FAILED,
	IAP_SOURCE_INTERRUPTED,
};

/* What reading media to their end has found. */
struct iap_deep_counts {
	uint64_t media;
	uint64_t valid;      /* interactions that are good now */
	uint64_t failed;     /* and that are not */
	uint64_t states[IAP_STATE_COUNT]; /* of the media */
	uint64_t bytes;      /* decrypted */
	uint64_t duration_differs; /* media that are longer or shorter than the document says */
	uint64_t unanswered; /* media of which nothing was found out */
};

/* One pass over one source. */
struct iap_source_pass {
	struct iap_worker *worker;
	const struct iap_source *source;
	struct iap_storage *storage;
	struct iap_division_rule *rule;
	struct iap_arena *arena;     /* lives as long as the pass */
	uint64_t pass_id;
	struct iap_pass_counts counts;
	struct iap_deep_counts deep;
	struct iap_progress progress;
	uint64_t known;              /* objects that were catalogued before */
	uint64_t seen_known;         /* of those: seen again */
	bool partial;                /* a folder could not be listed */
	bool found_new;              /* an object came or changed */
	int64_t renewed_ms;          /* the lease, by the ticking clock */
	enum iap_source_outcome outcome;
	char message[512];
};

/* Whether a signal asked the program to end; looked at between documents. */
bool iap_worker_stopping(void);

/* Renews the lease and stores the counts when that is due; IAP_CONFLICT when it was lost. */
IAP_MUST_CHECK enum iap_status iap_source_pass_beat(struct iap_source_pass *pass,
    struct iap_error *err);

/* The subcommands. */
enum iap_worker_exit iap_process_server(struct iap_worker *worker,
    struct iap_arguments *arguments, struct iap_options_common *common);
enum iap_worker_exit iap_validate_command(struct iap_worker *worker,
    struct iap_arguments *arguments, struct iap_options_common *common);

/*
 * Reads the settings and connects, when the command line is known to be right.
 * False after saying why.
 */
IAP_MUST_CHECK bool iap_worker_connect(struct iap_worker *worker,
    const struct iap_options_common *common);

#endif
