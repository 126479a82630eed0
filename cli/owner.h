/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that the administrator writes for a program belong to that program's
 * user, or it could not read them: root writes into a folder as the folder's
 * owner.
 */
#ifndef IAP_CLI_OWNER_H
#define IAP_CLI_OWNER_H

#include <sys/types.h>

/* Who this process was before; changed is 0 when it still is. */
struct iap_owner {
	int changed;
	uid_t uid;
	gid_t gid;
};

/*
 * As root, makes the process the owner of `folder` until iap_owner_end(); does
 * nothing as another user, or when the folder is not there yet.
 */
struct iap_owner iap_owner_begin(const char *folder);
void iap_owner_end(struct iap_owner *owner);

#endif
