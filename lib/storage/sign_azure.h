/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared Key of Azure Storage ("Authorize with Shared Key", version 2009-09-19
 * and later, Blob service). For lib/storage only.
 */
#ifndef IAP_STORAGE_SIGN_AZURE_H
#define IAP_STORAGE_SIGN_AZURE_H

#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "storage/sign_aws.h"

struct iap_sign_azure {
	const char *method;
	const char *account;
	const char *path;                    /* encoded, as it is sent */
	const struct iap_sign_pair *query;   /* not encoded; names in lower case */
	size_t query_count;
	const struct iap_sign_pair *headers; /* "x-ms-...", "Range" and "If-Match"; others are not signed */
	size_t header_count;
	const char *account_key;             /* base64 */
};

/* The text that is signed. */
char *iap_sign_azure_text(struct iap_arena *arena, const struct iap_sign_azure *sign);

/* The value of the header Authorization; IAP_INVALID when the key is no base64. */
IAP_MUST_CHECK enum iap_status iap_sign_azure_format(struct iap_arena *arena,
    const struct iap_sign_azure *sign, char **out, struct iap_error *err);

#endif
