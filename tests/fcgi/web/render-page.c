/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes one page to standard output: render-page TEMPLATES ZONE FIXTURE.json,
 * where the fixture is a model of tests/fcgi/web/fixtures. For people who work
 * on templates, and for checks of the HTML by other programs.
 */
#include <stdio.h>

#include "base/arena.h"
#include "base/file.h"
#include "json/json.h"
#include "web/render.h"

enum { MODEL_LIMIT = 1 << 20, ARENA_LIMIT = 64 << 20 };

static enum iap_status
write_page(struct iap_arena *arena, char **words, struct iap_error *err)
{
	IAP_CLEANUP(iap_templates_free) struct iap_templates *templates = NULL;
	struct iap_json *model;
	struct iap_buf out;
	const char *page;
	char *bytes;
	size_t size;

	if (iap_templates_load(words[0], words[1], &templates, err) != IAP_OK ||
	    iap_file_load(arena, words[2], MODEL_LIMIT, &bytes, &size, err) != IAP_OK ||
	    iap_json_parse(arena, bytes, size, &model, err) != IAP_OK)
		return err->status;
	page = iap_json_text(iap_json_find(model, "page"));
	if (page == NULL)
		return iap_error_set(err, IAP_INVALID, "%s names no page", words[2]);
	iap_buf_open(&out, arena);
	if (iap_render(templates, arena, page, model, &out, err) != IAP_OK)
		return err->status;
	fwrite(out.bytes, 1, out.length, stdout);
	return IAP_OK;
}

int
main(int argc, char **argv)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(ARENA_LIMIT);
	struct iap_error err;

	if (argc != 4) {
		fprintf(stderr, "usage: render-page TEMPLATES ZONE FIXTURE.json\n");
		return 2;
	}
	if (write_page(arena, argv + 1, &err) != IAP_OK) {
		fprintf(stderr, "render-page: %s\n", err.detail);
		return 1;
	}
	return 0;
}
