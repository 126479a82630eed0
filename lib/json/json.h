/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON documents (RFC 8259) as trees in an arena. Which parser reads them is
 * this folder's secret. Strict: duplicate keys, NUL in text, more than 64
 * levels and text that is not UTF-8 are refused; one UTF-8 byte order mark at
 * the start is skipped. Numbers keep their text, so no digit is ever lost.
 */
#ifndef IAP_JSON_JSON_H
#define IAP_JSON_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"

enum iap_json_type {
	IAP_JSON_NULL,
	IAP_JSON_FALSE,
	IAP_JSON_TRUE,
	IAP_JSON_NUMBER, /* text as written */
	IAP_JSON_TEXT,   /* text unescaped, without NUL, UTF-8 */
	IAP_JSON_ARRAY,
	IAP_JSON_OBJECT,
};

struct iap_json {
	enum iap_json_type type;
	const char *key;        /* inside an object, else NULL */
	const char *text;       /* of numbers and texts, else NULL */
	size_t length;          /* of `text`, in bytes */
	size_t begin, end;      /* where the value stands in the input: bytes [begin, end) */
	struct iap_json *first; /* of arrays and objects */
	struct iap_json *next;  /* the following sibling */
	size_t count;           /* of children */
};

/*
 * Reads one document. IAP_CORRUPT with line, column and cause when it is not
 * what the head of this file says.
 */
IAP_MUST_CHECK enum iap_status iap_json_parse(struct iap_arena *arena, const char *bytes,
    size_t size, struct iap_json **out, struct iap_error *err);

/* The member `key` of an object; NULL when absent, or when `json` is NULL or no object. */
const struct iap_json *iap_json_find(const struct iap_json *json, const char *key);

/* The text of a text or number; NULL for anything else, NULL included. */
const char *iap_json_text(const struct iap_json *json);

/* A number, or a text that is one, as a whole number; false when it is neither. */
bool iap_json_i64(const struct iap_json *json, int64_t *out);

#endif
