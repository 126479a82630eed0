/* SPDX-License-Identifier: Apache-2.0 */
/* The list of kinds, and what all of them share: the checks of keys. */
#include "storage/storage.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "base/macros.h"
#include "storage/backend.h"

static const struct iap_storage_ops *const backends[] = {
	&iap_storage_local,
	&iap_storage_s3,
	&iap_storage_azure,
};

const char *
iap_storage_kinds(void)
{
	return "local, s3, azure";
}

struct iap_storage_conf
iap_storage_conf_of(const struct iap_source_conf *source)
{
	return (struct iap_storage_conf){
		.name = source->name,
		.kind = source->kind,
		.root = source->root,
		.endpoint = source->endpoint,
		.bucket = source->bucket,
		.prefix = source->prefix,
		.aws_region = source->aws_region,
		.credentials = source->credentials,
		.addressing = source->addressing,
		.ca_file = source->ca_file,
		.requester_pays = source->requester_pays != NULL &&
		    strcmp(source->requester_pays, "yes") == 0,
	};
}

enum iap_status
iap_storage_open(const struct iap_storage_conf *conf, struct iap_storage **out,
    struct iap_error *err)
{
	for (size_t i = 0; i < IAP_LENGTH(backends); i++) {
		if (conf->kind == NULL || strcmp(conf->kind, backends[i]->name) != 0)
			continue;
		if (backends[i]->open(conf, out, err) != IAP_OK)
			return iap_error_context(err, "source %s", conf->name);
		atomic_init(&(*out)->users, 1);
		(*out)->zips = iap_zips_new();
		return IAP_OK;
	}
	return iap_error_set(err, IAP_INVALID, "source %s: unknown kind \"%s\"; known: %s",
	    conf->name, conf->kind == NULL ? "" : conf->kind, iap_storage_kinds());
}

void
iap_storage_close(struct iap_storage **storage)
{
	if (*storage != NULL && atomic_fetch_sub(&(*storage)->users, 1) == 1) {
		iap_zips_close(&(*storage)->zips);
		(*storage)->ops->close(*storage);
	}
	*storage = NULL;
}

int64_t
iap_storage_skew_ms(const struct iap_storage *storage)
{
	return atomic_load(&storage->skew_ms);
}

static bool
part_check(const char *part, size_t length)
{
	return length != 0 && !(length == 1 && part[0] == '.') &&
	    !(length == 2 && part[0] == '.' && part[1] == '.');
}

bool
iap_storage_key_check(const char *key)
{
	if (strnlen(key, IAP_STORAGE_KEY_MAX + 1) > IAP_STORAGE_KEY_MAX)
		return false;
	for (;;) {
		size_t length = strcspn(key, "/");

		if (!part_check(key, length))
			return false;
		if (key[length] == '\0')
			return true;
		key += length + 1;
	}
}

bool
iap_storage_name_check(const char *key)
{
	const char *slash = strstr(key, "//");
	size_t length = strnlen(key, IAP_STORAGE_KEY_MAX + 1);
	char zip[IAP_STORAGE_KEY_MAX + 1];

	if (slash == NULL || length > IAP_STORAGE_KEY_MAX)
		return iap_storage_key_check(key);
	memcpy(zip, key, (size_t)(slash - key));
	zip[slash - key] = '\0';
	return iap_storage_key_check(zip) && iap_storage_is_zip(zip) &&
	    iap_storage_key_check(slash + 2);
}

bool
iap_storage_is_zip(const char *key)
{
	size_t length = strlen(key);

	return length > strlen(".zip") && strcasecmp(key + length - strlen(".zip"), ".zip") == 0;
}

static enum iap_status
refuse(const char *key, struct iap_error *err)
{
	return iap_error_set(err, IAP_INVALID, "\"%.200s\" is no key of an object", key);
}

enum iap_status
iap_storage_stat(struct iap_storage *storage, struct iap_arena *arena, const char *key,
    struct iap_object *out, struct iap_error *err)
{
	if (iap_zips_is_inside(key))
		return iap_zips_stat(storage, arena, key, out, err);
	if (!iap_storage_key_check(key))
		return refuse(key, err);
	if (storage->ops->stat(storage, arena, key, out, err) != IAP_OK)
		return iap_error_context(err, "%s: stat %.200s", storage->ops->name, key);
	return IAP_OK;
}

enum iap_status
iap_storage_list(struct iap_storage *storage, struct iap_arena *arena, const char *dir,
    struct iap_storage_page *out, struct iap_error *err)
{
	if (iap_zips_is_inside(dir))
		return iap_zips_list(storage, arena, dir, out, err);
	if (dir[0] != '\0' && !iap_storage_key_check(dir))
		return refuse(dir, err);
	if (storage->ops->list(storage, arena, dir, out, err) != IAP_OK)
		return iap_error_context(err, "%s: list %.200s", storage->ops->name, dir);
	return IAP_OK;
}

void
iap_storage_load_all(struct iap_storage *storage, struct iap_arena *arena,
    struct iap_storage_load *loads, size_t count, size_t in_flight)
{
	struct iap_error *errs = calloc(count == 0 ? 1 : count, sizeof *errs);

	if (errs == NULL)
		iap_log_die("out of memory");
	for (size_t i = 0; i < count; i++) {
		struct iap_storage_load *load = &loads[i];

		*load = (struct iap_storage_load){ .key = load->key, .wanted = load->wanted };
		load->bytes = iap_arena_alloc(arena, load->wanted + 1);
		if (!iap_storage_name_check(load->key))
			load->status = refuse(load->key, &errs[i]);
	}
	for (size_t i = 0, run; i < count; i += run) {
		bool inside = iap_zips_is_inside(loads[i].key);

		for (run = 1; i + run < count && iap_zips_is_inside(loads[i + run].key) == inside; run++)
			continue;
		if (inside)
			iap_zips_load(storage, loads + i, errs + i, run);
		else
			storage->ops->load(storage, loads + i, errs + i, run, in_flight);
	}
	for (size_t i = 0; i < count; i++)
		if (loads[i].status != IAP_OK) {
			if (loads[i].status != IAP_INVALID)
				iap_error_context(&errs[i], "%s: read %.200s", storage->ops->name,
				    loads[i].key);
			loads[i].detail = iap_arena_copy(arena, errs[i].detail);
			loads[i].size = 0;
		}
	free(errs);
}

enum iap_status
iap_storage_read(struct iap_storage *storage, const char *key, struct iap_reader **out,
    struct iap_error *err)
{
	if (iap_zips_is_inside(key))
		return iap_zips_read(storage, key, out, err);
	if (!iap_storage_key_check(key))
		return refuse(key, err);
	if (storage->ops->read(storage, key, out, err) != IAP_OK)
		return iap_error_context(err, "%s: read %.200s", storage->ops->name, key);
	return IAP_OK;
}
