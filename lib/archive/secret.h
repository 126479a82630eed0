/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which parts of a document are secrets: `rp.speechminer_auth` holds a user
 * and a password in clear, descriptors may hold credentials of a storage.
 */
#ifndef IAP_ARCHIVE_SECRET_H
#define IAP_ARCHIVE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include "archive/metadata.h"
#include "base/arena.h"
#include "json/json.h"

/* Whether a key looks like that of a secret: `rp.*_auth`, passwords, credentials, tokens. */
bool iap_secret_is_key(const char *key);

/* Whether a value has such a key anywhere in it. */
bool iap_secret_is_inside(const struct iap_json *json);

/*
 * The places in `bytes` (of which `json` was read) to be blanked: the values of
 * secret keys, every text and number in them; `value` beside a `key` or `name`
 * that is one; and passwords in URLs (`http://user:password@host`). Ascending.
 */
struct iap_blank *iap_secret_find(struct iap_arena *arena, const char *bytes,
    const struct iap_json *json, size_t *count_out);

#endif
