/* SPDX-License-Identifier: Apache-2.0 */
#include "web/page.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "http/percent.h"
#include "json/json.h"
#include "model/source_list.h"
#include "web/route.h"

static void
write_texts(struct iap_json_writer *json, const char *key, bool all, const char **texts,
    size_t count)
{
	if (all) {
		iap_json_write_text(json, key, "all");
		return;
	}
	iap_json_write_array_begin(json, key);
	for (size_t i = 0; i < count; i++)
		iap_json_write_text(json, NULL, texts[i]);
	iap_json_write_array_end(json);
}

void
iap_page_write_session(struct iap_request *req, struct iap_json_writer *json)
{
	const struct iap_viewer *viewer = req->viewer;

	iap_json_write_text(json, "user", viewer->subject);
	iap_json_write_text(json, "name", viewer->name);
	iap_json_write_text(json, "role", viewer->role);
	iap_json_write_array_begin(json, "permissions");
	for (unsigned int i = 0; i < IAP_PERM_COUNT; i++)
		if ((viewer->permissions & (1u << i)) != 0)
			iap_json_write_text(json, NULL, iap_permission_name(1u << i));
	iap_json_write_array_end(json);
	write_texts(json, "regions", viewer->all_regions, viewer->regions, viewer->region_count);
	write_texts(json, "divisions", viewer->all_divisions, viewer->divisions,
	    viewer->division_count);
	iap_json_write_text(json, "csrf", iap_text_to_hex(req->arena, req->session.csrf,
	    sizeof req->session.csrf));
}

static void
write_viewer(struct iap_request *req, struct iap_json_writer *json)
{
	if (req->viewer == NULL)
		return;
	iap_json_write_object_begin(json, "viewer");
	iap_page_write_session(req, json);
	iap_json_write_object_begin(json, "may");
	for (unsigned int i = 0; i < IAP_PERM_COUNT; i++)
		if ((req->viewer->permissions & (1u << i)) != 0)
			iap_json_write_bool(json, iap_permission_name(1u << i), true);
	iap_json_write_object_end(json);
	iap_json_write_object_end(json);
}

const char *
iap_page_url(struct iap_request *req, const char *without, const char *name, const char *value)
{
	const char *separator = "?";
	struct iap_buf url;

	iap_buf_open(&url, req->arena);
	iap_buf_text(&url, req->path);
	for (size_t i = 0; i < req->query.count; i++) {
		const struct iap_form_field *field = &req->query.fields[i];

		if (*field->value == '\0' || strcmp(field->name, "after") == 0 ||
		    (without != NULL && strcmp(field->name, without) == 0))
			continue;
		iap_buf_format(&url, "%s%s=%s", separator, iap_percent_format(req->arena, field->name),
		    iap_percent_format(req->arena, field->value));
		separator = "&";
	}
	if (name != NULL)
		iap_buf_format(&url, "%s%s=%s", separator, name, iap_percent_format(req->arena, value));
	return url.bytes;
}

/* Each parameter as it was given; of those given twice the first. */
static void
write_query(struct iap_request *req, struct iap_json_writer *json)
{
	iap_json_write_object_begin(json, "query");
	for (size_t i = 0; i < req->query.count; i++) {
		const struct iap_form_field *field = &req->query.fields[i];

		if (*field->name != '\0' && *field->value != '\0' &&
		    iap_form_find(&req->query, field->name) == field->value)
			iap_json_write_text(json, field->name, field->value);
	}
	iap_json_write_object_end(json);
}

static bool
narrows(const struct iap_route *route, const char *name)
{
	for (size_t i = 0; i < route->param_count; i++)
		if (route->params[i].narrows && (route->params[i].type == IAP_PARAM_ATTRIBUTES ?
		    iap_text_begins(name, "attr.") : strcmp(route->params[i].name, name) == 0))
			return true;
	return false;
}

static void
write_filters(struct iap_request *req, struct iap_json_writer *json)
{
	iap_json_write_array_begin(json, "filters");
	for (size_t i = 0; req->route != NULL && i < req->query.count; i++) {
		const struct iap_form_field *field = &req->query.fields[i];

		if (*field->value == '\0' || !narrows(req->route, field->name))
			continue;
		iap_json_write_object_begin(json, NULL);
		iap_json_write_text(json, "name", field->name);
		if (iap_text_begins(field->name, "attr."))
			iap_json_write_text(json, "attribute", field->name + strlen("attr."));
		iap_json_write_text(json, "value", field->value);
		iap_json_write_text(json, "remove_url",
		    iap_page_url(req, field->name, NULL, NULL));
		iap_json_write_object_end(json);
	}
	iap_json_write_array_end(json);
}

static void
write_members(struct iap_request *req, const char *page, const struct iap_response *res,
    struct iap_json_writer *json)
{
	iap_json_write_text(json, "page", page);
	iap_json_write_text(json, "path", req->path);
	if (strcmp(page, "problem") != 0) /* which tells it itself */
		iap_json_write_text(json, "request_id", req->id);
	iap_json_write_text(json, "zone", req->server->settings.web_time_zone);
	write_viewer(req, json);
	write_query(req, json);
	if (req->route == NULL || !req->route->is_list)
		return;
	write_filters(req, json);
	if (res->next != NULL)
		iap_json_write_text(json, "next_url", iap_page_url(req, NULL, "after", res->next));
	if (iap_form_find(&req->query, "after") != NULL)
		iap_json_write_text(json, "newest_url", iap_page_url(req, NULL, NULL, NULL));
}

enum iap_status
iap_page_render(struct iap_request *req, const char *page, struct iap_response *res,
    struct iap_error *err)
{
	struct iap_json_writer json;
	struct iap_json *model;
	struct iap_buf text, html;

	iap_buf_open(&text, req->arena);
	iap_json_write_open(&json, &text);
	iap_json_write_object_begin(&json, NULL);
	write_members(req, page, res, &json);
	iap_json_write_object_end(&json);
	if (res->body.length > strlen("{}")) {
		/* {"page":...} and {"items":...} become one object. */
		text.bytes[text.length - 1] = ',';
		iap_buf_add(&text, res->body.bytes + 1, res->body.length - 1);
	}
	if (iap_json_parse(req->arena, text.bytes, text.length, &model, err) != IAP_OK)
		return iap_error_context(err, "model of page %s", page);
	iap_buf_open(&html, req->arena);
	if (iap_render(req->server->templates, req->arena, page, model, &html, err) != IAP_OK)
		return err->status == IAP_NOT_FOUND ?
		    iap_error_set(err, IAP_FAILED, "there is no template %s", page) : err->status;
	res->body = html;
	res->type = "text/html; charset=utf-8";
	return IAP_OK;
}

static int
compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorts by bytes and leaves each once. */
static void
sort_texts(const char **texts, size_t *count)
{
	size_t kept = 0;

	qsort(texts, *count, sizeof *texts, compare_texts);
	for (size_t i = 0; i < *count; i++)
		if (kept == 0 || strcmp(texts[kept - 1], texts[i]) != 0)
			texts[kept++] = texts[i];
	*count = kept;
}

static void
write_divisions(struct iap_request *req, struct iap_json_writer *json)
{
	const struct iap_scopes *known = req->viewer->known;
	size_t room = 0, count = 0;
	const char **seen;

	for (size_t i = 0; i < known->count; i++)
		room += known->items[i].division_count;
	seen = iap_arena_array(req->arena, room + 1, sizeof *seen);
	for (size_t i = 0; i < known->count; i++)
		if (iap_viewer_check_scope(req->viewer, &known->items[i]))
			for (size_t d = 0; d < known->items[i].division_count; d++)
				seen[count++] = known->items[i].divisions[d];
	sort_texts(seen, &count);
	write_texts(json, "divisions", false, seen, count);
}

static void
write_regions(struct iap_request *req, struct iap_json_writer *json)
{
	const struct iap_scopes *known = req->viewer->known;
	const char **seen = iap_arena_array(req->arena, known->count + 1, sizeof *seen);
	size_t count = 0;

	for (size_t i = 0; i < known->count; i++)
		if (*known->items[i].region != '\0' &&
		    iap_viewer_check_scope(req->viewer, &known->items[i]))
			seen[count++] = known->items[i].region;
	sort_texts(seen, &count);
	write_texts(json, "regions", false, seen, count);
}

enum iap_status
iap_page_write_options(struct iap_request *req, struct iap_json_writer *json,
    struct iap_error *err)
{
	const struct iap_source_row *sources;
	struct iap_rows rows;

	if (iap_source_list_names(req->db, req->arena, &rows, err) != IAP_OK)
		return err->status;
	sources = rows.items;
	iap_json_write_object_begin(json, "options");
	write_regions(req, json);
	write_divisions(req, json);
	iap_json_write_array_begin(json, "sources");
	for (size_t i = 0; i < rows.count; i++)
		iap_json_write_text(json, NULL, sources[i].name);
	iap_json_write_array_end(json);
	iap_json_write_object_end(json);
	return IAP_OK;
}

bool
iap_page_check_path(const char *path)
{
	if (path == NULL || path[0] != '/' || path[1] == '/' || strlen(path) > 2000)
		return false;
	for (const char *c = path; *c != '\0'; c++)
		if (*c == '\\' || (unsigned char)*c <= ' ' || (unsigned char)*c >= 0x7f)
			return false;
	return true;
}
