/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/walk.h"

#include <stdio.h>
#include <string.h>

#include "worker/ingest.h"

/*
 * Small folders are taken together, so that one question to the database
 * serves many; the depth bounds what a tree of folders can cost.
 */
enum { GROUP_FOLDERS = 256, GROUP_OBJECTS = 1000, DEPTH_MAX = 100 };

/* A listing of a million entries needs some 300 MB. */
#define ARENA_LIMIT ((size_t)2 << 30)

struct walk {
	struct iap_source_pass *pass;
	struct iap_ingest *ingest;
	struct iap_arena *arena; /* of the group */
	struct iap_folder *folders;
	size_t count;
	size_t objects;
	bool in_zip; /* zips in it are not read */
};

static void
clear_group(struct walk *walk)
{
	iap_arena_reset(walk->arena);
	walk->folders = iap_arena_array(walk->arena, GROUP_FOLDERS, sizeof *walk->folders);
	walk->count = 0;
	walk->objects = 0;
}

static enum iap_status walk_zips(struct walk *walk, struct iap_error *err);

static enum iap_status
end_group(struct walk *walk, struct iap_error *err)
{
	if (iap_ingest_folders(walk->ingest, walk->arena, walk->folders, walk->count, err) != IAP_OK)
		return err->status;
	clear_group(walk);
	return walk->in_zip ? IAP_OK : walk_zips(walk, err);
}

static const char *
join(struct iap_arena *arena, const char *folder, const char *name)
{
	return *folder == '\0' ? iap_arena_copy(arena, name) :
	    iap_arena_format(arena, "%s/%s", folder, name);
}

/* A folder that cannot be listed is a fault; the walk goes on. */
static enum iap_status
list_folder(struct walk *walk, struct iap_arena *arena, const char *key,
    struct iap_storage_page *page, struct iap_error *err)
{
	enum iap_status status = iap_storage_list(walk->pass->storage, arena, key, page, err);

	if (status == IAP_OK)
		return IAP_OK;
	*page = (struct iap_storage_page){ 0 };
	/* The root itself, or everything: that is no matter of one folder. */
	if (*key == '\0' || status == IAP_UNAVAILABLE)
		return status;
	if (status == IAP_NOT_FOUND)
		return IAP_OK;
	walk->pass->partial = true;
	iap_ingest_fault(walk->ingest, key, status == IAP_FORBIDDEN ? "unreadable" : "unsupported",
	    err->detail);
	return IAP_OK;
}

static enum iap_status
walk_folder(struct walk *walk, const char *key, unsigned int depth, struct iap_error *err)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(ARENA_LIMIT);
	struct iap_storage_page page;

	if (list_folder(walk, arena, key, &page, err) != IAP_OK)
		return err->status;
	if (walk->count == GROUP_FOLDERS || walk->objects >= GROUP_OBJECTS)
		if (end_group(walk, err) != IAP_OK)
			return err->status;
	iap_folder_open(&walk->folders[walk->count++], walk->arena, key, &page);
	walk->objects += walk->folders[walk->count - 1].count;
	for (size_t i = 0; i < page.count && !iap_worker_stopping(); i++) {
		const char *below;

		/* Snapshots of file servers and the like begin with a dot. */
		if (!page.entries[i].directory || page.entries[i].name[0] == '.')
			continue;
		below = join(arena, key, page.entries[i].name);
		if (depth == DEPTH_MAX || !iap_storage_name_check(below)) {
			walk->pass->partial = true;
			iap_ingest_fault(walk->ingest, below, "unsupported", "the folder is too deep");
			continue;
		}
		if (walk_folder(walk, below, depth + 1, err) != IAP_OK)
			return err->status;
	}
	return IAP_OK;
}

/* A zip is a folder whose key ends with a slash. */
static enum iap_status
walk_zip(struct walk *walk, const struct iap_ingest_zip *zip, struct iap_error *err)
{
	struct iap_ingest_zip_work work;
	char root[IAP_STORAGE_KEY_MAX + 2];

	if (iap_ingest_begin_zip(walk->ingest, zip, &work, err) != IAP_OK)
		return iap_error_context(err, "%.200s", zip->key);
	if (work.postponed)
		return IAP_OK;
	snprintf(root, sizeof root, "%s/", zip->key);
	if (work.enter && (walk_folder(walk, root, 0, err) != IAP_OK || end_group(walk, err) != IAP_OK))
		return err->status;
	return iap_worker_stopping() ? IAP_OK : iap_ingest_end_zip(walk->ingest, &work, err);
}

/* Those that the last folders held. */
static enum iap_status
walk_zips(struct walk *walk, struct iap_error *err)
{
	const struct iap_ingest_zip *zip;
	enum iap_status status = IAP_OK;

	walk->in_zip = true;
	while (status == IAP_OK && !iap_worker_stopping() &&
	    (zip = iap_ingest_next_zip(walk->ingest)) != NULL)
		status = walk_zip(walk, zip, err);
	walk->in_zip = false;
	return status;
}

static enum iap_status
walk_late_zips(struct walk *walk, struct iap_error *err)
{
	const struct iap_ingest_zip *zip;

	walk->in_zip = true;
	while (!iap_worker_stopping() && (zip = iap_ingest_next_late_zip(walk->ingest)) != NULL)
		if (walk_zip(walk, zip, err) != IAP_OK)
			return err->status;
	return IAP_OK;
}

static enum iap_status
walk_all(struct walk *walk, struct iap_error *err)
{
	clear_group(walk);
	if (walk_folder(walk, "", 0, err) != IAP_OK || end_group(walk, err) != IAP_OK ||
	    walk_late_zips(walk, err) != IAP_OK)
		return err->status;
	return iap_ingest_end(walk->ingest, err);
}

enum iap_status
iap_walk(struct iap_source_pass *pass, struct iap_error *err)
{
	IAP_CLEANUP(iap_ingest_close) struct iap_ingest *ingest = iap_ingest_open(pass);
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(ARENA_LIMIT);
	struct walk walk = { .pass = pass, .ingest = ingest, .arena = arena };

	iap_progress_phase(&pass->progress, "reading", pass->known);
	return walk_all(&walk, err);
}
