/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a source's storage is: the file NAME.conf in the folder [media] sources.
 * Region, rule of divisions and id of a source are in the database; these
 * files say only where its bytes lie, and the programs that read bytes read
 * them again when they change.
 */
#ifndef IAP_CONF_SOURCE_H
#define IAP_CONF_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"

/* Members that the kind has no use for are NULL. */
struct iap_source_conf {
	const char *name;
	const char *kind;           /* "local", "s3", "azure" */
	const char *root;           /* of local: absolute path of a folder */

	const char *endpoint;       /* of s3 and azure: https://HOST[:PORT], or http:// */
	const char *bucket;         /* of s3; of azure the container */
	const char *prefix;         /* of s3 and azure: before every key; or NULL */
	const char *credentials;    /* of s3 and azure: absolute path of a file; NULL: the platform's */
	const char *ca_file;        /* of s3 and azure: absolute path; NULL: the system's */
	const char *aws_region;     /* of s3, or NULL */
	const char *addressing;     /* of s3: "path", "virtual", or NULL */
	const char *requester_pays; /* of s3: "yes", "no", or NULL */
};

/* Where it lies, for people: the root, or endpoint, bucket and prefix as one URL. */
const char *iap_source_conf_format(struct iap_arena *arena, const struct iap_source_conf *source);

/* Whether a name is 1 to 64 of [A-Za-z0-9._-] and does not begin with a dot or dash. */
bool iap_source_conf_check_name(const char *name);

/*
 * Reads one source. IAP_NOT_FOUND when there is no such file; IAP_INVALID with
 * file and line when it is wrong, or when the name is not allowed.
 */
IAP_MUST_CHECK enum iap_status iap_source_conf_load(struct iap_arena *arena, const char *folder,
    const char *name, struct iap_source_conf *out, struct iap_error *err);

/* Writes one source, whole or not at all; an earlier one of that name is replaced. */
IAP_MUST_CHECK enum iap_status iap_source_conf_save(struct iap_arena *arena, const char *folder,
    const struct iap_source_conf *source, struct iap_error *err);

/* Removes the file of a source; IAP_NOT_FOUND when there is none. */
IAP_MUST_CHECK enum iap_status iap_source_conf_delete(struct iap_arena *arena,
    const char *folder, const char *name, struct iap_error *err);

/* The names of all sources, sorted; other files in the folder are left out. */
IAP_MUST_CHECK enum iap_status iap_source_conf_list(struct iap_arena *arena, const char *folder,
    const char *const **names_out, size_t *count_out, struct iap_error *err);

#endif
