/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/slot.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/file.h>

#include "base/file.h"

enum iap_status
iap_slot_open(const char *folder, unsigned int count, int *fd_out, struct iap_error *err)
{
	char path[PATH_MAX];

	for (unsigned int i = 0; i < count; i++) {
		int fd;

		if (snprintf(path, sizeof path, "%s/.slot-%u", folder, i) >= (int)sizeof path)
			return iap_error_set(err, IAP_INVALID, "%s: the path is too long", folder);
		fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		if (fd < 0)
			return iap_error_errno(err, IAP_UNAVAILABLE, errno, "%s", path);
		if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
			*fd_out = fd;
			return IAP_OK;
		}
		iap_file_close(&fd);
	}
	return iap_error_set(err, IAP_TOO_MANY, "all %u slots are taken", count);
}
