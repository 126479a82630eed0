/* SPDX-License-Identifier: Apache-2.0 */
#include "model/key_inventory.h"

#include "model/statements.h"

static const struct iap_stmt save = {
	.name = "key_inventory_save",
	.sql = "INSERT INTO certificate (fingerprint, key_id_fingerprint, subject, issuer, serial,"
	       " not_before_ms, not_after_ms, imported_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
	       " ON DUPLICATE KEY UPDATE key_id_fingerprint = VALUES(key_id_fingerprint),"
	       " subject = VALUES(subject), imported_ms = VALUES(imported_ms)",
};

static const struct iap_column columns[] = {
	IAP_COLUMN(iap_key_row, present),
	IAP_COLUMN(iap_key_row, subject),
	IAP_COLUMN(iap_key_row, issuer),
	IAP_COLUMN(iap_key_row, serial),
	IAP_COLUMN(iap_key_row, not_before_ms),
	IAP_COLUMN(iap_key_row, not_after_ms),
	IAP_COLUMN(iap_key_row, imported_ms),
	IAP_COLUMN(iap_key_row, recordings),
	IAP_COLUMN(iap_key_row, shut),
};

/*
 * `opened` are media for which any recipient's key is there. A certificate may
 * be named in two ways, so up to two recipients are one.
 */
static const struct iap_stmt list = {
	.name = "key_inventory_list",
	.sql = "WITH held AS ("
	       "  SELECT r.id AS recipient_id, c.id AS certificate_id FROM recipient r"
	       "    JOIN certificate c ON c.fingerprint = r.fingerprint"
	       "  UNION SELECT r.id, c.id FROM recipient r"
	       "    JOIN certificate c ON c.key_id_fingerprint = r.fingerprint),"
	       " opened AS (SELECT DISTINCT m.interaction_id, m.n FROM media_recipient m"
	       "    JOIN held h ON h.recipient_id = m.recipient_id)"
	       " SELECT 1 AS present, c.subject, c.issuer, c.serial, c.not_before_ms, c.not_after_ms,"
	       "  c.imported_ms, (SELECT COUNT(DISTINCT m.interaction_id) FROM held h"
	       "    JOIN media_recipient m ON m.recipient_id = h.recipient_id"
	       "    WHERE h.certificate_id = c.id) AS recordings, 0 AS shut FROM certificate c"
	       " UNION ALL SELECT 0, '', r.issuer, r.serial, NULL, NULL, NULL, n.recordings, n.shut"
	       "  FROM recipient r JOIN (SELECT m.recipient_id,"
	       "    COUNT(DISTINCT m.interaction_id) AS recordings,"
	       "    COUNT(DISTINCT IF(o.interaction_id IS NULL, m.interaction_id, NULL)) AS shut"
	       "    FROM media_recipient m LEFT JOIN opened o"
	       "    ON o.interaction_id = m.interaction_id AND o.n = m.n GROUP BY m.recipient_id) n"
	       "  ON n.recipient_id = r.id WHERE r.id NOT IN (SELECT recipient_id FROM held)"
	       " ORDER BY present DESC, issuer, serial",
	.columns = columns,
	.column_count = IAP_LENGTH(columns),
	.row_size = sizeof(struct iap_key_row),
};

static const struct iap_stmt *const statements[] = { &save, &list };
const struct iap_statements iap_key_inventory_statements = { statements, IAP_LENGTH(statements) };

enum iap_status
iap_key_inventory_save(struct iap_db *db, const struct iap_key_import *key,
    struct iap_error *err)
{
	const struct iap_value values[] = {
		iap_bytes_value(key->fingerprint.bytes, key->fingerprint.size),
		iap_bytes_value(key->key_id_fingerprint.bytes, key->key_id_fingerprint.size),
		iap_text(key->subject), iap_text(key->issuer), iap_text(key->serial),
		iap_i64(key->not_before_ms), iap_i64(key->not_after_ms), iap_i64(key->imported_ms),
	};

	return iap_db_run(db, &save, values, IAP_LENGTH(values), NULL, err);
}

enum iap_status
iap_key_inventory_list(struct iap_db *db, struct iap_arena *arena, struct iap_rows *out,
    struct iap_error *err)
{
	return iap_db_all(db, arena, &list, NULL, 0, out, err);
}
