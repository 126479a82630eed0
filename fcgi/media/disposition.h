/* SPDX-License-Identifier: Apache-2.0 */
/* The name under which a download is saved (RFC 6266). */
#ifndef IAP_FCGI_MEDIA_DISPOSITION_H
#define IAP_FCGI_MEDIA_DISPOSITION_H

#include "base/arena.h"

/*
 * "attachment; filename="..."; filename*=UTF-8''..." for a name in UTF-8. No
 * folder, control character or quote of the name is left.
 */
const char *iap_disposition_format(struct iap_arena *arena, const char *name);

#endif
