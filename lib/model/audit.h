/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who did what: rows that are only ever added. A row is added before the
 * answer to what it tells of is given; when that fails, so does the action.
 */
#ifndef IAP_MODEL_AUDIT_H
#define IAP_MODEL_AUDIT_H

#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "db/db.h"
#include "db/stmt.h"

enum iap_audit_result {
	IAP_AUDIT_OK,
	IAP_AUDIT_DENIED,
	IAP_AUDIT_FAILED,
};

struct iap_audit {
	int64_t at_ms;
	uint64_t user_id;             /* 0: nobody that IAP knows */
	const char *actor;            /* issuer and subject, or what was typed; cut at 512 bytes */
	const unsigned char *session; /* its token hash; NULL: none */
	const char *address;
	const char *request_id;
	const char *action;           /* "play" */
	const char *object_type;      /* "" when there is no object */
	const char *object_id;
	enum iap_audit_result result;
	const char *detail; /* a JSON object */
};

IAP_MUST_CHECK enum iap_status iap_audit_insert(struct iap_db *db,
    const struct iap_audit *audit, struct iap_error *err);

/*
 * As iap_audit_insert(), unless the same session has done the same to the same
 * object since `since_ms`: a player asks for a hundred ranges of one medium.
 */
IAP_MUST_CHECK enum iap_status iap_audit_insert_once(struct iap_db *db,
    const struct iap_audit *audit, int64_t since_ms, struct iap_error *err);

#endif
