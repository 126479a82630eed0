/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who IAP is towards an object store, found as the platforms' own programs
 * find it, kept until shortly before it ends, and refreshed by one thread at
 * a time. For lib/storage only.
 */
#ifndef IAP_STORAGE_CREDENTIALS_H
#define IAP_STORAGE_CREDENTIALS_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"

struct iap_credentials;

/* What signs requests; which members are set depends on the kind of store. */
struct iap_credential {
	const char *from;         /* where it comes from, for messages: "instance metadata" */
	int64_t until_ms;         /* when it ends; 0: unknown or never */
	uint64_t number;          /* counts the refreshes; never 0 */

	const char *access_key;   /* aws */
	const char *secret_key;
	const char *token;        /* of a session, or NULL */

	const char *account_key;  /* azure: Shared Key, base64 as Azure shows it */
	const char *sas;          /* azure: a signature in the query, without question mark */
	const char *bearer;       /* azure: a token of Microsoft Entra ID */
};

struct iap_credentials_conf {
	const char *file;         /* of sources.d, or NULL: what the platform offers */
	const char *region;       /* aws: of the token service */
	const char *ca_file;      /* for the token services; or NULL */
};

/* A way to come by a credential. IAP_NOT_FOUND when the platform does not offer it. */
struct iap_credentials_provider {
	const char *name;
	enum iap_status (*find)(const struct iap_credentials_conf *conf, struct iap_arena *arena,
	    struct iap_credential *out, struct iap_error *err);
};

/* In the order in which they are asked; the last has a NULL name. */
extern const struct iap_credentials_provider iap_credentials_aws[];
extern const struct iap_credentials_provider iap_credentials_azure[];

/* Never fails; asks nobody yet. `conf` and what it points to is copied. */
struct iap_credentials *iap_credentials_open(const struct iap_credentials_conf *conf,
    const struct iap_credentials_provider *providers);

/* Closes *credentials, wipes what they held and sets it to NULL; NULL in it is allowed. */
void iap_credentials_close(struct iap_credentials **credentials);

/*
 * The credential of now, copied to `arena`. One whose number is `refused` (0:
 * none) is not given again: the provider is asked anew. IAP_UNAVAILABLE with a
 * sentence that names every way tried when there is none.
 */
IAP_MUST_CHECK enum iap_status iap_credentials_find(struct iap_credentials *credentials,
    struct iap_arena *arena, uint64_t refused, struct iap_credential *out,
    struct iap_error *err);

#endif
