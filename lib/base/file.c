/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

enum { SECRET_LIMIT = 4096 };

void
iap_file_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* Reads until the end or until `size` bytes are there. */
static ssize_t
read_all(int fd, char *bytes, size_t size)
{
	size_t used = 0;

	while (used < size) {
		ssize_t got = read(fd, bytes + used, size - used);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		used += (size_t)got;
	}
	return (ssize_t)used;
}

enum iap_status
iap_file_load(struct iap_arena *arena, const char *path, size_t limit, char **bytes_out,
    size_t *size_out, struct iap_error *err)
{
	IAP_CLEANUP(iap_file_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	ssize_t got;

	if (fd < 0)
		return iap_error_errno(err, errno == ENOENT ? IAP_NOT_FOUND : IAP_UNAVAILABLE,
		    errno, "%s", path);
	if (fstat(fd, &st) < 0)
		return iap_error_errno(err, IAP_UNAVAILABLE, errno, "%s", path);
	if (!S_ISREG(st.st_mode))
		return iap_error_set(err, IAP_INVALID, "%s: not a regular file", path);
	if (st.st_size < 0 || (size_t)st.st_size > limit)
		return iap_error_set(err, IAP_INVALID, "%s: larger than %zu bytes", path, limit);
	*bytes_out = iap_arena_alloc(arena, (size_t)st.st_size + 1);
	got = read_all(fd, *bytes_out, (size_t)st.st_size);
	if (got < 0)
		return iap_error_errno(err, IAP_UNAVAILABLE, errno, "%s", path);
	*size_out = (size_t)got;
	return IAP_OK;
}

enum iap_status
iap_file_load_secret(struct iap_arena *arena, const char *path, char **secret_out,
    struct iap_error *err)
{
	struct stat st;
	size_t size;

	if (iap_file_load(arena, path, SECRET_LIMIT, secret_out, &size, err) != IAP_OK)
		return err->status;
	if (size > 0 && (*secret_out)[size - 1] == '\n')
		(*secret_out)[--size] = '\0';
	if (strlen(*secret_out) != size)
		return iap_error_set(err, IAP_INVALID, "%s: holds a NUL byte", path);
	if (stat(path, &st) == 0 && (st.st_mode & S_IRWXO) != 0)
		iap_log_warning("secret can be read by everybody file=%s mode=%03o", path,
		    (unsigned int)st.st_mode & 0777);
	return IAP_OK;
}

static enum iap_status
write_all(int fd, const char *path, const char *bytes, size_t size, struct iap_error *err)
{
	while (size > 0) {
		ssize_t written = write(fd, bytes, size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return iap_error_errno(err, IAP_UNAVAILABLE, errno, "%s", path);
		bytes += written;
		size -= (size_t)written;
	}
	if (fsync(fd) < 0)
		return iap_error_errno(err, IAP_UNAVAILABLE, errno, "%s", path);
	return IAP_OK;
}

enum iap_status
iap_file_save(const char *path, unsigned int mode, const void *bytes, size_t size,
    struct iap_error *err)
{
	char draft[4096];
	int length = snprintf(draft, sizeof draft, "%s.%ld.new", path, (long)getpid());

	if (length < 0 || (size_t)length >= sizeof draft)
		return iap_error_set(err, IAP_INVALID, "%s: path too long", path);
	unlink(draft);

	IAP_CLEANUP(iap_file_close) int fd =
	    open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, (mode_t)mode);

	if (fd < 0)
		return iap_error_errno(err, IAP_UNAVAILABLE, errno, "%s", draft);
	if (write_all(fd, draft, bytes, size, err) != IAP_OK) {
		unlink(draft);
		return err->status;
	}
	if (rename(draft, path) < 0) {
		iap_error_errno(err, IAP_UNAVAILABLE, errno, "%s", path);
		unlink(draft);
		return err->status;
	}
	return IAP_OK;
}
