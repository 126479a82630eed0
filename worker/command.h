/* SPDX-License-Identifier: Apache-2.0 */
/* What the subcommands share: choosing sources, and telling what became of them. */
#ifndef IAP_WORKER_COMMAND_H
#define IAP_WORKER_COMMAND_H

#include "json/write.h"
#include "worker/deep.h"
#include "worker/source_pass.h"
#include "worker/worker.h"

/* What a command was asked for. */
struct iap_command_wish {
	const char *source; /* NULL: all */
	bool json;
	enum iap_source_work work;
	const struct iap_deep_wish *deep; /* and then to read media whole; NULL: not */
	void (*write)(struct iap_json_writer *writer, const struct iap_source_pass *pass,
	    double seconds);
	void (*print)(const struct iap_source_pass *pass, double seconds);
};

/* Does the work on each source that was asked for, and prints what became of them. */
enum iap_worker_exit iap_command_run(struct iap_worker *worker,
    const struct iap_command_wish *wish);

/* Says what is wrong with the command line; IAP_WORKER_USAGE. */
enum iap_worker_exit iap_command_usage(const char *usage, const char *format, ...)
    IAP_PRINTF(2, 3);

#endif
