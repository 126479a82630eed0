/* SPDX-License-Identifier: Apache-2.0 */
#include "model/recipient.h"

#include "db/stmt.h"
#include "model/statements.h"
#include "model/text.h"

enum { ARENA_LIMIT = 65536 };

struct number {
	uint64_t id;
};

static const struct iap_column number_columns[] = { IAP_COLUMN(number, id) };

static const struct iap_stmt find = {
	.name = "recipient_find",
	.sql = "SELECT id FROM recipient WHERE fingerprint = ?",
	.columns = number_columns,
	.column_count = 1,
};

static const struct iap_stmt insert = {
	.name = "recipient_insert",
	.sql = "INSERT INTO recipient (fingerprint, issuer, serial) VALUES (?, ?, ?)",
};

static const struct iap_stmt *const statements[] = { &find, &insert };

const struct iap_statements iap_recipient_statements = { statements, IAP_LENGTH(statements) };

static enum iap_status
find_one(struct iap_db *db, struct iap_arena *arena, const unsigned char *fingerprint,
    uint64_t *id_out, struct iap_error *err)
{
	const struct iap_value values[] = { iap_bytes_value(fingerprint, IAP_FINGERPRINT_SIZE) };
	struct number number = { 0 };

	if (iap_db_one(db, arena, &find, values, IAP_LENGTH(values), &number, err) != IAP_OK)
		return err->status;
	*id_out = number.id;
	return IAP_OK;
}

enum iap_status
iap_recipient_save(struct iap_db *db, const unsigned char fingerprint[IAP_FINGERPRINT_SIZE],
    const char *issuer, const char *serial, uint64_t *id_out, struct iap_error *err)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(ARENA_LIMIT);
	const struct iap_value values[] = { iap_bytes_value(fingerprint, IAP_FINGERPRINT_SIZE),
		iap_text(iap_text_fit(arena, issuer, IAP_ISSUER_MAX)),
		iap_text(iap_text_fit(arena, serial, IAP_SERIAL_MAX)) };
	struct iap_done done = { 0 };
	enum iap_status status = find_one(db, arena, fingerprint, id_out, err);

	if (status != IAP_NOT_FOUND)
		return status;
	if (iap_db_run(db, &insert, values, IAP_LENGTH(values), &done, err) == IAP_OK) {
		*id_out = done.insert_id;
		return IAP_OK;
	}
	/* Another worker met the same certificate at the same moment. */
	return iap_db_duplicate(db) ? find_one(db, arena, fingerprint, id_out, err) : err->status;
}
