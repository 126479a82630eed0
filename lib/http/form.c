/* SPDX-License-Identifier: Apache-2.0 */
#include "http/form.h"

#include <string.h>

#include "http/percent.h"

static size_t
count_fields(const char *bytes, size_t size)
{
	size_t count = 1;

	for (size_t i = 0; i < size; i++)
		count += bytes[i] == '&';
	return count;
}

static enum iap_status
parse_field(struct iap_arena *arena, const char *bytes, size_t size,
    struct iap_form_field *out, struct iap_error *err)
{
	const char *equals = memchr(bytes, '=', size);
	size_t name_size = equals != NULL ? (size_t)(equals - bytes) : size;

	out->name = iap_percent_parse(arena, bytes, name_size, IAP_PERCENT_PLUS_IS_SPACE);
	out->value = equals == NULL ? "" : iap_percent_parse(arena, equals + 1,
	    size - name_size - 1, IAP_PERCENT_PLUS_IS_SPACE);
	if (out->name == NULL)
		return iap_error_set(err, IAP_INVALID, "a name is not percent-encoded UTF-8");
	if (out->value == NULL)
		return iap_error_set(err, IAP_INVALID,
		    "the value of %.64s is not percent-encoded UTF-8", out->name);
	return IAP_OK;
}

enum iap_status
iap_form_parse(struct iap_arena *arena, const char *bytes, size_t size,
    struct iap_form *out, struct iap_error *err)
{
	size_t room = count_fields(bytes, size);
	struct iap_form_field *fields;
	const char *end = bytes + size;

	*out = (struct iap_form){ 0 };
	if (room > IAP_FORM_FIELDS_MAX)
		return iap_error_set(err, IAP_INVALID, "more than %d parameters", IAP_FORM_FIELDS_MAX);
	fields = iap_arena_array(arena, room, sizeof *fields);
	for (const char *field = bytes; field < end; ) {
		const char *stop = memchr(field, '&', (size_t)(end - field));
		size_t length = stop != NULL ? (size_t)(stop - field) : (size_t)(end - field);

		if (length > 0 &&
		    parse_field(arena, field, length, &fields[out->count++], err) != IAP_OK)
			return err->status;
		field += length + 1;
	}
	out->fields = fields;
	return IAP_OK;
}

const char *
iap_form_find(const struct iap_form *form, const char *name)
{
	for (size_t i = 0; i < form->count; i++)
		if (strcmp(form->fields[i].name, name) == 0)
			return form->fields[i].value;
	return NULL;
}
