/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each file of this folder offers its statements in a list, and all lists
 * stand here, so that a test can prepare every statement of the product
 * against the schema.
 */
#ifndef IAP_MODEL_STATEMENTS_H
#define IAP_MODEL_STATEMENTS_H

#include <stddef.h>

#include "db/stmt.h"

struct iap_statements {
	const struct iap_stmt *const *items;
	size_t count;
};

/* The list of each file. */
extern const struct iap_statements iap_audit_statements;
extern const struct iap_statements iap_fault_statements;
extern const struct iap_statements iap_interaction_filter_statements;
extern const struct iap_statements iap_interaction_find_statements;
extern const struct iap_statements iap_interaction_list_statements;
extern const struct iap_statements iap_interaction_resolve_statements;
extern const struct iap_statements iap_interaction_rows_statements;
extern const struct iap_statements iap_interaction_write_statements;
extern const struct iap_statements iap_key_inventory_statements;
extern const struct iap_statements iap_lease_statements;
extern const struct iap_statements iap_media_check_statements;
extern const struct iap_statements iap_media_deep_statements;
extern const struct iap_statements iap_object_statements;
extern const struct iap_statements iap_partition_statements;
extern const struct iap_statements iap_pass_statements;
extern const struct iap_statements iap_recipient_statements;
extern const struct iap_statements iap_schema_statements;
extern const struct iap_statements iap_scope_list_statements;
extern const struct iap_statements iap_scope_statements;
extern const struct iap_statements iap_server_statements;
extern const struct iap_statements iap_session_statements;
extern const struct iap_statements iap_signin_attempt_statements;
extern const struct iap_statements iap_source_statements;
extern const struct iap_statements iap_user_statements;
extern const struct iap_statements iap_source_list_statements;
extern const struct iap_statements iap_zip_statements;

#endif
