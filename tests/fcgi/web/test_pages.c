/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every page of templates/ from every model of fixtures/, read by a small
 * reader of HTML that shares nothing with the renderer: elements close, ids
 * are there and only once, addresses of static files lead to a file, nothing
 * stands in a page that its Content-Security-Policy would refuse. And every
 * name in a template is one that some model has.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "json/json.h"
#include "web/render.h"
#include "web/template.h"

enum { ARENA_LIMIT = 64 << 20, FILE_LIMIT = 1 << 20, MAX_OPEN = 64, MAX_NAMES = 1024 };

struct names {
	const char *items[MAX_NAMES];
	size_t count;
};

struct page {
	struct iap_arena *arena;
	const char *fixture;
	const char *icons;
	const char *at;
	const char *open[MAX_OPEN];
	size_t depth;
	struct names ids, wanted;
};

static const char *
in_source(struct iap_arena *arena, const char *path)
{
	const char *folder = getenv("srcdir");

	return iap_arena_format(arena, "%s/%s", folder == NULL ? "." : folder, path);
}

static char *
load(struct iap_arena *arena, const char *path)
{
	struct iap_error err;
	char *bytes;
	size_t size;

	if (iap_file_load(arena, path, FILE_LIMIT, &bytes, &size, &err) != IAP_OK)
		fail_msg("%s", err.detail);
	return bytes;
}

/* The files of a folder that end in `suffix`, as whole paths. */
static struct names
list(struct iap_arena *arena, const char *path, const char *suffix)
{
	DIR *folder = opendir(path);
	struct names files = { .count = 0 };
	const struct dirent *entry;

	assert_non_null(folder);
	while ((entry = readdir(folder)) != NULL && files.count < MAX_NAMES)
		if (iap_text_ends(entry->d_name, suffix))
			files.items[files.count++] = iap_arena_format(arena, "%s/%s", path, entry->d_name);
	closedir(folder);
	assert_true(files.count > 0);
	return files;
}

static bool
has(const struct names *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++)
		if (strcmp(names->items[i], name) == 0)
			return true;
	return false;
}

static void
add(struct names *names, const char *name)
{
	assert_true(names->count < MAX_NAMES);
	if (!has(names, name))
		names->items[names->count++] = name;
}

static void
check_address(struct page *page, const char *value)
{
	const char *hash = strchr(value, '#');
	const char *path = value + 1;

	if (value[0] == '#') {
		if (value[1] != '\0')
			add(&page->wanted, value + 1);
		return;
	}
	if (value[0] != '/' && value[0] != '?')
		fail_msg("%s: \"%s\" leads out of the site", page->fixture, value);
	if (!iap_text_begins(value, "/static/"))
		return;
	if (hash != NULL) {
		path = iap_arena_copy_bytes(page->arena, path, (size_t)(hash - path));
		if (strstr(page->icons, iap_arena_format(page->arena, "id=\"%s\"", hash + 1)) == NULL)
			fail_msg("%s: there is no icon %s", page->fixture, hash + 1);
	}
	if (access(in_source(page->arena, path), R_OK) != 0)
		fail_msg("%s: there is no file %s", page->fixture, path);
}

static void
check_attribute(struct page *page, const char *name, const char *value)
{
	static const char *const references[] = { "for", "aria-labelledby", "aria-describedby",
		"popovertarget" };

	if (iap_text_begins(name, "on") || strcmp(name, "style") == 0)
		fail_msg("%s: attribute %s", page->fixture, name);
	if (strcmp(name, "id") == 0) {
		if (has(&page->ids, value))
			fail_msg("%s: id %s stands twice", page->fixture, value);
		add(&page->ids, value);
	}
	if (strcmp(name, "href") == 0 || strcmp(name, "src") == 0 || strcmp(name, "action") == 0)
		check_address(page, value);
	for (size_t i = 0; i < IAP_LENGTH(references); i++)
		if (strcmp(name, references[i]) == 0)
			add(&page->wanted, value);
}

/* Reads up to one of `ends`, as a text of its own. */
static const char *
take(struct page *page, const char *ends)
{
	size_t length = strcspn(page->at, ends);
	const char *text = iap_arena_copy_bytes(page->arena, page->at, length);

	page->at += length;
	return text;
}

/* The attributes of a tag, behind its name; true when it closes itself. */
static bool
read_attributes(struct page *page)
{
	struct names seen = { .count = 0 };

	for (;;) {
		const char *name, *value = "";

		page->at += strspn(page->at, " \n\t");
		if (*page->at == '\0')
			fail_msg("%s: a tag does not end", page->fixture);
		if (*page->at == '>' || iap_text_begins(page->at, "/>")) {
			bool closes = *page->at == '/';

			page->at += closes ? 2 : 1;
			return closes;
		}
		name = take(page, " \n\t=/>");
		if (has(&seen, name))
			fail_msg("%s: attribute %s stands twice", page->fixture, name);
		add(&seen, name);
		if (*page->at == '=') {
			if (page->at[1] != '"')
				fail_msg("%s: attribute %s without quotes", page->fixture, name);
			page->at += 2;
			value = take(page, "\"");
			page->at++;
		}
		check_attribute(page, name, value);
	}
}

static bool
is_void(const char *name)
{
	static const char *const names[] = { "meta", "link", "input", "hr", "img", "br" };

	for (size_t i = 0; i < IAP_LENGTH(names); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static void
read_end_tag(struct page *page)
{
	const char *name = take(page, ">");

	if (page->depth == 0 || strcmp(page->open[page->depth - 1], name) != 0)
		fail_msg("%s: </%s> ends %s", page->fixture, name,
		    page->depth == 0 ? "nothing" : page->open[page->depth - 1]);
	page->depth--;
	page->at++;
}

static void
read_tag(struct page *page)
{
	const char *name;

	page->at++;
	if (*page->at == '!') {
		take(page, ">");
		page->at++;
		return;
	}
	if (*page->at == '/') {
		page->at++;
		read_end_tag(page);
		return;
	}
	name = take(page, " \n\t/>");
	if (read_attributes(page) || is_void(name))
		return;
	assert_true(page->depth < MAX_OPEN);
	page->open[page->depth++] = name;
	if (strcmp(name, "script") == 0) {
		page->at = strstr(page->at, "</script>");
		assert_non_null(page->at);
	}
}

static void
read_page(struct page *page)
{
	if (strstr(page->at, "{{") != NULL || strstr(page->at, "}}") != NULL)
		fail_msg("%s: a tag of the template is left", page->fixture);
	while (*take(page, "<") != '\0' || *page->at != '\0')
		if (*page->at == '<')
			read_tag(page);
	if (page->depth != 0)
		fail_msg("%s: <%s> does not end", page->fixture, page->open[page->depth - 1]);
	for (size_t i = 0; i < page->wanted.count; i++)
		if (!has(&page->ids, page->wanted.items[i]))
			fail_msg("%s: nothing has the id %s", page->fixture, page->wanted.items[i]);
}

static struct iap_json *
load_model(struct iap_arena *arena, const char *path)
{
	const char *bytes = load(arena, path);
	struct iap_json *model;
	struct iap_error err;

	if (iap_json_parse(arena, bytes, strlen(bytes), &model, &err) != IAP_OK)
		fail_msg("%s: %s", path, err.detail);
	return model;
}

static void
every_model_makes_a_sound_page(void **state)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(ARENA_LIMIT);
	IAP_CLEANUP(iap_templates_free) struct iap_templates *templates = NULL;
	struct names fixtures = list(arena, in_source(arena, "tests/fcgi/web/fixtures"), ".json");
	const char *icons = load(arena, in_source(arena, "static/icons.svg"));
	struct iap_error err;

	(void)state;
	if (iap_templates_load(in_source(arena, "templates"), "Australia/Sydney", &templates, &err) != IAP_OK)
		fail_msg("%s", err.detail);
	for (size_t i = 0; i < fixtures.count; i++) {
		const struct iap_json *model = load_model(arena, fixtures.items[i]);
		struct page *page = iap_arena_alloc(arena, sizeof(*page));
		struct iap_buf out;

		iap_buf_open(&out, arena);
		if (iap_render(templates, arena, iap_json_text(iap_json_find(model, "page")), model, &out,
		    &err) != IAP_OK)
			fail_msg("%s: %s", fixtures.items[i], err.detail);
		*page = (struct page){ .arena = arena, .fixture = fixtures.items[i], .icons = icons,
			.at = out.bytes };
		read_page(page);
	}
}

static void
collect_keys(struct names *keys, const struct iap_json *json)
{
	if (json->key != NULL)
		add(keys, json->key);
	for (const struct iap_json *child = json->first; child != NULL; child = child->next)
		collect_keys(keys, child);
}

static void
check_path(const char *template, const struct iap_node *node, const struct iap_path *path,
    const struct names *keys)
{
	for (size_t i = 0; i < path->count; i++)
		if (strspn(path->names[i], "0123456789") != strlen(path->names[i]) &&
		    !has(keys, path->names[i]))
			fail_msg("%s:%d: no model has \"%s\"", template, node->line, path->names[i]);
}

static void
check_names(const char *template, const struct iap_node *nodes, const struct names *keys)
{
	for (const struct iap_node *node = nodes; node != NULL; node = node->next) {
		check_path(template, node, &node->path, keys);
		check_path(template, node, &node->other, keys);
		check_names(template, node->children, keys);
	}
}

static void
every_name_in_a_template_is_in_some_model(void **state)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(ARENA_LIMIT);
	struct names fixtures = list(arena, in_source(arena, "tests/fcgi/web/fixtures"), ".json");
	struct names files = list(arena, in_source(arena, "templates"), ".html");
	struct names keys = { .count = 0 };

	(void)state;
	for (size_t i = 0; i < fixtures.count; i++)
		collect_keys(&keys, load_model(arena, fixtures.items[i]));
	for (size_t i = 0; i < files.count; i++) {
		const char *bytes = load(arena, files.items[i]);
		struct iap_template *template;
		struct iap_error err;

		if (iap_template_parse(arena, files.items[i], bytes, strlen(bytes), &template, &err) != IAP_OK)
			fail_msg("%s", err.detail);
		check_names(files.items[i], template->nodes, &keys);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_model_makes_a_sound_page),
		cmocka_unit_test(every_name_in_a_template_is_in_some_model),
	};

	return cmocka_run_group_tests_name("pages", tests, NULL, NULL);
}
