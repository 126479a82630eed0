/* SPDX-License-Identifier: Apache-2.0 */
/* Texts made to fit their columns. */
#ifndef IAP_MODEL_TEXT_H
#define IAP_MODEL_TEXT_H

#include <stddef.h>

#include "base/arena.h"

/*
 * `text` as a VARCHAR(characters) takes it: at most so many characters, bytes
 * that are not UTF-8 replaced by U+FFFD; `text` itself when it fits. NULL stays NULL.
 */
const char *iap_text_fit(struct iap_arena *arena, const char *text, size_t characters);

/* How many characters well-formed UTF-8 has. */
size_t iap_text_characters(const char *text);

#endif
