/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Members of a document, read with patience: keys differ in case between
 * releases, numbers are written as texts, lists as single values.
 */
#ifndef IAP_ARCHIVE_FIELD_H
#define IAP_ARCHIVE_FIELD_H

#include <stdbool.h>
#include <stddef.h>

#include "archive/metadata.h"
#include "base/arena.h"
#include "json/json.h"

/* The first member whose key is `key` in whatever case; NULL when absent or null. */
const struct iap_json *iap_field(const struct iap_json *object, const char *key);

/* Its text or number; NULL when it is something else, or empty. */
const char *iap_field_text(const struct iap_json *object, const char *key);

/* Its time; unknown when it is none. */
struct iap_moment iap_field_moment(const struct iap_json *object, const char *key);

/* true, "true", "yes", "1" and 1. */
bool iap_field_is_true(const struct iap_json *object, const char *key);

/*
 * A member that is a list, or one thing where a list was meant: the first item
 * and how many they are. Items of an array are linked by `next`.
 */
struct iap_field_list {
	const struct iap_json *first;
	size_t count;
};
struct iap_field_list iap_field_list(const struct iap_json *object, const char *key);

/* Adds the texts of a list (of objects their `name`), each once; "a,b" is two. */
void iap_field_add_texts(struct iap_arena *arena, struct iap_texts *texts,
    const struct iap_json *object, const char *key);

/* Adds one text at the end unless it is NULL, empty or there already. */
void iap_texts_add(struct iap_arena *arena, struct iap_texts *texts, const char *text);

/* The digits of a phone number; of an address what stands before `@` or `;`. NULL without any. */
const char *iap_field_digits(struct iap_arena *arena, const char *phone);

#endif
