/* SPDX-License-Identifier: Apache-2.0 */
#include "web/render.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "web/look.h"
#include "web/template.h"
#include "web/zone.h"

enum {
	TEMPLATES_LIMIT = 16 << 20, /* of all of them, parsed */
	FILE_LIMIT = 1 << 20,
	MAX_INCLUDES = 8,
};

struct iap_templates {
	struct iap_arena *arena;
	struct iap_template *first;
};

/* One item of the way from the model's root to where a section stands. */
struct frame {
	const struct iap_json *item;
	const struct iap_json *before; /* the item before it in its list */
	const struct frame *outer;
};

struct work {
	const struct iap_templates *templates;
	const struct iap_template *content;
	struct iap_arena *arena; /* for what is only needed on the way */
	struct iap_buf *out;
};

static const struct iap_template *
find_template(const struct iap_templates *templates, const char *name)
{
	for (const struct iap_template *t = templates->first; t != NULL; t = t->next)
		if (strcmp(t->name, name) == 0)
			return t;
	return NULL;
}

/* Every include must lead to a template, and not back to where it started. */
static enum iap_status
check_includes(const struct iap_templates *templates, const struct iap_template *in,
    const struct iap_node *nodes, int depth, struct iap_error *err)
{
	for (const struct iap_node *node = nodes; node != NULL; node = node->next) {
		const struct iap_template *other;

		if (node->kind == IAP_NODE_SECTION &&
		    check_includes(templates, in, node->children, depth, err) != IAP_OK)
			return err->status;
		if (node->kind != IAP_NODE_INCLUDE)
			continue;
		if (strcmp(node->text, "content") == 0 && strcmp(in->name, "layout") == 0)
			continue;
		other = find_template(templates, node->text);
		if (other == NULL || depth == MAX_INCLUDES)
			return iap_error_set(err, IAP_INVALID, "templates/%s.html:%d: {{>%s}} %s", in->name,
			    node->line, node->text, other == NULL ? "does not exist" : "includes itself");
		if (check_includes(templates, other, other->nodes, depth + 1, err) != IAP_OK)
			return err->status;
	}
	return IAP_OK;
}

static enum iap_status
load_one(struct iap_templates *templates, const char *dir, const char *file,
    struct iap_error *err)
{
	struct iap_arena *arena = templates->arena;
	const char *path = iap_arena_format(arena, "%s/%s", dir, file);
	const char *name = iap_arena_copy_bytes(arena, file, strlen(file) - strlen(".html"));
	struct iap_template *read;
	char *bytes;
	size_t size;

	if (iap_file_load(arena, path, FILE_LIMIT, &bytes, &size, err) != IAP_OK)
		return err->status;
	if (iap_template_parse(arena, name, bytes, size, &read, err) != IAP_OK)
		return err->status;
	read->next = templates->first;
	templates->first = read;
	return IAP_OK;
}

static void
close_folder(DIR **folder)
{
	if (*folder != NULL)
		closedir(*folder);
}

static enum iap_status
load_all(struct iap_templates *templates, const char *dir, struct iap_error *err)
{
	IAP_CLEANUP(close_folder) DIR *folder = opendir(dir);
	const struct dirent *entry;

	if (folder == NULL)
		return iap_error_errno(err, IAP_INVALID, errno, "templates: %s", dir);
	while ((entry = readdir(folder)) != NULL)
		if (entry->d_name[0] != '.' && iap_text_ends(entry->d_name, ".html") &&
		    load_one(templates, dir, entry->d_name, err) != IAP_OK)
			return err->status;
	for (const struct iap_template *t = templates->first; t != NULL; t = t->next)
		if (check_includes(templates, t, t->nodes, 0, err) != IAP_OK)
			return err->status;
	if (find_template(templates, "layout") == NULL)
		return iap_error_set(err, IAP_INVALID, "templates: %s has no layout.html", dir);
	return IAP_OK;
}

enum iap_status
iap_templates_load(const char *dir, const char *site_zone, struct iap_templates **out,
    struct iap_error *err)
{
	IAP_CLEANUP(iap_templates_free) struct iap_templates *templates = NULL;

	if (iap_zone_use(site_zone, err) != IAP_OK)
		return err->status;
	templates = calloc(1, sizeof(*templates));
	if (templates == NULL)
		return iap_error_set(err, IAP_FAILED, "templates: no memory");
	templates->arena = iap_arena_new(TEMPLATES_LIMIT);
	if (load_all(templates, dir, err) != IAP_OK)
		return err->status;
	*out = templates;
	templates = NULL;
	return IAP_OK;
}

void
iap_templates_free(struct iap_templates **templates)
{
	if (*templates == NULL)
		return;
	iap_arena_free(&(*templates)->arena);
	free(*templates);
	*templates = NULL;
}

/* A member of an object, or an item of a list by its position from 0. */
static const struct iap_json *
step(const struct iap_json *value, const char *name)
{
	const struct iap_json *item;
	uint64_t position;

	if (value->type != IAP_JSON_ARRAY)
		return iap_json_find(value, name);
	if (!iap_text_parse_u64(name, &position))
		return NULL;
	item = value->first;
	while (item != NULL && position-- > 0)
		item = item->next;
	return item;
}

/* The rest of a path from `value` on; NULL when a name is not there. */
static const struct iap_json *
follow(const struct iap_json *value, const struct iap_path *path, size_t from)
{
	for (size_t i = from; i < path->count && value != NULL; i++)
		value = step(value, path->names[i]);
	return value;
}

static const struct iap_json *
find_value(const struct work *work, const struct frame *frame, const struct iap_path *path)
{
	if (path->key) {
		struct iap_json *key = iap_arena_alloc(work->arena, sizeof(*key));

		key->type = frame->item->key == NULL ? IAP_JSON_NULL : IAP_JSON_TEXT;
		key->text = frame->item->key;
		key->length = key->text == NULL ? 0 : strlen(key->text);
		return key;
	}
	if (path->count == 0)
		return frame->item;
	/* The innermost item that has the first name has the whole path, or nothing. */
	for (; frame != NULL; frame = frame->outer) {
		const struct iap_json *first = iap_json_find(frame->item, path->names[0]);

		if (first != NULL)
			return follow(first, path, 1);
	}
	return NULL;
}

static bool
is_zero(const char *number)
{
	return strtod(number, NULL) == 0;
}

static bool
is_present(const struct iap_json *value)
{
	if (value == NULL)
		return false;
	switch (value->type) {
	case IAP_JSON_NULL:
	case IAP_JSON_FALSE:
		return false;
	case IAP_JSON_NUMBER:
		return !is_zero(value->text);
	case IAP_JSON_TEXT:
		return value->length > 0;
	case IAP_JSON_ARRAY:
	case IAP_JSON_OBJECT:
		return value->count > 0;
	case IAP_JSON_TRUE:
		return true;
	}
	return false;
}

/* Whether a value is `text`, or a list that holds it. */
static bool
is_equal(const struct iap_json *value, const char *text)
{
	if (value == NULL || value->type != IAP_JSON_ARRAY)
		return strcmp(iap_look_plain(value), text) == 0;
	for (const struct iap_json *item = value->first; item != NULL; item = item->next)
		if (strcmp(iap_look_plain(item), text) == 0)
			return true;
	return false;
}

/* Whether the value at a path looks other than that of the item before. */
static bool
is_new(const struct work *work, const struct frame *frame, const struct iap_node *node)
{
	struct iap_buf now, then;

	if (frame->before == NULL)
		return true;
	iap_buf_open(&now, work->arena);
	iap_buf_open(&then, work->arena);
	iap_look_add(&now, node->look, follow(frame->item, &node->path, 0));
	iap_look_add(&then, node->look, follow(frame->before, &node->path, 0));
	return strcmp(now.bytes, then.bytes) != 0;
}

static void render_nodes(struct work *work, const struct frame *frame,
    const struct iap_node *nodes);

/* Sections that ask a question keep the item they stand in. */
static bool
is_question_met(const struct work *work, const struct frame *frame, const struct iap_node *node,
    const struct iap_json *value)
{
	switch (node->test) {
	case IAP_TEST_TEXT:
		return is_equal(value, node->operand);
	case IAP_TEST_PATH:
		return is_equal(value, iap_look_plain(find_value(work, frame, &node->other)));
	case IAP_TEST_NEW:
		return is_new(work, frame, node);
	case IAP_TEST_PRESENT:
		break;
	}
	return is_present(value);
}

static void
render_section(struct work *work, const struct frame *frame, const struct iap_node *node)
{
	const struct iap_json *value = find_value(work, frame, &node->path);
	const struct iap_json *before = NULL;

	if (node->inverse || node->test != IAP_TEST_PRESENT) {
		if (is_question_met(work, frame, node, value) != node->inverse)
			render_nodes(work, frame, node->children);
		return;
	}
	if (value != NULL && (value->type == IAP_JSON_ARRAY || node->path.members)) {
		for (const struct iap_json *item = value->first; item != NULL; item = item->next) {
			struct frame inner = { .item = item, .before = before, .outer = frame };

			render_nodes(work, &inner, node->children);
			before = item;
		}
	} else if (is_present(value)) {
		struct frame inner = { .item = value, .outer = frame };

		render_nodes(work, &inner, node->children);
	}
}

static void
render_include(struct work *work, const struct frame *frame, const char *name)
{
	const struct iap_template *template = strcmp(name, "content") == 0 ? work->content :
	    find_template(work->templates, name);

	if (template != NULL)
		render_nodes(work, frame, template->nodes);
}

static void
render_nodes(struct work *work, const struct frame *frame, const struct iap_node *nodes)
{
	for (const struct iap_node *node = nodes; node != NULL; node = node->next) {
		switch (node->kind) {
		case IAP_NODE_TEXT:
			iap_buf_add(work->out, node->text, node->length);
			break;
		case IAP_NODE_VALUE:
			iap_look_add(work->out, node->look, find_value(work, frame, &node->path));
			break;
		case IAP_NODE_SECTION:
			render_section(work, frame, node);
			break;
		case IAP_NODE_INCLUDE:
			render_include(work, frame, node->text);
			break;
		}
	}
}

enum iap_status
iap_render(const struct iap_templates *templates, struct iap_arena *arena, const char *page,
    const struct iap_json *model, struct iap_buf *out, struct iap_error *err)
{
	const struct iap_template *layout = find_template(templates, "layout");
	struct work work = { .templates = templates, .arena = arena, .out = out };
	struct frame root = { .item = model };

	work.content = find_template(templates, page);
	if (work.content == NULL)
		return iap_error_set(err, IAP_NOT_FOUND, "templates: there is no %s.html", page);
	render_nodes(&work, &root, layout->nodes);
	return IAP_OK;
}
