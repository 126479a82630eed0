/* SPDX-License-Identifier: Apache-2.0 */
/* Listings of object stores, page after page. */
#include "storage/cloud.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

enum {
	PAGE_LIMIT = 8 * 1024 * 1024,   /* bytes of one page's XML */
	ARENA_LIMIT = 128 * 1024 * 1024, /* for a page, as text and as a tree */
};

/* A directory while its pages come in. */
struct listing {
	struct iap_arena *arena; /* the caller's */
	const char *prefix;      /* of every name in it */
	struct iap_buf entries;  /* of struct iap_storage_entry */
	size_t skipped;
	bool exists;
};

static void
take_entry(void *context, const struct iap_cloud_found *found)
{
	struct listing *listing = context;
	size_t before = strlen(listing->prefix), length;
	struct iap_storage_entry entry = {
		.directory = found->directory,
		.size = found->size,
		.mtime_ns = found->mtime_ns,
	};
	char *name;

	if (found->name == NULL || !iap_text_begins(found->name, listing->prefix)) {
		listing->skipped++;
		return;
	}
	length = strlen(found->name);
	listing->exists = true;
	/* "folder/" as an object: what other programs leave to show an empty directory. */
	if (length == before && !found->directory)
		return;
	length -= before + (found->directory ? 1 : 0);
	name = iap_arena_copy_bytes(listing->arena, found->name + before, length);
	if (!iap_storage_key_check(name) || strchr(name, '/') != NULL) {
		listing->skipped++;
		return;
	}
	entry.name = name;
	iap_buf_add(&listing->entries, &entry, sizeof entry);
}

/* One page; *marker is that of the next afterwards, in the caller's arena, or NULL. */
static enum iap_status
read_page(struct iap_cloud *cloud, struct listing *listing, const char **marker,
    struct iap_error *err)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(ARENA_LIMIT);
	struct iap_cloud_ask ask = { .method = "GET", .limit = PAGE_LIMIT };
	struct iap_fetch_answer answer;
	struct iap_xml *page;
	const char *next;

	cloud->dialect->ask_page(&ask, listing->prefix, *marker);
	if (iap_cloud_send(cloud, arena, &ask, &answer, err) != IAP_OK)
		return err->status;
	if (answer.body.bytes == NULL)
		return iap_error_set(err, IAP_UNAVAILABLE, "an empty page");
	if (iap_xml_parse(arena, answer.body.bytes, answer.body.length, &page, err) != IAP_OK ||
	    cloud->dialect->read_page(arena, page, take_entry, listing, &next, err) != IAP_OK)
		return err->status;
	if (next != NULL && *marker != NULL && strcmp(next, *marker) == 0)
		return iap_error_set(err, IAP_CORRUPT, "the listing does not go on after a page");
	*marker = iap_arena_copy(listing->arena, next);
	return IAP_OK;
}

/* A directory and an object may have one name; the object comes first. */
static int
compare_entries(const void *a, const void *b)
{
	const struct iap_storage_entry *left = a, *right = b;
	int order = strcmp(left->name, right->name);

	return order != 0 ? order : (int)left->directory - (int)right->directory;
}

enum iap_status
iap_cloud_list(struct iap_storage *storage, struct iap_arena *arena, const char *dir,
    struct iap_storage_page *out, struct iap_error *err)
{
	struct iap_cloud *cloud = (struct iap_cloud *)storage;
	struct listing listing = {
		.arena = arena,
		.prefix = dir[0] == '\0' ? cloud->prefix :
		    iap_arena_format(arena, "%s%s/", cloud->prefix, dir),
	};
	struct iap_storage_entry *entries;
	const char *marker = NULL;
	size_t count;

	iap_buf_open(&listing.entries, arena);
	do {
		if (read_page(cloud, &listing, &marker, err) != IAP_OK)
			return err->status;
		count = listing.entries.length / sizeof *entries;
		if (count > IAP_STORAGE_LIST_MAX)
			return iap_error_set(err, IAP_INVALID, "more than %d entries",
			    IAP_STORAGE_LIST_MAX);
	} while (marker != NULL);
	if (!listing.exists && dir[0] != '\0')
		return iap_error_set(err, IAP_NOT_FOUND, "no object lies below it");
	entries = iap_arena_array(arena, count + 1, sizeof *entries);
	memcpy(entries, listing.entries.bytes, count * sizeof *entries);
	qsort(entries, count, sizeof *entries, compare_entries);
	*out = (struct iap_storage_page){
		.entries = entries,
		.count = count,
		.skipped = listing.skipped,
	};
	return IAP_OK;
}
