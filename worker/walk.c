/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/walk.h"

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
};

static void
clear_group(struct walk *walk)
{
	iap_arena_reset(walk->arena);
	walk->folders = iap_arena_array(walk->arena, GROUP_FOLDERS, sizeof *walk->folders);
	walk->count = 0;
	walk->objects = 0;
}

static enum iap_status
end_group(struct walk *walk, struct iap_error *err)
{
	if (iap_ingest_folders(walk->ingest, walk->arena, walk->folders, walk->count, err) != IAP_OK)
		return err->status;
	clear_group(walk);
	return IAP_OK;
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
		if (depth == DEPTH_MAX || !iap_storage_key_check(below)) {
			walk->pass->partial = true;
			iap_ingest_fault(walk->ingest, below, "unsupported", "the folder is too deep");
			continue;
		}
		if (walk_folder(walk, below, depth + 1, err) != IAP_OK)
			return err->status;
	}
	return IAP_OK;
}

static enum iap_status
walk_all(struct walk *walk, struct iap_error *err)
{
	clear_group(walk);
	if (walk_folder(walk, "", 0, err) != IAP_OK || end_group(walk, err) != IAP_OK)
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
