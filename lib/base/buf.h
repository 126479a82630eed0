/* SPDX-License-Identifier: Apache-2.0 */
/* Text or bytes that grow at their end, in an arena. */
#ifndef IAP_BASE_BUF_H
#define IAP_BASE_BUF_H

#include <stddef.h>

#include "base/arena.h"

struct iap_buf {
	struct iap_arena *arena;
	char *bytes;     /* always ends with a NUL that is not counted */
	size_t length;
	size_t capacity;
};

/* An empty buffer whose memory comes from `arena`. */
void iap_buf_open(struct iap_buf *buf, struct iap_arena *arena);

void iap_buf_add(struct iap_buf *buf, const void *bytes, size_t size);
void iap_buf_text(struct iap_buf *buf, const char *text);
void iap_buf_char(struct iap_buf *buf, char c);
void iap_buf_format(struct iap_buf *buf, const char *format, ...) IAP_PRINTF(2, 3);

/* Room for `size` more bytes at the end, to be filled and counted in by the caller. */
char *iap_buf_room(struct iap_buf *buf, size_t size);

#endif
