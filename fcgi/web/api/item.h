/* SPDX-License-Identifier: Apache-2.0 */
/* Calls as JSON, in the words of the interface. */
#ifndef IAP_WEB_API_ITEM_H
#define IAP_WEB_API_ITEM_H

#include "json/write.h"
#include "model/interaction.h"
#include "model/viewer.h"

/* Writes the members that a call has in lists and in detail, into an open object. */
void iap_item_write(struct iap_json_writer *json, const struct iap_viewer *viewer,
    const struct iap_interaction *interaction);

/* A number or null, a time or null, a text or null. */
void iap_item_write_number(struct iap_json_writer *json, const char *key,
    struct iap_maybe_i64 number);
void iap_item_write_time(struct iap_json_writer *json, const char *key,
    struct iap_maybe_i64 time_ms);
void iap_item_write_text(struct iap_json_writer *json, const char *key, const char *text);

/* The key of an object as `key`; of an entry of a zip its parts as `zip` and `entry` beside it. */
void iap_item_write_key(struct iap_json_writer *json, struct iap_arena *arena, const char *key);

#endif
