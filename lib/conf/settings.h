/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The settings of iap.conf: one table says name, type, range, fallback and
 * meaning of each; reading, errors and the listing come from it. They are read
 * once into one struct that is passed down.
 */
#ifndef IAP_CONF_SETTINGS_H
#define IAP_CONF_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

struct iap_settings {
	const char *path;   /* of iap.conf, absolute */
	const char *folder; /* where it lies; relative paths below start here */

	/* [database] host is NULL when the socket is used, tls_ca when none is given */
	const char *db_socket;
	const char *db_host;
	int64_t db_port;
	const char *db_tls_ca;
	const char *db_name;
	const char *db_web_user;
	const char *db_web_password_file;    /* NULL: none, the socket knows the user */
	const char *db_worker_user;
	const char *db_worker_password_file; /* NULL: as above */
	const char *db_admin_user;
	const char *db_admin_password_file;  /* NULL: as above */

	/* [web] */
	const char *web_templates;
	const char *web_time_zone;           /* IANA name of the site's zone */
	int64_t web_session_idle_ms;
	int64_t web_session_absolute_ms;

	/* [media] */
	const char *media_ticket_key_file;
	const char *media_sources;           /* folder of NAME.conf, see conf/source.h */
	const char *media_keys;              /* folder of certificates and private keys */
	const char *media_keys_passphrase_file; /* NULL: keys lie unencrypted */
	int64_t media_range_size;            /* bytes of one 206 answer at most */
	const char *media_ended;             /* folder: hashes of ended sessions */
	const char *media_reports;           /* folder: states found on playing */

	/* [worker] */
	int64_t worker_batch;                /* interactions a transaction */
	const char *worker_media_socket;     /* where nginx takes checks to iap-media */
};

enum iap_setting_type {
	IAP_SETTING_TEXT,
	IAP_SETTING_PATH,   /* made absolute */
	IAP_SETTING_NUMBER,
	IAP_SETTING_SIZE,   /* bytes: 512, 64K, 16M */
	IAP_SETTING_SPAN,   /* milliseconds: 30s, 15m, 12h, 7d */
};

struct iap_setting {
	const char *section;
	const char *key;
	enum iap_setting_type type;
	size_t offset;         /* of the member of struct iap_settings */
	const char *fallback;  /* as it would be written; NULL for none */
	int64_t min, max;      /* of numbers, sizes (bytes) and spans (ms), both allowed */
	const char *help;      /* one sentence */
};

/* Every setting, in the order of the sections. */
extern const struct iap_setting iap_settings_table[];
extern const size_t iap_settings_count;

/*
 * Reads the file `path`. IAP_NOT_FOUND or IAP_UNAVAILABLE when it cannot be
 * read, IAP_INVALID with file, line and remedy for what is wrong in it. What
 * *out points to lives as long as `arena`.
 */
IAP_MUST_CHECK enum iap_status iap_settings_load(struct iap_arena *arena, const char *path,
    struct iap_settings *out, struct iap_error *err);

/* Adds every setting with its value in force and its meaning, as an iap.conf. */
void iap_settings_format(const struct iap_settings *settings, struct iap_buf *out);

#endif
