/* SPDX-License-Identifier: Apache-2.0 */
/* How a value of a model looks in a page: escaped, and in words and figures. */
#ifndef IAP_WEB_LOOK_H
#define IAP_WEB_LOOK_H

#include "base/arena.h"
#include "base/buf.h"
#include "json/json.h"
#include "web/template.h"

/*
 * Adds `value` in `look`, escaped for the place that the look is for. NULL and
 * null are empty; lists and objects too, but for IAP_LOOK_JSON. A value that
 * does not fit its look (a date of what is no time) is shown as it is.
 */
void iap_look_add(struct iap_buf *out, enum iap_look look, const struct iap_json *value);

/* A scalar as plain text, "" for anything else; not escaped. */
const char *iap_look_plain(const struct iap_json *value);

#endif
