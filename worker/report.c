/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/report.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "model/media_check.h"

/* The states that playing can show. */
static const char *const states[] = { "ok", "wrong_key", "damaged" };

/* Reads "INTERACTION-N-STATE"; false when it is no report. */
static bool
parse_name(const char *name, unsigned long long *interaction, unsigned int *n,
    const char **state)
{
	char word[16];
	int end = 0;

	if (strspn(name, "0123456789") == 0 ||
	    sscanf(name, "%20llu-%5u-%15[a-z_]%n", interaction, n, word, &end) != 3 ||
	    name[end] != '\0')
		return false;
	for (size_t i = 0; i < IAP_LENGTH(states); i++)
		if (strcmp(word, states[i]) == 0) {
			*state = states[i];
			return true;
		}
	return false;
}

static enum iap_status
read_one(struct iap_worker *worker, DIR *dir, const char *name, struct iap_error *err)
{
	unsigned long long interaction;
	unsigned int n;
	const char *state;

	if (!parse_name(name, &interaction, &n, &state))
		return IAP_OK;
	if (iap_media_report(worker->db, interaction, n, state, err) != IAP_OK)
		return err->status;
	/* Removed after it was stored: taking it in twice does no harm. */
	if (unlinkat(dirfd(dir), name, 0) != 0)
		iap_log_warning("report of iap-media not removed name=%s detail=%s", name,
		    strerror(errno));
	return IAP_OK;
}

enum iap_status
iap_report_read(struct iap_worker *worker, struct iap_error *err)
{
	const char *folder = worker->settings.media_reports;
	DIR *dir = folder == NULL ? NULL : opendir(folder);
	enum iap_status status = IAP_OK;

	if (dir == NULL)
		return IAP_OK;
	for (struct dirent *entry; status == IAP_OK && (entry = readdir(dir)) != NULL;)
		status = read_one(worker, dir, entry->d_name, err);
	closedir(dir);
	return status;
}
