/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What S3 and Azure have in common: objects asked for by signed requests over
 * https, one range or one page of a listing at a time. Each kind fills in a
 * dialect. For lib/storage only.
 */
#ifndef IAP_STORAGE_CLOUD_H
#define IAP_STORAGE_CLOUD_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "fetch/fetch.h"
#include "storage/backend.h"
#include "storage/credentials.h"
#include "storage/sign_aws.h"
#include "xml/xml.h"

struct iap_cloud;

/* The most parameters of a query, and headers of a request. */
enum { IAP_CLOUD_QUERY_MAX = 8, IAP_CLOUD_HEADERS_MAX = 16 };

/* One question to the store. */
struct iap_cloud_ask {
	const char *method;   /* GET or HEAD */
	const char *name;     /* of the object with the source's prefix; NULL: the container */
	struct iap_sign_pair query[IAP_CLOUD_QUERY_MAX];
	size_t query_count;
	bool ranged;          /* bytes first to last only */
	uint64_t first, last;
	const char *etag;     /* only while it is this version; or NULL */
	void *into;           /* as of iap_fetch_request */
	size_t limit;
};

/* What an answer other than 2xx means. */
enum iap_cloud_verdict {
	IAP_CLOUD_FINAL,      /* what err says */
	IAP_CLOUD_SKEWED,     /* our clock is wrong */
	IAP_CLOUD_EXPIRED,    /* another credential may be taken */
};

/* Takes what one page of a listing holds. */
struct iap_cloud_found {
	const char *name;     /* with the source's prefix; of directories with a slash at its end;
	                         NULL: no text */
	bool directory;
	uint64_t size;
	int64_t mtime_ns;
};
typedef void iap_cloud_sink(void *context, const struct iap_cloud_found *found);

struct iap_cloud_dialect {
	/* Makes *out, signed with `credential` for the time `time_ms`. */
	enum iap_status (*prepare)(const struct iap_cloud *cloud, struct iap_arena *arena,
	    const struct iap_cloud_ask *ask, const struct iap_credential *credential,
	    int64_t time_ms, struct iap_fetch_request *out, struct iap_error *err);
	/* Judges an answer other than 2xx, and fills `err` for the case that nothing helps. */
	enum iap_cloud_verdict (*judge)(const struct iap_cloud *cloud, struct iap_arena *arena,
	    const struct iap_cloud_ask *ask, const struct iap_credential *credential,
	    const struct iap_fetch_answer *answer, struct iap_error *err);
	/* The question for a page of a directory, whose names begin with `prefix`. */
	void (*ask_page)(struct iap_cloud_ask *ask, const char *prefix, const char *marker);
	/* Reads a page; *marker_out is NULL after the last. */
	enum iap_status (*read_page)(struct iap_arena *arena, const struct iap_xml *page,
	    iap_cloud_sink *sink, void *context, const char **marker_out,
	    struct iap_error *err);
	/* Whether an error's cause is told in its body only, so that HEAD needs a GET to learn it. */
	bool cause_in_body;
};

struct iap_cloud {
	struct iap_storage storage;
	const struct iap_cloud_dialect *dialect;
	struct iap_arena *arena;  /* of the texts below */
	const char *source;       /* its name */
	const char *scheme;       /* "https" */
	const char *host;         /* with the port, if one is written */
	const char *base;         /* path before every name: "/" or "/bucket/" */
	const char *container;    /* bucket or container */
	const char *prefix;       /* "" or ends with a slash */
	const char *region;       /* s3 */
	bool requester_pays;      /* s3 */
	unsigned int patience_s;
	struct iap_fetch *fetch;
	struct iap_credentials *credentials;
};

/*
 * Fills what is common, from `conf`; host and scheme from its endpoint, which
 * may have no path, query or user. IAP_INVALID with a sentence. The caller
 * gives it up with iap_cloud_close() also after a failure.
 */
IAP_MUST_CHECK enum iap_status iap_cloud_open(const struct iap_storage_conf *conf,
    const struct iap_storage_ops *ops, const struct iap_cloud_dialect *dialect,
    const struct iap_credentials_provider *providers, struct iap_cloud **out,
    struct iap_error *err);

/* Ends the storage, when nobody uses it any more. */
void iap_cloud_close(struct iap_storage *storage);

/*
 * Asks, and asks again where that helps: after what may pass, with our clock
 * put right, with a fresh credential. IAP_OK for answers 2xx only.
 */
IAP_MUST_CHECK enum iap_status iap_cloud_send(struct iap_cloud *cloud, struct iap_arena *arena,
    const struct iap_cloud_ask *ask, struct iap_fetch_answer *answer, struct iap_error *err);

/* One of many questions, and how it ended. */
struct iap_cloud_turn {
	struct iap_cloud_ask ask;
	struct iap_fetch_answer answer;
	bool clock_tried, credential_tried;
	struct iap_error err; /* status IAP_OK: the answer is 2xx */
};

/* Asks all of them, at most `in_flight` at a time, each as iap_cloud_send() does. */
void iap_cloud_send_all(struct iap_cloud *cloud, struct iap_arena *arena,
    struct iap_cloud_turn *turns, size_t count, size_t in_flight);

/* Last-Modified of an answer, ns since 1970; 0 when it does not tell. */
int64_t iap_cloud_mtime(const struct iap_fetch_answer *answer);

/*
 * Whether the answer to a question for the first bytes of an object is what
 * was asked for; *size is that of the object.
 */
IAP_MUST_CHECK enum iap_status iap_cloud_check_first(struct iap_arena *arena,
    const struct iap_cloud_turn *turn, uint64_t *size, struct iap_error *err);

/* Operations of struct iap_storage_ops, of both kinds. */
enum iap_status iap_cloud_stat(struct iap_storage *storage, struct iap_arena *arena,
    const char *key, struct iap_object *out, struct iap_error *err);
enum iap_status iap_cloud_list(struct iap_storage *storage, struct iap_arena *arena,
    const char *dir, struct iap_storage_page *out, struct iap_error *err);
enum iap_status iap_cloud_read(struct iap_storage *storage, const char *key,
    struct iap_reader **out, struct iap_error *err);
void iap_cloud_load(struct iap_storage *storage, struct iap_storage_load *loads,
    struct iap_error *errs, size_t count, size_t in_flight);

#endif
