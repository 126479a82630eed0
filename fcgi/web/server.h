/* SPDX-License-Identifier: Apache-2.0 */
/* What one iap-web process keeps from request to request. */
#ifndef IAP_WEB_SERVER_H
#define IAP_WEB_SERVER_H

#include "base/arena.h"
#include "base/error.h"
#include "conf/settings.h"
#include "db/db.h"
#include "media/ticket.h"
#include "model/scope_list.h"
#include "model/session.h"
#include "web/render.h"

struct iap_server {
	struct iap_arena *arena; /* of the settings */
	struct iap_settings settings;
	struct iap_session_limits limits;
	struct iap_ticket_key ticket_key;
	struct iap_templates *templates;
	struct iap_scopes scopes;
	struct iap_db *db;
};

/*
 * Reads settings, secrets and templates; does not wait for the database. Of
 * iap.conf it uses nothing but what iap-web may know. The caller closes *out.
 */
IAP_MUST_CHECK enum iap_status iap_server_open(const char *config, struct iap_server *out,
    struct iap_error *err);

/* Ends what iap_server_open() began; safe on a zeroed struct. */
void iap_server_close(struct iap_server *server);

#endif
