/* SPDX-License-Identifier: Apache-2.0 */
/* Values that travel into statements as parameters; never as text of a statement. */
#ifndef IAP_DB_VALUE_H
#define IAP_DB_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A whole number that a column may not have. */
struct iap_maybe_i64 {
	bool set;
	int64_t value;
};

/* Bytes that are not text; `bytes` is NULL when the column is. */
struct iap_bytes {
	const void *bytes;
	size_t size;
};

enum iap_value_kind {
	IAP_VALUE_NULL,
	IAP_VALUE_U64,
	IAP_VALUE_I64,
	IAP_VALUE_TEXT,
	IAP_VALUE_BYTES,
};

/* One parameter. What it points to is borrowed until the statement has run. */
struct iap_value {
	enum iap_value_kind kind;
	union {
		uint64_t u64;
		int64_t i64;
		struct iap_bytes bytes;
	};
};

static inline struct iap_value
iap_null(void)
{
	return (struct iap_value){ .kind = IAP_VALUE_NULL };
}

static inline struct iap_value
iap_u64(uint64_t number)
{
	return (struct iap_value){ .kind = IAP_VALUE_U64, .u64 = number };
}

static inline struct iap_value
iap_i64(int64_t number)
{
	return (struct iap_value){ .kind = IAP_VALUE_I64, .i64 = number };
}

/* NULL is NULL in the database too. */
static inline struct iap_value
iap_bytes_value(const void *bytes, size_t size)
{
	if (bytes == NULL)
		return iap_null();
	return (struct iap_value){ .kind = IAP_VALUE_BYTES, .bytes = { bytes, size } };
}

/* NULL is NULL in the database too. */
static inline struct iap_value
iap_text(const char *text)
{
	if (text == NULL)
		return iap_null();
	return (struct iap_value){ .kind = IAP_VALUE_TEXT, .bytes = { text, strlen(text) } };
}

static inline struct iap_value
iap_maybe(struct iap_maybe_i64 number)
{
	return number.set ? iap_i64(number.value) : iap_null();
}

#endif
