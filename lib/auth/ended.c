/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/ended.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>

#include "base/file.h"

enum iap_status
iap_ended_save(const char *folder, const unsigned char token_hash[IAP_SESSION_HASH_SIZE],
    struct iap_error *err)
{
	IAP_CLEANUP(iap_file_close) int fd = -1;
	char path[PATH_MAX];
	int length = snprintf(path, sizeof path, "%s/", folder);

	if (length < 0 || (size_t)length + 2 * IAP_SESSION_HASH_SIZE >= sizeof path)
		return iap_error_set(err, IAP_INVALID, "%s: the path is too long", folder);
	for (size_t i = 0; i < IAP_SESSION_HASH_SIZE; i++)
		length += snprintf(path + length, sizeof path - (size_t)length, "%02x", token_hash[i]);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0)
		return iap_error_errno(err, IAP_UNAVAILABLE, errno, "%s: name an ended session",
		    folder);
	return IAP_OK;
}

enum iap_status
iap_ended_save_all(const char *folder, const struct iap_rows *ended, struct iap_error *err)
{
	const struct iap_session_ended *sessions = ended->items;

	for (size_t i = 0; i < ended->count; i++)
		if (sessions[i].token_hash.size == IAP_SESSION_HASH_SIZE &&
		    iap_ended_save(folder, sessions[i].token_hash.bytes, err) != IAP_OK)
			return err->status;
	return IAP_OK;
}
