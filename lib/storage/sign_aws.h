/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AWS Signature Version 4 in a header ("Authenticating Requests", Amazon S3
 * API Reference). The path is encoded once and not normalised, as S3 alone
 * among AWS services wants it. For lib/storage only.
 */
#ifndef IAP_STORAGE_SIGN_AWS_H
#define IAP_STORAGE_SIGN_AWS_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* A header or a parameter of the query; neither part is encoded. */
struct iap_sign_pair {
	const char *name;
	const char *value;
};

/* Adds one at the end of `pairs`, which has room for it. */
static inline void
iap_sign_pair_add(struct iap_sign_pair *pairs, size_t *count, const char *name, const char *value)
{
	pairs[(*count)++] = (struct iap_sign_pair){ name, value };
}

struct iap_sign_aws {
	const char *method;
	const char *path;                   /* begins with a slash, not encoded */
	const struct iap_sign_pair *query;
	size_t query_count;
	const struct iap_sign_pair *headers; /* all are signed; host and x-amz-date among them */
	size_t header_count;
	const char *payload;                /* SHA-256 of the body, hexadecimal */
	const char *region;
	const char *service;
	const char *access_key;
	const char *secret_key;
	int64_t time_ms;
};

/* The SHA-256 of a body that is empty. */
extern const char iap_sign_aws_no_payload[];

/* The path as it is sent and signed: every byte but A-Z a-z 0-9 - . _ ~ / is encoded. */
char *iap_sign_aws_path(struct iap_arena *arena, const char *path);

/* The query as it is sent and signed: encoded, then sorted; without a question mark. */
char *iap_sign_aws_query(struct iap_arena *arena, const struct iap_sign_pair *query, size_t count);

/* The value of x-amz-date: "20150830T123600Z". */
char *iap_sign_aws_time(struct iap_arena *arena, int64_t time_ms);

/* The canonical request, over which the signature goes. */
char *iap_sign_aws_canonical(struct iap_arena *arena, const struct iap_sign_aws *sign);

/* The value of the header Authorization. */
char *iap_sign_aws_format(struct iap_arena *arena, const struct iap_sign_aws *sign);

#endif
