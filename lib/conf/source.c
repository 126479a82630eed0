/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/source.h"

#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/text.h"
#include "conf/ini.h"

static const char suffix[] = ".conf";

enum { NAME_LIMIT = 64, VALUE_LIMIT = 4000, FILE_MODE = 0644 };

/* What may be said of a source, and of which kinds. */
enum { LOCAL = 1, S3 = 2, AZURE = 4, PATH = 8, NEEDED = 16 };

#define AT(member) offsetof(struct iap_source_conf, member)

static const struct {
	const char *key;
	unsigned int flags;
	size_t at;
} keys[] = {
	{ "kind", LOCAL | S3 | AZURE, AT(kind) },
	{ "root", LOCAL | PATH | NEEDED, AT(root) },
	{ "endpoint", S3 | AZURE | NEEDED, AT(endpoint) },
	{ "bucket", S3 | NEEDED, AT(bucket) },
	{ "container", AZURE | NEEDED, AT(bucket) },
	{ "prefix", S3 | AZURE, AT(prefix) },
	{ "credentials", S3 | AZURE | PATH, AT(credentials) },
	{ "ca_file", S3 | AZURE | PATH, AT(ca_file) },
	{ "aws_region", S3, AT(aws_region) },
	{ "addressing", S3, AT(addressing) },
	{ "requester_pays", S3, AT(requester_pays) },
};

static const struct {
	const char *name;
	unsigned int flag;
} kinds[] = {
	{ "local", LOCAL }, { "s3", S3 }, { "azure", AZURE },
};

/* The flag of a kind; 0 when there is no such kind. */
static unsigned int
flag_of(const char *kind)
{
	for (size_t i = 0; kind != NULL && i < IAP_LENGTH(kinds); i++)
		if (strcmp(kinds[i].name, kind) == 0)
			return kinds[i].flag;
	return 0;
}

static const char **
member_of(const struct iap_source_conf *source, size_t at)
{
	return (const char **)((char *)(uintptr_t)source + at);
}

bool
iap_source_conf_check_name(const char *name)
{
	static const char allowed[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
	size_t length = strlen(name);

	return length >= 1 && length <= NAME_LIMIT && strspn(name, allowed) == length &&
	    name[0] != '.' && name[0] != '-';
}

const char *
iap_source_conf_format(struct iap_arena *arena, const struct iap_source_conf *source)
{
	if (source->root != NULL)
		return source->root;
	return iap_arena_format(arena, "%s%s%s%s%s", source->endpoint,
	    iap_text_ends(source->endpoint, "/") ? "" : "/", source->bucket,
	    source->prefix == NULL ? "" : "/", source->prefix == NULL ? "" : source->prefix);
}

static enum iap_status
file_of(struct iap_arena *arena, const char *folder, const char *name, const char **path,
    struct iap_error *err)
{
	if (!iap_source_conf_check_name(name))
		return iap_error_set(err, IAP_INVALID, "\"%s\" is no name of a source: 1 to %d of "
		    "a-z A-Z 0-9 . _ -, not beginning with . or -", name, NAME_LIMIT);
	*path = iap_arena_format(arena, "%s/%s%s", folder, name, suffix);
	return IAP_OK;
}

static enum iap_status
read_entry(const struct iap_ini *ini, const struct iap_ini_entry *entry,
    struct iap_source_conf *out, struct iap_error *err)
{
	if (*entry->section != '\0')
		return iap_error_set(err, IAP_INVALID, "%s:%u: a source has no sections", ini->path,
		    entry->line);
	for (size_t i = 0; i < IAP_LENGTH(keys); i++) {
		if (strcmp(keys[i].key, entry->key) != 0)
			continue;
		if (out->kind != NULL && flag_of(out->kind) != 0 &&
		    (keys[i].flags & flag_of(out->kind)) == 0)
			return iap_error_set(err, IAP_INVALID, "%s:%u: a source of kind %s has no %s",
			    ini->path, entry->line, out->kind, entry->key);
		if (entry->value[0] != '\0')
			*member_of(out, keys[i].at) = entry->value;
		return IAP_OK;
	}
	return iap_error_set(err, IAP_INVALID, "%s:%u: unknown setting %s", ini->path,
	    entry->line, entry->key);
}

/* A value is one line of a file, so what it says is what is read again. */
static enum iap_status
check_value(const char *path, const char *key, const char *value, struct iap_error *err)
{
	if (value[0] == '\0' || strpbrk(value, "\r\n") != NULL || strlen(value) > VALUE_LIMIT ||
	    strchr(" \t", value[0]) != NULL || strchr(" \t", value[strlen(value) - 1]) != NULL ||
	    !iap_text_is_utf8(value, strlen(value)))
		return iap_error_set(err, IAP_INVALID,
		    "%s: %s must be one line of UTF-8 that neither begins nor ends in a blank", path, key);
	return IAP_OK;
}

static bool
is_one_of(const char *value, const char *first, const char *second)
{
	return value == NULL || strcmp(value, first) == 0 || strcmp(value, second) == 0;
}

static enum iap_status
check_source(const char *path, const struct iap_source_conf *source, struct iap_error *err)
{
	unsigned int kind = flag_of(source->kind);

	if (kind == 0)
		return iap_error_set(err, IAP_INVALID, "%s: kind must be local, s3 or azure", path);
	for (size_t i = 0; i < IAP_LENGTH(keys); i++) {
		const char *value = *member_of(source, keys[i].at);

		if ((keys[i].flags & kind) == 0)
			continue;
		if ((keys[i].flags & PATH) != 0 && (value != NULL ? *value != '/' :
		    (keys[i].flags & NEEDED) != 0))
			return iap_error_set(err, IAP_INVALID, "%s: %s must be an absolute path", path,
			    keys[i].key);
		if (value == NULL && (keys[i].flags & NEEDED) != 0)
			return iap_error_set(err, IAP_INVALID, "%s: %s is missing", path, keys[i].key);
		if (value != NULL && check_value(path, keys[i].key, value, err) != IAP_OK)
			return err->status;
	}
	if (!is_one_of(source->addressing, "path", "virtual"))
		return iap_error_set(err, IAP_INVALID, "%s: addressing must be path or virtual", path);
	if (!is_one_of(source->requester_pays, "yes", "no"))
		return iap_error_set(err, IAP_INVALID, "%s: requester_pays must be yes or no", path);
	return IAP_OK;
}

enum iap_status
iap_source_conf_load(struct iap_arena *arena, const char *folder, const char *name,
    struct iap_source_conf *out, struct iap_error *err)
{
	const char *path;
	struct iap_ini ini;

	*out = (struct iap_source_conf){ .name = iap_arena_copy(arena, name) };
	if (file_of(arena, folder, name, &path, err) != IAP_OK ||
	    iap_ini_load(arena, path, &ini, err) != IAP_OK)
		return err->status;
	for (size_t i = 0; i < ini.count; i++)
		if (read_entry(&ini, &ini.entries[i], out, err) != IAP_OK)
			return err->status;
	return check_source(path, out, err);
}

enum iap_status
iap_source_conf_save(struct iap_arena *arena, const char *folder,
    const struct iap_source_conf *source, struct iap_error *err)
{
	const char *path;
	struct iap_buf text;

	if (file_of(arena, folder, source->name, &path, err) != IAP_OK ||
	    check_source(path, source, err) != IAP_OK)
		return err->status;
	iap_buf_open(&text, arena);
	for (size_t i = 0; i < IAP_LENGTH(keys); i++) {
		const char *value = *member_of(source, keys[i].at);

		if ((keys[i].flags & flag_of(source->kind)) != 0 && value != NULL)
			iap_buf_format(&text, "%s = %s\n", keys[i].key, value);
	}
	return iap_file_save(path, FILE_MODE, text.bytes, text.length, err);
}

enum iap_status
iap_source_conf_delete(struct iap_arena *arena, const char *folder, const char *name,
    struct iap_error *err)
{
	const char *path;

	if (file_of(arena, folder, name, &path, err) != IAP_OK)
		return err->status;
	if (unlink(path) < 0)
		return iap_error_errno(err, errno == ENOENT ? IAP_NOT_FOUND : IAP_UNAVAILABLE,
		    errno, "%s", path);
	return IAP_OK;
}

static void
close_folder(DIR **folder)
{
	if (*folder != NULL)
		closedir(*folder);
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

enum iap_status
iap_source_conf_list(struct iap_arena *arena, const char *folder,
    const char *const **names_out, size_t *count_out, struct iap_error *err)
{
	IAP_CLEANUP(close_folder) DIR *listing = opendir(folder);
	size_t count = 0, room = 16;
	const char **names = iap_arena_array(arena, room, sizeof *names);
	const struct dirent *entry;

	if (listing == NULL)
		return iap_error_errno(err, errno == ENOENT ? IAP_NOT_FOUND : IAP_UNAVAILABLE,
		    errno, "%s", folder);
	while ((entry = readdir(listing)) != NULL) {
		char *name = iap_arena_copy(arena, entry->d_name);

		if (!iap_text_ends(name, suffix))
			continue;
		name[strlen(name) - strlen(suffix)] = '\0';
		if (!iap_source_conf_check_name(name))
			continue;
		if (count == room) {
			const char **longer = iap_arena_array(arena, room * 2, sizeof *longer);

			memcpy(longer, names, count * sizeof *names);
			names = longer;
			room *= 2;
		}
		names[count++] = name;
	}
	qsort(names, count, sizeof *names, compare_names);
	*names_out = names;
	*count_out = count;
	return IAP_OK;
}
