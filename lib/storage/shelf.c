/* SPDX-License-Identifier: Apache-2.0 */
#include "storage/shelf.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "crypto/hash.h"
#include "storage/backend.h"

enum { KEPT = 16 };

struct iap_storage_shelf {
	char *folder;
	unsigned int patience_s;
	struct iap_zips *zips; /* of all storages */
	pthread_mutex_t lock; /* of all below */
	uint64_t now;
	struct {
		struct iap_storage *storage; /* or NULL */
		unsigned char id[IAP_SHA256_SIZE]; /* of all its settings */
		uint64_t used;
	} kept[KEPT];
};

struct iap_storage_shelf *
iap_storage_shelf_new(const char *folder, unsigned int patience_s)
{
	struct iap_storage_shelf *shelf = calloc(1, sizeof *shelf);

	if (shelf == NULL || (shelf->folder = strdup(folder)) == NULL)
		iap_log_die("out of memory");
	shelf->patience_s = patience_s;
	shelf->zips = iap_zips_new();
	pthread_mutex_init(&shelf->lock, NULL);
	return shelf;
}

void
iap_storage_shelf_free(struct iap_storage_shelf **shelf)
{
	if (*shelf == NULL)
		return;
	for (size_t i = 0; i < KEPT; i++)
		iap_storage_close(&(*shelf)->kept[i].storage);
	iap_zips_close(&(*shelf)->zips);
	pthread_mutex_destroy(&(*shelf)->lock);
	free((*shelf)->folder);
	free(*shelf);
	*shelf = NULL;
}

static void
hash_settings(const struct iap_storage_conf *conf, unsigned char id[IAP_SHA256_SIZE])
{
	IAP_CLEANUP(iap_hash_close) struct iap_hash *hash = iap_hash_open();
	const char *const texts[] = {
		conf->name, conf->kind, conf->root, conf->endpoint, conf->bucket, conf->prefix,
		conf->aws_region, conf->credentials, conf->addressing, conf->ca_file,
		conf->requester_pays ? "yes" : "no",
	};

	for (size_t i = 0; i < IAP_LENGTH(texts); i++) {
		iap_hash_add(hash, texts[i] == NULL ? "-" : "+", 1);
		if (texts[i] != NULL)
			iap_hash_add(hash, texts[i], strlen(texts[i]) + 1);
	}
	iap_hash_end(hash, id);
}

/* The storage kept under `id`, with one more user; NULL when there is none. */
static struct iap_storage *
find_kept(struct iap_storage_shelf *shelf, const unsigned char id[IAP_SHA256_SIZE])
{
	for (size_t i = 0; i < KEPT; i++) {
		if (shelf->kept[i].storage == NULL || memcmp(shelf->kept[i].id, id, IAP_SHA256_SIZE) != 0)
			continue;
		shelf->kept[i].used = ++shelf->now;
		atomic_fetch_add(&shelf->kept[i].storage->users, 1);
		return shelf->kept[i].storage;
	}
	return NULL;
}

/* Keeps the storage too; the one not used for longest goes. */
static void
keep(struct iap_storage_shelf *shelf, struct iap_storage *storage,
    const unsigned char id[IAP_SHA256_SIZE])
{
	size_t oldest = 0;

	for (size_t i = 1; i < KEPT; i++)
		if (shelf->kept[i].used < shelf->kept[oldest].used)
			oldest = i;
	iap_storage_close(&shelf->kept[oldest].storage);
	atomic_fetch_add(&storage->users, 1);
	shelf->kept[oldest].storage = storage;
	shelf->kept[oldest].used = ++shelf->now;
	memcpy(shelf->kept[oldest].id, id, IAP_SHA256_SIZE);
}

/* What was listed of a zip serves the next request too, whoever opens the storage for it. */
static void
share_zips(struct iap_storage_shelf *shelf, struct iap_storage *storage,
    const unsigned char id[IAP_SHA256_SIZE])
{
	iap_zips_close(&storage->zips);
	storage->zips = iap_zips_share(shelf->zips);
	memcpy(&storage->zips_owner, id, sizeof storage->zips_owner);
}

enum iap_status
iap_storage_shelf_find(struct iap_storage_shelf *shelf, struct iap_arena *arena,
    const char *name, struct iap_storage **out, struct iap_error *err)
{
	unsigned char id[IAP_SHA256_SIZE];
	struct iap_storage_conf conf;
	struct iap_source_conf source;
	enum iap_status status = IAP_OK;

	if (iap_source_conf_load(arena, shelf->folder, name, &source, err) != IAP_OK)
		return err->status;
	conf = iap_storage_conf_of(&source);
	conf.patience_s = shelf->patience_s;
	hash_settings(&conf, id);
	/* Opening asks nobody, so others wait no longer than it takes to open a folder. */
	pthread_mutex_lock(&shelf->lock);
	*out = find_kept(shelf, id);
	if (*out == NULL) {
		status = iap_storage_open(&conf, out, err);
		if (status == IAP_OK)
			share_zips(shelf, *out, id);
		if (status == IAP_OK && (*out)->ops->kept)
			keep(shelf, *out, id);
	}
	pthread_mutex_unlock(&shelf->lock);
	return status;
}
