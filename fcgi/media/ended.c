/* SPDX-License-Identifier: Apache-2.0 */
#include "media/ended.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

bool
iap_ended_is_none(const unsigned char session[IAP_TICKET_SESSION_SIZE])
{
	static const unsigned char none[IAP_TICKET_SESSION_SIZE];

	return memcmp(session, none, sizeof none) == 0;
}

bool
iap_ended_check(const struct iap_settings *settings,
    const unsigned char session[IAP_TICKET_SESSION_SIZE])
{
	char path[4096];
	int length;
	struct stat st;

	if (settings->media_ended == NULL || iap_ended_is_none(session))
		return false;
	length = snprintf(path, sizeof path - 2 * IAP_TICKET_SESSION_SIZE - 1, "%s/",
	    settings->media_ended);
	if (length < 0 || (size_t)length >= sizeof path - 2 * IAP_TICKET_SESSION_SIZE - 1)
		return true;
	for (size_t i = 0; i < IAP_TICKET_SESSION_SIZE; i++)
		snprintf(path + length + 2 * i, 3, "%02x", session[i]);
	return stat(path, &st) == 0 || (errno != ENOENT && errno != ENOTDIR);
}
