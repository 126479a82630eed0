/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory that lives exactly as long as one request or one batch of documents.
 *
 * Allocation never returns NULL: sizes of input are checked before memory is
 * asked for, so crossing `limit` (or running out) is a fault of IAP, and the
 * process stops. Memory comes back zeroed. Nothing in an arena is freed alone.
 * A function that takes an arena gives back things that live as long as it.
 */
#ifndef IAP_BASE_ARENA_H
#define IAP_BASE_ARENA_H

#include <stddef.h>

#include "base/macros.h"

struct iap_arena;

/* An empty arena of at most `limit` bytes; end it with iap_arena_free(). */
struct iap_arena *iap_arena_new(size_t limit);

/* Gives everything back but keeps the arena; NULL is not allowed. */
void iap_arena_reset(struct iap_arena *arena);

/* Ends *arena and sets it to NULL; NULL in it is allowed. */
void iap_arena_free(struct iap_arena **arena);

/* Bytes handed out since the last reset. */
size_t iap_arena_used(const struct iap_arena *arena);

void *iap_arena_alloc(struct iap_arena *arena, size_t size);
void *iap_arena_array(struct iap_arena *arena, size_t count, size_t size);

/* Copies of text; iap_arena_copy(arena, NULL) is NULL. */
char *iap_arena_copy(struct iap_arena *arena, const char *text);
char *iap_arena_copy_bytes(struct iap_arena *arena, const void *bytes, size_t size);
char *iap_arena_format(struct iap_arena *arena, const char *format, ...) IAP_PRINTF(2, 3);

#endif
