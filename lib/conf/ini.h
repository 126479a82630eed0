/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads INI text: `[section]`, `key = value`, comments on lines that begin
 * with `#` or `;`. A value is everything after the first `=`, without the
 * blanks around it; there are no quotes and no escapes.
 */
#ifndef IAP_CONF_INI_H
#define IAP_CONF_INI_H

#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"

struct iap_ini_entry {
	const char *section; /* "" before the first section */
	const char *key;
	const char *value;
	unsigned int line;   /* counted from 1 */
};

struct iap_ini {
	const char *path; /* as given; errors begin with it */
	struct iap_ini_entry *entries;
	size_t count;
};

/*
 * Reads `size` bytes of text; `path` only names it in errors. IAP_INVALID with
 * file and line for a line that is none of the above, a key given twice in
 * its section, or text that is not UTF-8.
 */
IAP_MUST_CHECK enum iap_status iap_ini_parse(struct iap_arena *arena, const char *path,
    const char *text, size_t size, struct iap_ini *out, struct iap_error *err);

/* Reads the file `path` of at most 256 KB; also gives what iap_file_load() gives. */
IAP_MUST_CHECK enum iap_status iap_ini_load(struct iap_arena *arena, const char *path,
    struct iap_ini *out, struct iap_error *err);

/* The entry of a key, or NULL. */
const struct iap_ini_entry *iap_ini_find(const struct iap_ini *ini, const char *section,
    const char *key);

#endif
