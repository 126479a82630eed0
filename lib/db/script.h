/* SPDX-License-Identifier: Apache-2.0 */
/* Files of SQL, cut into statements. */
#ifndef IAP_DB_SCRIPT_H
#define IAP_DB_SCRIPT_H

#include "base/arena.h"

/*
 * The next statement of *rest, without its semicolon and without the comments
 * before it, and moves *rest behind it; NULL at the end. Knows quoted texts,
 * names between backquotes, and comments (--, #, and C's).
 */
const char *iap_script_next(struct iap_arena *arena, const char **rest);

#endif
