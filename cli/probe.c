/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/probe.h"

#include <inttypes.h>

#include "conf/source.h"
#include "storage/reader.h"
#include "storage/storage.h"

/* Directories looked into for an object, at most. */
enum { DEPTH_LIMIT = 16, HEAD_SIZE = 64 };

/* The first object below the root, walking into the last directory of each level. */
static enum iap_status
find_object(struct iap_cli *cli, struct iap_storage *storage, const char **key_out,
    struct iap_error *err)
{
	const char *dir = "";

	*key_out = NULL;
	for (int depth = 0; depth < DEPTH_LIMIT; depth++) {
		struct iap_storage_page page;
		const char *deeper = NULL;

		if (iap_storage_list(storage, cli->arena, dir, &page, err) != IAP_OK)
			return err->status;
		for (size_t i = 0; i < page.count; i++) {
			const char *key = *dir == '\0' ? page.entries[i].name :
			    iap_arena_format(cli->arena, "%s/%s", dir, page.entries[i].name);

			if (!page.entries[i].directory) {
				*key_out = key;
				return IAP_OK;
			}
			deeper = key;
		}
		if (deeper == NULL)
			return IAP_OK;
		dir = deeper;
	}
	return IAP_OK;
}

/* What is to be said of the clocks. */
static const char *
clock_of(struct iap_cli *cli, const struct iap_storage *storage)
{
	int64_t skew_ms = iap_storage_skew_ms(storage);

	return skew_ms == 0 ? "" :
	    iap_arena_format(cli->arena, "; but this machine's clock is %" PRId64 " s %s the storage's",
	    (skew_ms < 0 ? -skew_ms : skew_ms) / 1000, skew_ms < 0 ? "ahead of" : "behind");
}

static enum iap_status
probe(struct iap_cli *cli, const char *name, const char **detail, struct iap_error *err)
{
	IAP_CLEANUP(iap_storage_close) struct iap_storage *storage = NULL;
	IAP_CLEANUP(iap_reader_close) struct iap_reader *reader = NULL;
	struct iap_source_conf conf;
	struct iap_storage_conf storage_conf;
	const char *place;
	char head[HEAD_SIZE];
	const char *key;
	size_t got;

	if (iap_source_conf_load(cli->arena, cli->settings.media_sources, name, &conf, err) != IAP_OK)
		return err->status;
	storage_conf = iap_storage_conf_of(&conf);
	place = iap_source_conf_format(cli->arena, &conf);
	if (iap_storage_open(&storage_conf, &storage, err) != IAP_OK ||
	    find_object(cli, storage, &key, err) != IAP_OK)
		return err->status;
	if (key == NULL) {
		*detail = iap_arena_format(cli->arena, "%s can be listed; no object was found%s", place,
		    clock_of(cli, storage));
		return IAP_OK;
	}
	if (iap_storage_read(storage, key, &reader, err) != IAP_OK)
		return err->status;
	if (reader->size > 0 &&
	    iap_reader_read_at(reader, 0, head, sizeof head, &got, err) != IAP_OK)
		return err->status;
	*detail = iap_arena_format(cli->arena, "%s can be listed, and %s (%" PRIu64 " bytes) read%s",
	    place, key, reader->size, clock_of(cli, storage));
	return IAP_OK;
}

void
iap_probe_source(struct iap_cli *cli, const char *name, struct iap_probe *out)
{
	struct iap_error err = { 0 };

	out->good = probe(cli, name, &out->detail, &err) == IAP_OK;
	if (!out->good)
		out->detail = iap_arena_copy(cli->arena, err.detail);
}
