/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Objects are files below one root directory. Paths are opened with openat2
 * (Linux 5.6), which keeps them beneath the root and follows no link, even
 * while somebody renames directories; where the system does not have it, or a
 * sandbox forbids it, each part is opened from the one before without links.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/log.h"
#include "storage/backend.h"

struct local {
	struct iap_storage storage;
	int root;
	bool stepwise; /* no openat2 here */
};

struct local_reader {
	struct iap_reader reader;
	int fd;
};

/* What a name of an entry is, until its directory has been read whole. */
struct found {
	size_t name; /* offset in the buffer of names */
	struct iap_storage_entry entry;
};

static int
open_beneath(int root, const char *path, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)(flags | O_CLOEXEC),
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	long fd;

	/* EAGAIN: a rename was under way; it may have left the path as it was. */
	for (int tries = 0; tries < 16; tries++) {
		fd = syscall(SYS_openat2, root, path, &how, sizeof how);
		if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
			break;
	}
	return (int)fd;
}

static int
open_stepwise(int root, const char *path, int flags)
{
	IAP_CLEANUP(iap_file_close) int at = -1;
	char part[NAME_MAX + 1];

	for (;;) {
		size_t length = strcspn(path, "/");
		int next;

		if (length > NAME_MAX) {
			errno = ENAMETOOLONG;
			return -1;
		}
		memcpy(part, path, length);
		part[length] = '\0';
		if (path[length] == '\0')
			return openat(at < 0 ? root : at, part, flags | O_NOFOLLOW | O_CLOEXEC);
		next = openat(at < 0 ? root : at, part,
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		iap_file_close(&at);
		if (next < 0)
			return -1;
		at = next;
		path += length + 1;
	}
}

static int
open_key(const struct local *local, const char *path, int flags)
{
	if (path[0] == '\0')
		path = ".";
	return local->stepwise ? open_stepwise(local->root, path, flags)
	    : open_beneath(local->root, path, flags);
}

/* What an errno says of the object, as storage.h tells callers. */
static enum iap_status
status_of(int number)
{
	switch (number) {
	case ENOENT:
	case ENOTDIR:
	case EISDIR:
	case ELOOP:
	case EXDEV:
	case ENXIO:
	case ENODEV:
	case ENAMETOOLONG:
		return IAP_NOT_FOUND;
	case EACCES:
	case EPERM:
	case EIO:
	case EOVERFLOW:
		return IAP_FORBIDDEN;
	default:
		return IAP_UNAVAILABLE;
	}
}

static int64_t
mtime_ns(const struct stat *st)
{
	return (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
}

static enum iap_status
local_open(const struct iap_storage_conf *conf, struct iap_storage **out, struct iap_error *err)
{
	struct local *local;
	int root, probe;

	if (conf->root == NULL || conf->root[0] != '/')
		return iap_error_set(err, IAP_INVALID, "root is not an absolute path");
	root = open(conf->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return iap_error_errno(err, IAP_UNAVAILABLE, errno, "%s", conf->root);
	local = calloc(1, sizeof *local);
	if (local == NULL)
		iap_log_die("out of memory");
	local->storage.ops = &iap_storage_local;
	local->root = root;
	probe = open_beneath(root, ".", O_PATH | O_DIRECTORY);
	local->stepwise = probe < 0;
	iap_file_close(&probe);
	*out = &local->storage;
	return IAP_OK;
}

static void
local_close(struct iap_storage *storage)
{
	struct local *local = (struct local *)storage;

	iap_file_close(&local->root);
	free(local);
}

static enum iap_status
local_stat(struct iap_storage *storage, struct iap_arena *arena, const char *key,
    struct iap_object *out, struct iap_error *err)
{
	IAP_CLEANUP(iap_file_close) int fd =
	    open_key((const struct local *)storage, key, O_PATH | O_NOFOLLOW);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return iap_error_errno(err, status_of(errno), errno, "open");
	if (!S_ISREG(st.st_mode))
		return iap_error_set(err, IAP_NOT_FOUND, "not a regular file");
	*out = (struct iap_object){
		.key = iap_arena_copy(arena, key),
		.size = (uint64_t)st.st_size,
		.mtime_ns = mtime_ns(&st),
	};
	return IAP_OK;
}

static enum iap_status
local_reader_read_at(struct iap_reader *reader, uint64_t offset, void *bytes, size_t size,
    size_t *got, struct iap_error *err)
{
	ssize_t count;

	do
		count = pread(((struct local_reader *)reader)->fd, bytes, size, (off_t)offset);
	while (count < 0 && errno == EINTR);
	if (count < 0)
		return iap_error_errno(err, status_of(errno), errno, "local: read at %llu",
		    (unsigned long long)offset);
	*got = (size_t)count;
	return IAP_OK;
}

static void
local_reader_close(struct iap_reader *reader)
{
	struct local_reader *local = (struct local_reader *)reader;

	iap_file_close(&local->fd);
	free(local);
}

static const struct iap_reader_ops reader_ops = {
	.read_at = local_reader_read_at,
	.close = local_reader_close,
};

static enum iap_status
local_read(struct iap_storage *storage, const char *key, struct iap_reader **out,
    struct iap_error *err)
{
	/* O_NONBLOCK: a fifo in the archive must not make anybody wait. */
	IAP_CLEANUP(iap_file_close) int fd = open_key((const struct local *)storage, key,
	    O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW);
	struct local_reader *reader;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return iap_error_errno(err, status_of(errno), errno, "open");
	if (!S_ISREG(st.st_mode))
		return iap_error_set(err, IAP_NOT_FOUND, "not a regular file");
	reader = calloc(1, sizeof *reader);
	if (reader == NULL)
		iap_log_die("out of memory");
	reader->reader.ops = &reader_ops;
	reader->reader.size = (uint64_t)st.st_size;
	reader->reader.mtime_ns = mtime_ns(&st);
	reader->fd = fd;
	fd = -1;
	*out = &reader->reader;
	return IAP_OK;
}

static void
close_dir(DIR **dir)
{
	if (*dir != NULL)
		closedir(*dir);
}

/* Whether `name` is an object or a directory; fills its entry. */
static bool
look_at(int dir, const char *name, struct found *found)
{
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)))
		return false;
	found->entry = (struct iap_storage_entry){
		.directory = S_ISDIR(st.st_mode),
		.size = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0,
		.mtime_ns = mtime_ns(&st),
	};
	return true;
}

static enum iap_status
read_entries(DIR *dir, struct iap_buf *names, struct iap_buf *founds, size_t *skipped,
    struct iap_error *err)
{
	const struct dirent *entry;

	for (size_t count = 0; errno = 0, (entry = readdir(dir)) != NULL;) {
		struct found found = { .name = names->length };

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (!look_at(dirfd(dir), entry->d_name, &found)) {
			(*skipped)++;
			continue;
		}
		if (++count > IAP_STORAGE_LIST_MAX)
			return iap_error_set(err, IAP_INVALID, "more than %d entries",
			    IAP_STORAGE_LIST_MAX);
		iap_buf_add(names, entry->d_name, strlen(entry->d_name) + 1);
		iap_buf_add(founds, &found, sizeof found);
	}
	if (errno != 0)
		return iap_error_errno(err, status_of(errno), errno, "readdir");
	return IAP_OK;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct iap_storage_entry *)a)->name,
	    ((const struct iap_storage_entry *)b)->name);
}

static enum iap_status
local_list(struct iap_storage *storage, struct iap_arena *arena, const char *key,
    struct iap_storage_page *out, struct iap_error *err)
{
	IAP_CLEANUP(close_dir) DIR *dir = NULL;
	struct iap_storage_entry *entries;
	struct iap_buf names, founds;
	int fd = open_key((const struct local *)storage, key,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW);

	if (fd < 0)
		return iap_error_errno(err, status_of(errno), errno, "open");
	dir = fdopendir(fd);
	if (dir == NULL) {
		iap_file_close(&fd);
		return iap_error_set(err, IAP_UNAVAILABLE, "fdopendir");
	}
	iap_buf_open(&names, arena);
	iap_buf_open(&founds, arena);
	*out = (struct iap_storage_page){ 0 };
	if (read_entries(dir, &names, &founds, &out->skipped, err) != IAP_OK)
		return err->status;
	out->count = founds.length / sizeof(struct found);
	entries = iap_arena_array(arena, out->count, sizeof *entries);
	for (size_t i = 0; i < out->count; i++) {
		struct found found;

		memcpy(&found, founds.bytes + i * sizeof found, sizeof found);
		entries[i] = found.entry;
		entries[i].name = names.bytes + found.name;
	}
	if (out->count > 1)
		qsort(entries, out->count, sizeof *entries, by_name);
	out->entries = entries;
	return IAP_OK;
}

const struct iap_storage_ops iap_storage_local = {
	.name = "local",
	.open = local_open,
	.close = local_close,
	.stat = local_stat,
	.list = local_list,
	.read = local_read,
	.load = iap_storage_load_by_threads,
};
