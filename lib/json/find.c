/* SPDX-License-Identifier: Apache-2.0 */
/* Questions about a tree that was read. */
#include "json/json.h"

#include <string.h>

#include "base/text.h"

const struct iap_json *
iap_json_find(const struct iap_json *json, const char *key)
{
	if (json == NULL || json->type != IAP_JSON_OBJECT)
		return NULL;
	for (const struct iap_json *member = json->first; member != NULL; member = member->next)
		if (strcmp(member->key, key) == 0)
			return member;
	return NULL;
}

const char *
iap_json_text(const struct iap_json *json)
{
	return json == NULL ? NULL : json->text;
}

bool
iap_json_i64(const struct iap_json *json, int64_t *out)
{
	return json != NULL && json->text != NULL && iap_text_parse_i64(json->text, out);
}
