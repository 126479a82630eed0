/* SPDX-License-Identifier: Apache-2.0 */
#include "storage/zips.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "storage/backend.h"

enum { KEPT = 8 };

struct kept {
	struct iap_zip *zip; /* or NULL */
	uint64_t owner;      /* see struct iap_storage */
	char *key;
	uint64_t size;
	int64_t mtime_ns;
	uint64_t used;
};

struct iap_zips {
	atomic_uint users;
	pthread_mutex_t lock; /* of all below */
	uint64_t now;
	struct kept kept[KEPT];
};

/* A key in two: that of the zip, and the name of the entry ("" is the zip's root). */
struct inside {
	char zip[IAP_STORAGE_KEY_MAX + 1];
	const char *entry;
};

struct iap_zips *
iap_zips_new(void)
{
	struct iap_zips *zips = calloc(1, sizeof *zips);

	if (zips == NULL)
		iap_log_die("out of memory");
	atomic_init(&zips->users, 1);
	pthread_mutex_init(&zips->lock, NULL);
	return zips;
}

struct iap_zips *
iap_zips_share(struct iap_zips *zips)
{
	atomic_fetch_add(&zips->users, 1);
	return zips;
}

static void
forget(struct kept *kept)
{
	iap_zip_close(&kept->zip);
	free(kept->key);
	*kept = (struct kept){ 0 };
}

void
iap_zips_close(struct iap_zips **zips)
{
	if (*zips != NULL && atomic_fetch_sub(&(*zips)->users, 1) == 1) {
		for (size_t i = 0; i < KEPT; i++)
			forget(&(*zips)->kept[i]);
		pthread_mutex_destroy(&(*zips)->lock);
		free(*zips);
	}
	*zips = NULL;
}

/* The list of the zip as it is now, with one more user; NULL when it is not kept. */
static struct iap_zip *
find(struct iap_storage *storage, const char *key, const struct iap_reader *archive)
{
	struct iap_zips *zips = storage->zips;
	struct iap_zip *zip = NULL;

	pthread_mutex_lock(&zips->lock);
	for (size_t i = 0; i < KEPT && zip == NULL; i++) {
		struct kept *kept = &zips->kept[i];

		if (kept->zip == NULL || kept->owner != storage->zips_owner ||
		    kept->size != archive->size || kept->mtime_ns != archive->mtime_ns ||
		    strcmp(kept->key, key) != 0)
			continue;
		kept->used = ++zips->now;
		zip = iap_zip_share(kept->zip);
	}
	pthread_mutex_unlock(&zips->lock);
	return zip;
}

/* Keeps the list too; those not used for longest go until there is room. */
static void
keep(struct iap_storage *storage, const char *key, const struct iap_reader *archive,
    struct iap_zip *zip)
{
	struct iap_zips *zips = storage->zips;
	struct kept *oldest;
	size_t weight;

	pthread_mutex_lock(&zips->lock);
	do {
		weight = iap_zip_weight(zip);
		oldest = &zips->kept[0];
		for (size_t i = 0; i < KEPT; i++) {
			weight += zips->kept[i].zip == NULL ? 0 : iap_zip_weight(zips->kept[i].zip);
			if (zips->kept[i].used < oldest->used && zips->kept[i].zip != NULL)
				oldest = &zips->kept[i];
		}
		if (weight > IAP_ZIPS_WEIGHT && oldest->zip != NULL)
			forget(oldest);
		else
			break;
	} while (true);
	for (size_t i = 0; i < KEPT; i++)
		if (zips->kept[i].zip == NULL)
			oldest = &zips->kept[i];
	forget(oldest);
	*oldest = (struct kept){ iap_zip_share(zip), storage->zips_owner, strdup(key),
		archive->size, archive->mtime_ns, ++zips->now };
	if (oldest->key == NULL)
		iap_log_die("out of memory");
	pthread_mutex_unlock(&zips->lock);
}

static enum iap_status
open_list(struct iap_storage *storage, const char *key, struct iap_reader *archive,
    struct iap_zip **out, struct iap_error *err)
{
	*out = find(storage, key, archive);
	if (*out != NULL)
		return IAP_OK;
	if (iap_zip_open(archive, out, err) != IAP_OK)
		return iap_error_context(err, "%.200s", key);
	keep(storage, key, archive, *out);
	return IAP_OK;
}

enum iap_status
iap_zips_open(struct iap_storage *storage, const char *key, struct iap_zip **out,
    struct iap_error *err)
{
	IAP_CLEANUP(iap_reader_close) struct iap_reader *archive = NULL;

	if (iap_storage_read(storage, key, &archive, err) != IAP_OK)
		return err->status;
	return open_list(storage, key, archive, out, err);
}

bool
iap_zips_is_inside(const char *key)
{
	size_t length = strlen(key);

	return strstr(key, "//") != NULL || (length > 1 && key[length - 1] == '/');
}

static enum iap_status
split(const char *key, struct inside *out, struct iap_error *err)
{
	const char *slash = strstr(key, "//");
	size_t length = strnlen(key, IAP_STORAGE_KEY_MAX + 1);

	if (length > IAP_STORAGE_KEY_MAX)
		return iap_error_set(err, IAP_INVALID, "the key is too long");
	/* The root of a zip ends with one slash, so that "/" and a name make it an entry. */
	if (slash == NULL)
		slash = key + length - 1;
	memcpy(out->zip, key, (size_t)(slash - key));
	out->zip[slash - key] = '\0';
	out->entry = slash[1] == '\0' ? slash + 1 : slash + 2;
	if (!iap_storage_is_zip(out->zip) || !iap_storage_key_check(out->zip) ||
	    (*out->entry != '\0' && !iap_storage_key_check(out->entry)))
		return iap_error_set(err, IAP_INVALID, "\"%.200s\" is no key of an entry", key);
	return IAP_OK;
}

/* The zip of `inside` and a stream of it; the caller closes both. */
static enum iap_status
enter(struct iap_storage *storage, const struct inside *inside, struct iap_reader **archive,
    struct iap_zip **zip, struct iap_error *err)
{
	if (storage->ops->read(storage, inside->zip, archive, err) != IAP_OK)
		return iap_error_context(err, "%.200s", inside->zip);
	return open_list(storage, inside->zip, *archive, zip, err);
}

static enum iap_status
find_entry(const struct iap_zip *zip, const struct inside *inside,
    const struct iap_zip_entry **out, struct iap_error *err)
{
	*out = iap_zip_find(zip, inside->entry);
	if (*out == NULL)
		return iap_error_set(err, IAP_NOT_FOUND, "%.200s: no entry \"%.200s\"",
		    inside->zip, inside->entry);
	return IAP_OK;
}

enum iap_status
iap_zips_stat(struct iap_storage *storage, struct iap_arena *arena, const char *key,
    struct iap_object *out, struct iap_error *err)
{
	IAP_CLEANUP(iap_reader_close) struct iap_reader *archive = NULL;
	IAP_CLEANUP(iap_zip_close) struct iap_zip *zip = NULL;
	const struct iap_zip_entry *entry;
	struct inside inside;

	if (split(key, &inside, err) != IAP_OK ||
	    enter(storage, &inside, &archive, &zip, err) != IAP_OK ||
	    find_entry(zip, &inside, &entry, err) != IAP_OK)
		return err->status;
	*out = (struct iap_object){
		.key = iap_arena_copy(arena, key),
		.size = entry->size,
		.mtime_ns = entry->mtime_ns,
	};
	return IAP_OK;
}

enum iap_status
iap_zips_list(struct iap_storage *storage, struct iap_arena *arena, const char *dir,
    struct iap_storage_page *out, struct iap_error *err)
{
	IAP_CLEANUP(iap_reader_close) struct iap_reader *archive = NULL;
	IAP_CLEANUP(iap_zip_close) struct iap_zip *zip = NULL;
	struct inside inside;

	if (split(dir, &inside, err) != IAP_OK ||
	    enter(storage, &inside, &archive, &zip, err) != IAP_OK)
		return err->status;
	return iap_zip_list(zip, arena, inside.entry, out, err);
}

enum iap_status
iap_zips_read(struct iap_storage *storage, const char *key, struct iap_reader **out,
    struct iap_error *err)
{
	IAP_CLEANUP(iap_reader_close) struct iap_reader *archive = NULL;
	IAP_CLEANUP(iap_zip_close) struct iap_zip *zip = NULL;
	const struct iap_zip_entry *entry;
	struct inside inside;

	if (split(key, &inside, err) != IAP_OK ||
	    enter(storage, &inside, &archive, &zip, err) != IAP_OK ||
	    find_entry(zip, &inside, &entry, err) != IAP_OK)
		return err->status;
	return iap_zip_read(entry, inside.entry, &archive, out, err);
}

/* The zip that entries are loaded from. */
struct entered {
	struct inside inside; /* of the entry that was loaded last */
	struct iap_reader *archive;
	struct iap_zip *zip;
};

static void
leave(struct entered *entered)
{
	iap_reader_close(&entered->archive);
	iap_zip_close(&entered->zip);
}

static enum iap_status
load_one(struct iap_storage *storage, struct entered *entered, struct iap_storage_load *load,
    struct iap_error *err)
{
	IAP_CLEANUP(iap_reader_close) struct iap_reader *reader = NULL, *archive = NULL;
	const struct iap_zip_entry *entry;
	struct inside inside;

	if (split(load->key, &inside, err) != IAP_OK)
		return err->status;
	if (entered->zip == NULL || strcmp(entered->inside.zip, inside.zip) != 0) {
		leave(entered);
		if (enter(storage, &inside, &entered->archive, &entered->zip, err) != IAP_OK)
			return err->status;
		strcpy(entered->inside.zip, inside.zip);
	}
	if (find_entry(entered->zip, &inside, &entry, err) != IAP_OK)
		return err->status;
	archive = iap_reader_lend(entered->archive);
	if (iap_zip_read(entry, inside.entry, &archive, &reader, err) != IAP_OK)
		return err->status;
	load->whole = reader->size;
	load->mtime_ns = reader->mtime_ns;
	return iap_reader_read_at(reader, 0, load->bytes, load->wanted, &load->size, err);
}

void
iap_zips_load(struct iap_storage *storage, struct iap_storage_load *loads,
    struct iap_error *errs, size_t count)
{
	struct entered entered = { 0 };

	for (size_t i = 0; i < count; i++)
		if (loads[i].status == IAP_OK && loads[i].wanted != 0)
			loads[i].status = load_one(storage, &entered, &loads[i], &errs[i]);
	leave(&entered);
}
