/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

enum { BLOCK_SIZE = 16 * 1024, ALIGNMENT = 16 };

struct block {
	struct block *next;
	size_t size;
	size_t used;
	_Alignas(ALIGNMENT) unsigned char bytes[];
};

struct iap_arena {
	struct block *blocks; /* the first is the one in use */
	size_t limit;
	size_t used;
};

struct iap_arena *
iap_arena_new(size_t limit)
{
	struct iap_arena *arena = calloc(1, sizeof *arena);

	if (arena == NULL)
		iap_log_die("out of memory");
	arena->limit = limit;
	return arena;
}

static void
free_blocks(struct block *block)
{
	while (block != NULL) {
		struct block *next = block->next;

		free(block);
		block = next;
	}
}

void
iap_arena_reset(struct iap_arena *arena)
{
	struct block *kept = NULL;

#ifndef IAP_SANITIZED
	/* One ordinary block stays, so that small requests cost no malloc. */
	if (arena->blocks != NULL && arena->blocks->size == BLOCK_SIZE) {
		kept = arena->blocks;
		arena->blocks = kept->next;
		kept->next = NULL;
		memset(kept->bytes, 0, kept->used);
		kept->used = 0;
	}
#endif
	free_blocks(arena->blocks);
	arena->blocks = kept;
	arena->used = 0;
}

void
iap_arena_free(struct iap_arena **arena)
{
	if (*arena == NULL)
		return;
	free_blocks((*arena)->blocks);
	free(*arena);
	*arena = NULL;
}

size_t
iap_arena_used(const struct iap_arena *arena)
{
	return arena->used;
}

static struct block *
add_block(struct iap_arena *arena, size_t size)
{
	struct block *block;

#ifndef IAP_SANITIZED
	if (size < BLOCK_SIZE)
		size = BLOCK_SIZE;
#endif
	/* calloc: pages fresh from the system are zero already. */
	block = calloc(1, sizeof *block + size);
	if (block == NULL)
		iap_log_die("out of memory");
	block->size = size;
	block->next = arena->blocks;
	arena->blocks = block;
	return block;
}

void *
iap_arena_alloc(struct iap_arena *arena, size_t size)
{
	struct block *block = arena->blocks;
	size_t rounded = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
	void *bytes;

	if (rounded < size || rounded > arena->limit - arena->used)
		iap_log_die("memory limit of %zu bytes crossed", arena->limit);
#ifdef IAP_SANITIZED
	/* Each piece on its own and to the byte, so that overruns are seen. */
	block = add_block(arena, size);
	block->used = size;
	bytes = block->bytes;
#else
	if (block == NULL || block->size - block->used < rounded)
		block = add_block(arena, rounded);
	bytes = block->bytes + block->used;
	block->used += rounded;
#endif
	arena->used += rounded;
	return bytes;
}

void *
iap_arena_array(struct iap_arena *arena, size_t count, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(count, size, &total))
		iap_log_die("memory limit of %zu bytes crossed", arena->limit);
	return iap_arena_alloc(arena, total);
}

char *
iap_arena_copy_bytes(struct iap_arena *arena, const void *bytes, size_t size)
{
	char *copy = iap_arena_alloc(arena, size + 1);

	if (size != 0)
		memcpy(copy, bytes, size);
	return copy;
}

char *
iap_arena_copy(struct iap_arena *arena, const char *text)
{
	return text == NULL ? NULL : iap_arena_copy_bytes(arena, text, strlen(text));
}

char *
iap_arena_format(struct iap_arena *arena, const char *format, ...)
{
	va_list values;
	char *text;
	int length;

	va_start(values, format);
	length = vsnprintf(NULL, 0, format, values);
	va_end(values);
	if (length < 0)
		iap_log_die("bad format");
	text = iap_arena_alloc(arena, (size_t)length + 1);
	va_start(values, format);
	vsnprintf(text, (size_t)length + 1, format, values);
	va_end(values);
	return text;
}
