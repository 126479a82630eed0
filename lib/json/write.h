/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes JSON straight into a buffer. The writer puts the commas, escapes
 * every text, and ends the process when it is used wrongly (a key in an
 * array, an end without a begin). Text that is not UTF-8 has its bad bytes
 * written as U+FFFD.
 */
#ifndef IAP_JSON_WRITE_H
#define IAP_JSON_WRITE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct iap_json_writer {
	struct iap_buf *buf;
	unsigned int depth;
	bool need_comma;
	char open[64]; /* '{' or '[' for each level */
};

void iap_json_write_open(struct iap_json_writer *writer, struct iap_buf *buf);

/* `key` is NULL at the top and inside arrays, and needed inside objects. */
void iap_json_write_object_begin(struct iap_json_writer *writer, const char *key);
void iap_json_write_object_end(struct iap_json_writer *writer);
void iap_json_write_array_begin(struct iap_json_writer *writer, const char *key);
void iap_json_write_array_end(struct iap_json_writer *writer);
/* A NULL text is written as null. */
void iap_json_write_text(struct iap_json_writer *writer, const char *key, const char *text);
void iap_json_write_i64(struct iap_json_writer *writer, const char *key, int64_t number);
void iap_json_write_u64(struct iap_json_writer *writer, const char *key, uint64_t number);
void iap_json_write_bool(struct iap_json_writer *writer, const char *key, bool value);
void iap_json_write_null(struct iap_json_writer *writer, const char *key);

/* A number of seconds and the like, with three decimals; null when it is not finite. */
void iap_json_write_decimal(struct iap_json_writer *writer, const char *key, double number);

/* RFC 3339 of milliseconds since 1970. */
void iap_json_write_time(struct iap_json_writer *writer, const char *key, int64_t time_ms);

/* JSON that was written before and stored, as it is. */
void iap_json_write_raw(struct iap_json_writer *writer, const char *key, const char *json);

#endif
