/* SPDX-License-Identifier: Apache-2.0 */
#include "media/report.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/macros.h"

static const enum iap_media_state reported[] = { IAP_STATE_OK, IAP_STATE_WRONG_KEY,
	IAP_STATE_DAMAGED };

/* Other reports of this medium are of before and would contradict. */
void
iap_report_save(const struct iap_settings *settings, const struct iap_ticket *ticket,
    enum iap_media_state state)
{
	char path[4096];

	if (ticket->interaction == 0 || settings->media_reports == NULL)
		return;
	for (size_t i = 0; i < IAP_LENGTH(reported); i++)
		if (state == reported[i])
			break;
		else if (i + 1 == IAP_LENGTH(reported))
			return;
	for (size_t i = 0; i < IAP_LENGTH(reported); i++) {
		IAP_CLEANUP(iap_file_close) int fd = -1;
		int length = snprintf(path, sizeof path, "%s/%" PRIu64 "-%u-%s",
		    settings->media_reports, ticket->interaction, ticket->n,
		    iap_state_name(reported[i]));

		if (length < 0 || (size_t)length >= sizeof path)
			return;
		if (reported[i] != state) {
			unlink(path);
			continue;
		}
		fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
		if (fd < 0)
			iap_log_warning("report is not written file=%s cause=%s", path,
			    strerror(errno));
	}
}
