/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/source.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "conf/ini.h"

static const char suffix[] = ".conf";

enum { NAME_LIMIT = 64, ROOT_LIMIT = 4000, FILE_MODE = 0644 };

bool
iap_source_conf_check_name(const char *name)
{
	static const char allowed[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
	size_t length = strlen(name);

	return length >= 1 && length <= NAME_LIMIT && strspn(name, allowed) == length &&
	    name[0] != '.' && name[0] != '-';
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
	if (strcmp(entry->key, "kind") == 0)
		out->kind = entry->value;
	else if (strcmp(entry->key, "root") == 0)
		out->root = entry->value;
	else
		return iap_error_set(err, IAP_INVALID, "%s:%u: unknown setting %s", ini->path,
		    entry->line, entry->key);
	return IAP_OK;
}

static enum iap_status
check_source(const char *path, const struct iap_source_conf *source, struct iap_error *err)
{
	if (source->kind == NULL || strcmp(source->kind, "local") != 0)
		return iap_error_set(err, IAP_INVALID, "%s: kind must be local", path);
	if (source->root == NULL || *source->root != '/')
		return iap_error_set(err, IAP_INVALID, "%s: root must be an absolute path", path);
	if (strpbrk(source->root, "\r\n") != NULL || strlen(source->root) > ROOT_LIMIT ||
	    strchr(" \t", source->root[strlen(source->root) - 1]) != NULL ||
	    !iap_text_is_utf8(source->root, strlen(source->root)))
		return iap_error_set(err, IAP_INVALID,
		    "%s: root must be one line of UTF-8 that does not end in a blank", path);
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
	const char *path, *text;

	if (file_of(arena, folder, source->name, &path, err) != IAP_OK ||
	    check_source(path, source, err) != IAP_OK)
		return err->status;
	text = iap_arena_format(arena, "kind = %s\nroot = %s\n", source->kind, source->root);
	return iap_file_save(path, FILE_MODE, text, strlen(text), err);
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
