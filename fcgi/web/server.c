/* SPDX-License-Identifier: Apache-2.0 */
#include "web/server.h"

#include <string.h>

#include "base/file.h"
#include "crypto/hash.h"

enum {
	SETTINGS_ARENA = 1 << 20,
	CONNECT_TIMEOUT_S = 1, /* a missing database is told within two seconds */
	READ_TIMEOUT_S = 5,
	STATEMENT_LIMIT_S = 4,
};

static enum iap_status
open_database(struct iap_server *server, struct iap_error *err)
{
	const struct iap_settings *settings = &server->settings;
	char *password = NULL;
	struct iap_db_conf conf = {
		.socket = settings->db_host == NULL ? settings->db_socket : NULL,
		.host = settings->db_host,
		.port = (unsigned int)settings->db_port,
		.tls_ca = settings->db_tls_ca,
		.name = settings->db_name,
		.user = settings->db_web_user,
		.connect_timeout_s = CONNECT_TIMEOUT_S,
		.read_timeout_s = READ_TIMEOUT_S,
		.statement_limit_s = STATEMENT_LIMIT_S,
	};

	if (settings->db_web_password_file != NULL && iap_file_load_secret(server->arena,
	    settings->db_web_password_file, &password, err) != IAP_OK)
		return err->status;
	conf.password = password;
	server->db = iap_db_new(&conf);
	if (password != NULL)
		iap_secret_wipe(password, strlen(password));
	return IAP_OK;
}

enum iap_status
iap_server_open(const char *config, struct iap_server *out, struct iap_error *err)
{
	struct iap_settings *settings = &out->settings;

	*out = (struct iap_server){ .arena = iap_arena_new(SETTINGS_ARENA) };
	if (iap_settings_load(out->arena, config, settings, err) != IAP_OK ||
	    iap_ticket_key_load(settings->media_ticket_key_file, &out->ticket_key, err) != IAP_OK ||
	    iap_templates_load(settings->web_templates, settings->web_time_zone,
	    &out->templates, err) != IAP_OK)
		return err->status;
	out->limits.idle_ms = settings->web_session_idle_ms;
	out->limits.absolute_ms = settings->web_session_absolute_ms;
	return open_database(out, err);
}

void
iap_server_close(struct iap_server *server)
{
	iap_ticket_key_wipe(&server->ticket_key);
	iap_templates_free(&server->templates);
	iap_scopes_free(&server->scopes);
	iap_db_close(&server->db);
	iap_arena_free(&server->arena);
}
