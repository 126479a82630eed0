/* SPDX-License-Identifier: Apache-2.0 */
/* What an administrator did by hand is audited like everything else. */
#ifndef IAP_CLI_AUDIT_H
#define IAP_CLI_AUDIT_H

#include "base/error.h"
#include "cli/command.h"

/* Adds a row: this machine's user did `action` to `object_id`. */
IAP_MUST_CHECK enum iap_status iap_cli_audit(struct iap_cli *cli, const char *action,
    const char *object_type, const char *object_id, struct iap_error *err);

#endif
