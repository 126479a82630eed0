/* SPDX-License-Identifier: Apache-2.0 */
#include "model/interaction.h"

static const struct iap_column columns[] = {
	IAP_COLUMN(iap_interaction, id),
	IAP_COLUMN(iap_interaction, recording_id),
	IAP_COLUMN(iap_interaction, source),
	IAP_COLUMN(iap_interaction, source_id),
	IAP_COLUMN(iap_interaction, scope_id),
	IAP_COLUMN(iap_interaction, started_ms),
	IAP_COLUMN(iap_interaction, ended_ms),
	IAP_COLUMN(iap_interaction, duration_ms),
	IAP_COLUMN(iap_interaction, caller),
	IAP_COLUMN(iap_interaction, dialed),
	IAP_COLUMN(iap_interaction, call_type),
	IAP_COLUMN(iap_interaction, state),
	IAP_COLUMN(iap_interaction, reviewed),
	IAP_COLUMN(iap_interaction, valid),
	IAP_COLUMN(iap_interaction, encrypted),
	IAP_COLUMN(iap_interaction, has_screen),
	IAP_COLUMN(iap_interaction, media_count),
	IAP_COLUMN(iap_interaction, agents),
};

const struct iap_stmt iap_interaction_shape = {
	.name = "interaction",
	.columns = columns,
	.column_count = IAP_LENGTH(columns),
	.row_size = sizeof(struct iap_interaction),
};
