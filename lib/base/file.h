/* SPDX-License-Identifier: Apache-2.0 */
/* Whole small files: secrets, settings, templates, schema. */
#ifndef IAP_BASE_FILE_H
#define IAP_BASE_FILE_H

#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"

/*
 * The bytes of the file `path`, with a NUL after them. IAP_NOT_FOUND when
 * there is none, IAP_INVALID when it is larger than `limit`.
 */
IAP_MUST_CHECK enum iap_status iap_file_load(struct iap_arena *arena, const char *path,
    size_t limit, char **bytes_out, size_t *size_out, struct iap_error *err);

/*
 * The text of a secrets file (password, passphrase): at most 4 KB, one newline
 * at its end is not part of it. A mode that lets others read it is warned
 * about and used all the same.
 */
IAP_MUST_CHECK enum iap_status iap_file_load_secret(struct iap_arena *arena, const char *path,
    char **secret_out, struct iap_error *err);

/*
 * Writes `size` bytes to `path` with `mode`, so that at every instant there is
 * the old file or the new one, whole.
 */
IAP_MUST_CHECK enum iap_status iap_file_save(const char *path, unsigned int mode,
    const void *bytes, size_t size, struct iap_error *err);

/* Closes a file descriptor unless it is negative; for IAP_CLEANUP. */
void iap_file_close(int *fd);

#endif
