/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/settings.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "conf/ini.h"
#include "conf/suggest.h"

#define AT(member) offsetof(struct iap_settings, member)

enum { MINUTE_MS = 60000, DAY_MS = 86400000 };

const struct iap_setting iap_settings_table[] = {
	{ "database", "socket", IAP_SETTING_PATH, AT(db_socket), "/run/mysqld/mysqld.sock", 0, 0,
	  "Socket of MariaDB; not used when host is set." },
	{ "database", "host", IAP_SETTING_TEXT, AT(db_host), NULL, 0, 0,
	  "Host of MariaDB when it is on another machine; then over TLS." },
	{ "database", "port", IAP_SETTING_NUMBER, AT(db_port), "3306", 1, 65535,
	  "Port of MariaDB on that host." },
	{ "database", "tls_ca", IAP_SETTING_PATH, AT(db_tls_ca), NULL, 0, 0,
	  "Certificates (PEM) that may have signed that of MariaDB." },
	{ "database", "name", IAP_SETTING_TEXT, AT(db_name), "iap", 0, 0,
	  "Name of the database." },
	{ "database", "web_user", IAP_SETTING_TEXT, AT(db_web_user), "iap_web", 0, 0,
	  "Database user of iap-web." },
	{ "database", "web_password_file", IAP_SETTING_PATH, AT(db_web_password_file), NULL, 0, 0,
	  "File with its password." },
	{ "database", "worker_user", IAP_SETTING_TEXT, AT(db_worker_user), "iap_worker", 0, 0,
	  "Database user of iap-worker." },
	{ "database", "worker_password_file", IAP_SETTING_PATH, AT(db_worker_password_file), NULL,
	  0, 0, "File with its password." },
	{ "database", "admin_user", IAP_SETTING_TEXT, AT(db_admin_user), "root", 0, 0,
	  "Database user of iapctl: may change the schema." },
	{ "database", "admin_password_file", IAP_SETTING_PATH, AT(db_admin_password_file), NULL,
	  0, 0, "File with its password; none is needed where the socket knows the user." },

	{ "web", "templates", IAP_SETTING_PATH, AT(web_templates), "/usr/share/iap/templates", 0, 0,
	  "Folder of the page templates." },
	{ "web", "time_zone", IAP_SETTING_TEXT, AT(web_time_zone), "UTC", 0, 0,
	  "Time zone of the site, such as Europe/Berlin." },
	{ "web", "session_idle", IAP_SETTING_SPAN, AT(web_session_idle_ms), "30m",
	  MINUTE_MS, 30LL * DAY_MS, "A session ends when it was not used for so long." },
	{ "web", "session_absolute", IAP_SETTING_SPAN, AT(web_session_absolute_ms), "12h",
	  MINUTE_MS, 30LL * DAY_MS, "A session ends so long after signing in." },

	{ "media", "ticket_key_file", IAP_SETTING_PATH, AT(media_ticket_key_file),
	  "secrets/ticket.key", 0, 0, "File with the key that iap-web, iap-worker and iap-media share." },
	{ "media", "sources", IAP_SETTING_PATH, AT(media_sources), "sources.d", 0, 0,
	  "Folder that says where each source lies." },
	{ "media", "keys", IAP_SETTING_PATH, AT(media_keys), "keys", 0, 0,
	  "Folder of certificates and private keys." },
	{ "media", "keys_passphrase_file", IAP_SETTING_PATH, AT(media_keys_passphrase_file), NULL,
	  0, 0, "File with the passphrase the private keys are encrypted with." },
	{ "media", "range_size", IAP_SETTING_SIZE, AT(media_range_size), "256K",
	  16 << 10, 4 << 20, "The most bytes of one answer to a player." },
	{ "media", "ended", IAP_SETTING_PATH, AT(media_ended), "ended", 0, 0,
	  "Folder in which iap-web names ended sessions." },
	{ "media", "reports", IAP_SETTING_PATH, AT(media_reports), "reports", 0, 0,
	  "Folder in which iap-media leaves what it found on playing." },

	{ "worker", "batch", IAP_SETTING_NUMBER, AT(worker_batch), "1000", 1, 100000,
	  "Interactions in one transaction." },
	{ "worker", "media_socket", IAP_SETTING_PATH, AT(worker_media_socket), "run/worker.sock", 0, 0,
	  "Socket of nginx that takes checks of media to iap-media." },
};

const size_t iap_settings_count = IAP_LENGTH(iap_settings_table);

static bool
is_text(const struct iap_setting *setting)
{
	return setting->type == IAP_SETTING_TEXT || setting->type == IAP_SETTING_PATH;
}

static const char *
absolute_path(struct iap_arena *arena, const char *folder, const char *path)
{
	return *path == '/' ? iap_arena_copy(arena, path) :
	    iap_arena_format(arena, "%s/%s", folder, path);
}

static bool
parse_number(const struct iap_setting *setting, const char *value, int64_t *out)
{
	uint64_t size;

	switch (setting->type) {
	case IAP_SETTING_SPAN:
		return iap_text_parse_span(value, out);
	case IAP_SETTING_SIZE:
		if (!iap_text_parse_size(value, &size) || size > INT64_MAX)
			return false;
		*out = (int64_t)size;
		return true;
	default:
		return iap_text_parse_i64(value, out);
	}
}

/* A number as it would be written in the file. */
static const char *
write_number(struct iap_arena *arena, const struct iap_setting *setting, int64_t number)
{
	static const struct { enum iap_setting_type type; char unit; int64_t one; } units[] = {
		{ IAP_SETTING_SPAN, 'd', DAY_MS }, { IAP_SETTING_SPAN, 'h', 60 * MINUTE_MS },
		{ IAP_SETTING_SPAN, 'm', MINUTE_MS }, { IAP_SETTING_SPAN, 's', 1000 },
		{ IAP_SETTING_SIZE, 'M', 1 << 20 }, { IAP_SETTING_SIZE, 'K', 1 << 10 },
	};

	for (size_t i = 0; i < IAP_LENGTH(units); i++)
		if (setting->type == units[i].type && number > 0 && number % units[i].one == 0)
			return iap_arena_format(arena, "%" PRId64 "%c", number / units[i].one,
			    units[i].unit);
	return iap_arena_format(arena, "%" PRId64, number);
}

/* Puts one value into *out; `where` begins the message when it is not good. */
static enum iap_status
apply(struct iap_arena *arena, const struct iap_setting *setting, const char *value,
    const char *where, struct iap_settings *out, struct iap_error *err)
{
	static const char *const forms[] = {
		[IAP_SETTING_NUMBER] = "a whole number",
		[IAP_SETTING_SIZE] = "a size such as 256K or 1M",
		[IAP_SETTING_SPAN] = "a time such as 30s, 15m, 12h or 7d",
	};
	char *member = (char *)out + setting->offset;
	int64_t number;

	if (is_text(setting)) {
		const char *text = *value == '\0' ? NULL :
		    setting->type == IAP_SETTING_PATH ? absolute_path(arena, out->folder, value) :
		    iap_arena_copy(arena, value);

		memcpy(member, &text, sizeof text);
		return IAP_OK;
	}
	if (!parse_number(setting, value, &number))
		return iap_error_set(err, IAP_INVALID, "%s: %s is \"%s\", not %s", where,
		    setting->key, value, forms[setting->type]);
	if (number < setting->min || number > setting->max)
		return iap_error_set(err, IAP_INVALID, "%s: %s is %s, but must be from %s to %s",
		    where, setting->key, value, write_number(arena, setting, setting->min),
		    write_number(arena, setting, setting->max));
	memcpy(member, &number, sizeof number);
	return IAP_OK;
}

static enum iap_status
refuse_unknown(const struct iap_ini *ini, const struct iap_ini_entry *entry,
    struct iap_error *err)
{
	struct iap_suggest keys, sections;
	const char *best_section = NULL;

	iap_suggest_open(&keys, entry->key);
	iap_suggest_open(&sections, entry->section);
	for (size_t i = 0; i < iap_settings_count; i++) {
		const struct iap_setting *setting = &iap_settings_table[i];

		iap_suggest_add(&sections, setting->section);
		if (strcmp(setting->section, entry->section) == 0)
			iap_suggest_add(&keys, setting->key);
		else if (strcmp(setting->key, entry->key) == 0)
			best_section = setting->section;
	}
	if (keys.best == NULL && best_section != NULL)
		return iap_error_set(err, IAP_INVALID, "%s:%u: %s belongs into [%s]", ini->path,
		    entry->line, entry->key, best_section);
	if (keys.best == NULL && sections.best != NULL && sections.distance > 0)
		return iap_error_set(err, IAP_INVALID,
		    "%s:%u: unknown section [%s]; did you mean [%s]?", ini->path, entry->line,
		    entry->section, sections.best);
	if (keys.best == NULL)
		return iap_error_set(err, IAP_INVALID, "%s:%u: unknown setting %s in [%s]",
		    ini->path, entry->line, entry->key, entry->section);
	return iap_error_set(err, IAP_INVALID,
	    "%s:%u: unknown setting %s in [%s]; did you mean %s?", ini->path, entry->line,
	    entry->key, entry->section, keys.best);
}

static const struct iap_setting *
find_setting(const char *section, const char *key)
{
	for (size_t i = 0; i < iap_settings_count; i++)
		if (strcmp(iap_settings_table[i].section, section) == 0 &&
		    strcmp(iap_settings_table[i].key, key) == 0)
			return &iap_settings_table[i];
	return NULL;
}

static enum iap_status
locate(struct iap_arena *arena, const char *path, struct iap_settings *out,
    struct iap_error *err)
{
	char here[4096];
	char *slash;

	if (*path != '/' && getcwd(here, sizeof here) == NULL)
		return iap_error_errno(err, IAP_UNAVAILABLE, errno, "current folder");
	out->path = absolute_path(arena, here, path);
	out->folder = iap_arena_copy(arena, out->path);
	slash = strrchr(out->folder, '/');
	*slash = '\0';
	return IAP_OK;
}

enum iap_status
iap_settings_load(struct iap_arena *arena, const char *path, struct iap_settings *out,
    struct iap_error *err)
{
	struct iap_ini ini;

	*out = (struct iap_settings){ 0 };
	if (locate(arena, path, out, err) != IAP_OK || iap_ini_load(arena, path, &ini, err) != IAP_OK)
		return err->status;
	for (size_t i = 0; i < iap_settings_count; i++) {
		const struct iap_setting *setting = &iap_settings_table[i];

		if (setting->fallback != NULL &&
		    apply(arena, setting, setting->fallback, "fallback", out, err) != IAP_OK)
			return err->status;
	}
	for (size_t i = 0; i < ini.count; i++) {
		const struct iap_ini_entry *entry = &ini.entries[i];
		const struct iap_setting *setting = find_setting(entry->section, entry->key);

		if (setting == NULL)
			return refuse_unknown(&ini, entry, err);
		if (apply(arena, setting, entry->value,
		    iap_arena_format(arena, "%s:%u", ini.path, entry->line), out, err) != IAP_OK)
			return err->status;
	}
	return IAP_OK;
}

void
iap_settings_format(const struct iap_settings *settings, struct iap_buf *out)
{
	const char *section = "";

	for (size_t i = 0; i < iap_settings_count; i++) {
		const struct iap_setting *setting = &iap_settings_table[i];
		const char *member = (const char *)settings + setting->offset;
		const char *text;
		int64_t number;

		if (strcmp(section, setting->section) != 0)
			iap_buf_format(out, "%s[%s]\n", i == 0 ? "" : "\n", setting->section);
		section = setting->section;
		iap_buf_format(out, "# %s\n", setting->help);
		if (is_text(setting)) {
			memcpy(&text, member, sizeof text);
			iap_buf_format(out, "%s%s = %s\n", text == NULL ? "# " : "", setting->key,
			    text == NULL ? "" : text);
		} else {
			memcpy(&number, member, sizeof number);
			iap_buf_format(out, "%s = %s\n", setting->key,
			    write_number(out->arena, setting, number));
		}
	}
}
