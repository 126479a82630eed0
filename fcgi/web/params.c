/* SPDX-License-Identifier: Apache-2.0 */
#include "web/params.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "http/date.h"
#include "web/request.h"
#include "web/route.h"
#include "web/zone.h"

#define ATTRIBUTE_PREFIX "attr."

static enum iap_status
refuse(struct iap_request *req, const char *name, const char *sentence, struct iap_error *err)
{
	req->problem.parameter = name;
	return iap_request_refuse(req, IAP_INVALID,
	    iap_arena_format(req->arena, "%s %s", name, sentence), err);
}

static enum iap_status
parse_text(struct iap_request *req, const struct iap_param_def *def, const char *text,
    struct iap_error *err)
{
	if (strlen(text) > (size_t)def->most)
		return refuse(req, def->name, iap_arena_format(req->arena,
		    "is longer than %" PRId64 " bytes.", def->most), err);
	for (const char *c = text; *c != '\0'; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			return refuse(req, def->name, "holds a control character.", err);
	return IAP_OK;
}

static enum iap_status
parse_number(struct iap_request *req, const struct iap_param_def *def, const char *text,
    int64_t *out, struct iap_error *err)
{
	if (!iap_text_parse_i64(text, out) || *out < def->least || *out > def->most)
		return refuse(req, def->name, iap_arena_format(req->arena,
		    "is a whole number from %" PRId64 " to %" PRId64 ".", def->least, def->most),
		    err);
	return IAP_OK;
}

static enum iap_status
parse_time(struct iap_request *req, const struct iap_param_def *def, const char *text,
    int64_t *out, struct iap_error *err)
{
	/* An exact moment is itself; only what people type has an end to take in. */
	if (!iap_http_time_parse(text, out) &&
	    !iap_zone_parse(text, def->type == IAP_PARAM_TIME_END, out))
		return refuse(req, def->name, "is a time such as 2021-11-05T14:00:00Z, or a date.",
		    err);
	return IAP_OK;
}

static enum iap_status
parse_choice(struct iap_request *req, const struct iap_param_def *def, const char *text,
    int64_t *out, struct iap_error *err)
{
	struct iap_buf known;

	iap_buf_open(&known, req->arena);
	for (*out = 0; def->choices[*out] != NULL; ++*out) {
		if (strcmp(def->choices[*out], text) == 0)
			return IAP_OK;
		iap_buf_format(&known, "%s%s", *out > 0 ? ", " : "", def->choices[*out]);
	}
	return refuse(req, def->name, iap_arena_format(req->arena, "is one of %s.", known.bytes),
	    err);
}

static enum iap_status
parse_flag(struct iap_request *req, const struct iap_param_def *def, const char *text,
    int64_t *out, struct iap_error *err)
{
	*out = strcmp(text, "true") == 0 || strcmp(text, "1") == 0;
	if (!*out && strcmp(text, "false") != 0 && strcmp(text, "0") != 0)
		return refuse(req, def->name, "is true or false.", err);
	return IAP_OK;
}

static enum iap_status
parse_value(struct iap_request *req, const struct iap_param_def *def, struct iap_param *out,
    struct iap_error *err)
{
	switch (def->type) {
	case IAP_PARAM_NUMBER:
		return parse_number(req, def, out->text, &out->number, err);
	case IAP_PARAM_TIME:
	case IAP_PARAM_TIME_END:
		return parse_time(req, def, out->text, &out->number, err);
	case IAP_PARAM_FLAG:
		return parse_flag(req, def, out->text, &out->number, err);
	case IAP_PARAM_CHOICE:
		return parse_choice(req, def, out->text, &out->number, err);
	default:
		return parse_text(req, def, out->text, err);
	}
}

static enum iap_status
parse_attribute(struct iap_request *req, const struct iap_form_field *field,
    struct iap_attribute_filter *attributes, size_t *count, struct iap_error *err)
{
	const char *key = field->name + strlen(ATTRIBUTE_PREFIX);

	if (*field->value == '\0')
		return IAP_OK;
	if (*key == '\0')
		return refuse(req, field->name, "names no key of attached data.", err);
	if (strlen(field->name) > IAP_PARAM_ATTRIBUTE_MAX ||
	    strlen(field->value) > IAP_PARAM_ATTRIBUTE_MAX)
		return refuse(req, "attr.", "has a key and a value of at most 2000 bytes.", err);
	if (*count == IAP_PARAM_ATTRIBUTES_MAX)
		return refuse(req, field->name, "is one attribute too many: 16 can be asked for.", err);
	for (size_t i = 0; i < *count; i++)
		if (strcmp(attributes[i].name, key) == 0)
			return refuse(req, field->name, "is given twice.", err);
	attributes[(*count)++] = (struct iap_attribute_filter){ key, field->value };
	return IAP_OK;
}

/* The position of the parameter that the route declares for `name`; its count when it has none. */
static size_t
find_def(const struct iap_route *route, const char *name)
{
	size_t i;

	for (i = 0; i < route->param_count; i++)
		if (route->params[i].type == IAP_PARAM_ATTRIBUTES ?
		    iap_text_begins(name, ATTRIBUTE_PREFIX) : strcmp(route->params[i].name, name) == 0)
			break;
	return i;
}

static enum iap_status
parse_field(struct iap_request *req, const struct iap_form_field *field,
    struct iap_param *values, struct iap_attribute_filter *attributes, struct iap_error *err)
{
	const struct iap_route *route = req->route;
	size_t i = find_def(route, field->name);

	if (i == route->param_count)
		return route->page != NULL ? IAP_OK :
		    refuse(req, field->name, "is not a parameter of this address.", err);
	if (route->params[i].type == IAP_PARAM_ATTRIBUTES)
		return parse_attribute(req, field, attributes, &req->params.attribute_count, err);
	if (*field->value == '\0')
		return IAP_OK;
	if (values[i].text != NULL)
		return refuse(req, field->name, "is given twice.", err);
	values[i].text = field->value;
	return parse_value(req, &route->params[i], &values[i], err);
}

enum iap_status
iap_params_parse(struct iap_request *req, struct iap_error *err)
{
	struct iap_param *values = iap_arena_array(req->arena, req->route->param_count + 1,
	    sizeof *values);
	struct iap_attribute_filter *attributes = iap_arena_array(req->arena,
	    IAP_PARAM_ATTRIBUTES_MAX, sizeof *attributes);

	req->params = (struct iap_params){ .values = values, .attributes = attributes };
	for (size_t i = 0; i < req->query.count; i++)
		if (parse_field(req, &req->query.fields[i], values, attributes, err) != IAP_OK)
			return err->status;
	return IAP_OK;
}

struct iap_maybe_i64
iap_param_number(const struct iap_param *param)
{
	return (struct iap_maybe_i64){ .set = param->text != NULL, .value = param->number };
}
