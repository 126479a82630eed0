/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/audit.h"

#include <pwd.h>
#include <unistd.h>

#include "base/clock.h"
#include "model/audit.h"

enum iap_status
iap_cli_audit(struct iap_cli *cli, const char *action, const char *object_type,
    const char *object_id, struct iap_error *err)
{
	const struct passwd *account = getpwuid(getuid());
	const char *actor = account != NULL ?
	    iap_arena_format(cli->arena, "iapctl %s", account->pw_name) :
	    iap_arena_format(cli->arena, "iapctl %u", (unsigned int)getuid());
	const struct iap_audit row = {
		.at_ms = iap_clock_now_ms(),
		.actor = actor,
		.address = "",
		.request_id = "",
		.action = action,
		.object_type = object_type,
		.object_id = object_id,
		.result = IAP_AUDIT_OK,
		.detail = "{}",
	};

	return iap_audit_insert(cli->db, &row, err);
}
