/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/owner.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

struct iap_owner
iap_owner_begin(const char *folder)
{
	struct iap_owner owner = { .uid = geteuid(), .gid = getegid() };
	struct stat st;

	if (owner.uid != 0 || stat(folder, &st) < 0 || st.st_uid == 0)
		return owner;
	if (setegid(st.st_gid) < 0 || seteuid(st.st_uid) < 0)
		iap_log_die("cannot become the owner of %s", folder);
	owner.changed = 1;
	return owner;
}

void
iap_owner_end(struct iap_owner *owner)
{
	if (!owner->changed)
		return;
	if (seteuid(owner->uid) < 0 || setegid(owner->gid) < 0)
		iap_log_die("cannot become user %u again", (unsigned int)owner->uid);
	owner->changed = 0;
}
