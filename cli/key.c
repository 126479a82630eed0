/* SPDX-License-Identifier: Apache-2.0 */
/* iapctl key: the private keys that open encrypted calls. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "cli/audit.h"
#include "cli/command.h"
#include "cli/listing.h"
#include "cli/owner.h"
#include "json/write.h"
#include "media/keyring.h"
#include "model/key_inventory.h"
#include "model/media_check.h"

enum { PEM_LIMIT = 1 << 20 };

/* The files of `key import`. */
struct wanted {
	const char *certificate;
	const char *key;
	const char *passphrase_file;
};

/* Puts the pair into the key folder; *out is the certificate. */
static enum iap_status
store_pair(struct iap_cli *cli, const struct wanted *wanted, struct iap_certificate *out,
    struct iap_error *err)
{
	struct iap_keyring_import import = { .dir = cli->settings.media_keys };
	char *certificate, *key, *passphrase = NULL, *rest = NULL;
	struct iap_owner owner;
	enum iap_status status;

	if (iap_file_load(cli->arena, wanted->certificate, PEM_LIMIT, &certificate,
	    &import.certificate_size, err) != IAP_OK)
		return err->status;
	if (wanted->passphrase_file != NULL &&
	    iap_file_load_secret(cli->arena, wanted->passphrase_file, &passphrase, err) != IAP_OK)
		return err->status;
	if (cli->settings.media_keys_passphrase_file != NULL &&
	    iap_file_load_secret(cli->arena, cli->settings.media_keys_passphrase_file, &rest,
	    err) != IAP_OK)
		return err->status;
	if (iap_file_load(cli->arena, wanted->key, PEM_LIMIT, &key, &import.key_size, err) != IAP_OK)
		return err->status;
	import.certificate = certificate;
	import.key = key;
	import.passphrase = passphrase;
	import.rest_passphrase = rest;
	owner = iap_owner_begin(import.dir);
	status = iap_keyring_import(cli->arena, &import, out, err);
	iap_owner_end(&owner);
	explicit_bzero(key, import.key_size);
	if (passphrase != NULL)
		explicit_bzero(passphrase, strlen(passphrase));
	if (rest != NULL)
		explicit_bzero(rest, strlen(rest));
	return status;
}

static enum iap_status
store_row(struct iap_cli *cli, const struct iap_certificate *certificate, struct iap_error *err)
{
	const struct iap_key_import row = {
		.fingerprint = { certificate->by_issuer, sizeof certificate->by_issuer },
		.key_id_fingerprint = { certificate->by_ski, sizeof certificate->by_ski },
		.subject = certificate->subject_text,
		.issuer = certificate->issuer_text,
		.serial = certificate->serial_text,
		.not_before_ms = certificate->not_before_ms,
		.not_after_ms = certificate->not_after_ms,
		.imported_ms = iap_clock_now_ms(),
	};
	uint64_t opened;

	if (iap_key_inventory_save(cli->db, &row, err) != IAP_OK)
		return err->status;
	/* What waited for this key can be played from now on, without another pass. */
	return iap_media_key_arrived(cli->db, &opened, err);
}

static enum iap_exit
import(struct iap_cli *cli, struct iap_arguments *arguments)
{
	struct wanted wanted = { 0 };
	const struct iap_option table[] = {
		{ "cert", IAP_OPTION_TEXT, { .text = &wanted.certificate } },
		{ "key", IAP_OPTION_TEXT, { .text = &wanted.key } },
		{ "passphrase-file", IAP_OPTION_TEXT, { .text = &wanted.passphrase_file } },
	};
	struct iap_option_list words;
	struct iap_certificate certificate;
	struct iap_error err = { 0 };

	if (!iap_cli_parse(cli, arguments, table, IAP_LENGTH(table), (struct iap_word_count){ 0, 0 },
	    &words))
		return cli->exit;
	if (wanted.certificate == NULL || wanted.key == NULL)
		return iap_cli_usage(cli, "--cert and --key are needed");
	if (!iap_cli_connect(cli))
		return cli->exit;
	if (store_pair(cli, &wanted, &certificate, &err) != IAP_OK ||
	    store_row(cli, &certificate, &err) != IAP_OK ||
	    iap_cli_audit(cli, "key_import", "key", certificate.serial_text, &err) != IAP_OK)
		return iap_cli_fail(cli, &err);
	fprintf(stderr, "the key of %s, serial %s, can open recordings from now on\n",
	    certificate.subject_text, certificate.serial_text);
	if (certificate.not_after_ms < iap_clock_now_ms())
		fputs("note: the certificate has expired; recordings of its time still need it\n", stderr);
	return IAP_EXIT_DONE;
}

static void
write_keys(struct iap_cli *cli, struct iap_json_writer *writer, const struct iap_rows *rows)
{
	const struct iap_key_row *keys = rows->items;

	(void)cli;
	for (size_t i = 0; i < rows->count; i++) {
		iap_json_write_object_begin(writer, NULL);
		iap_json_write_text(writer, "state", keys[i].present ? "present" : "missing");
		iap_json_write_text(writer, "subject", keys[i].subject);
		iap_json_write_text(writer, "issuer", keys[i].issuer);
		iap_json_write_text(writer, "serial", keys[i].serial);
		iap_listing_write_time(writer, "not_before", keys[i].not_before_ms);
		iap_listing_write_time(writer, "not_after", keys[i].not_after_ms);
		iap_listing_write_time(writer, "imported_at", keys[i].imported_ms);
		iap_json_write_u64(writer, "recordings", keys[i].recordings);
		iap_json_write_u64(writer, "shut", keys[i].shut);
		iap_json_write_object_end(writer);
	}
}

static void
print_keys(struct iap_cli *cli, struct iap_buf *text, const struct iap_rows *rows)
{
	const struct iap_key_row *keys = rows->items;

	iap_buf_format(text, "%-8s %10s %-10s %-22s %s\n", "KEY", "RECORDINGS", "UNTIL", "SERIAL",
	    "ISSUER");
	for (size_t i = 0; i < rows->count; i++) {
		const char *until = keys[i].not_after_ms.set ?
		    iap_clock_format(cli->arena, keys[i].not_after_ms.value) : "-";

		iap_buf_format(text, "%-8s %10" PRIu64 " %-10.10s %-22s %s\n",
		    keys[i].present ? "present" : "MISSING", keys[i].recordings, until, keys[i].serial,
		    *keys[i].issuer == '\0' ? "(named by its key identifier)" : keys[i].issuer);
	}
}

static enum iap_exit
list(struct iap_cli *cli, struct iap_arguments *arguments)
{
	static const struct iap_listing listing = { iap_key_inventory_list, print_keys, write_keys };

	return iap_listing_run(cli, arguments, &listing);
}

const struct iap_command iap_cli_key_commands[] = {
	{ "key", "import", "give IAP a private key",
	  "usage: iapctl key import --cert CERT.pem --key KEY.pem [--passphrase-file F]\n\n"
	  "Checks that the two are a pair and copies them into the key folder, which only\n"
	  "iap-media may read; there the key is encrypted when [media] keys_passphrase_file\n"
	  "is set. F opens KEY.pem. Takes effect at once: calls that waited for it play.\n\n"
	  "  iapctl key import --cert recorder-2022.pem --key recorder-2022.key\n", import },
	{ "key", "list", "which key opens how many recordings; which is missing",
	  "usage: iapctl key list [--json]\n\n"
	  "  iapctl key list\n"
	  "  iapctl key list --json | jq '.[] | select(.state == \"missing\")'\n", list },
};
