/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a function says that it failed: the status is for the program, the
 * detail for the log. Users see neither; see fcgi/web/problem.h for theirs.
 */
#ifndef IAP_BASE_ERROR_H
#define IAP_BASE_ERROR_H

#include "base/macros.h"

enum iap_status {
	IAP_OK = 0,
	IAP_INVALID,         /* the caller sent something malformed */
	IAP_UNAUTHENTICATED, /* no valid session */
	IAP_FORBIDDEN,       /* a valid session without the right */
	IAP_NOT_FOUND,       /* absent, or not visible to this viewer */
	IAP_CONFLICT,        /* somebody else changed it first */
	IAP_TOO_MANY,        /* asked too often: retry later */
	IAP_UNAVAILABLE,     /* a dependency is down or slow: retry later */
	IAP_CORRUPT,         /* stored data is not what was promised */
	IAP_FAILED,          /* anything else */
	IAP_STATUS_COUNT
};

struct iap_error {
	enum iap_status status;
	char detail[512]; /* for the log; no user ever sees it */
};

/*
 * Records what failed and returns `status`, so that a caller can write
 * `return iap_error_set(err, IAP_UNAVAILABLE, "s3: HEAD %s: %s", ...)`.
 * `err` is never NULL; whoever returns other than IAP_OK has filled it.
 */
enum iap_status iap_error_set(struct iap_error *err, enum iap_status status,
    const char *format, ...) IAP_PRINTF(3, 4);

/* As iap_error_set(), with ": " and the text of errno `number` after it. */
enum iap_status iap_error_errno(struct iap_error *err, enum iap_status status, int number,
    const char *format, ...) IAP_PRINTF(4, 5);

/*
 * Puts "format: " in front of the detail already there (what was being done
 * when it failed) and returns the status already there.
 */
enum iap_status iap_error_context(struct iap_error *err, const char *format, ...)
    IAP_PRINTF(2, 3);

/* The name of a status, for logs: "not_found". */
const char *iap_status_name(enum iap_status status);

#endif
