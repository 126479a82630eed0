/* SPDX-License-Identifier: Apache-2.0 */
/* Each message is made, and first opened, by the openssl command; ranges of it are compared. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/macros.h"
#include "media/armour.h"
#include "media/decrypt.h"
#include "tests/lib/media/oracle.h"

static struct oracle oracle;

/* Imports NAME into the folder `keys` of the oracle. */
static void
import(const char *dir, const char *certificate, const char *key)
{
	struct bytes crt = oracle_load(&oracle, certificate), pem = oracle_load(&oracle, key);
	struct iap_arena *arena = iap_arena_new(1 << 20);
	struct iap_certificate out;
	struct iap_error err;
	char path[128];

	snprintf(path, sizeof path, "%s/%s", oracle.dir, dir);
	struct iap_keyring_import pair = { .dir = path, .certificate = (char *)crt.at,
		.certificate_size = crt.size, .key = (char *)pem.at, .key_size = pem.size };
	assert_int_equal(iap_keyring_import(arena, &pair, &out, &err), IAP_OK);
	iap_arena_free(&arena);
	free(crt.at);
	free(pem.at);
}

static struct iap_keyring *
keyring(const char *dir)
{
	char path[128];

	snprintf(path, sizeof path, "%s/%s", oracle.dir, dir);
	return iap_keyring_open(path, NULL);
}

static int
begin(void **state)
{
	(void)state;
	oracle_begin(&oracle);
	oracle_pair(&oracle, "a", "/O=Genesys/CN=gir_qa", "-set_serial 10");
	oracle_pair(&oracle, "b", "/O=Other/CN=b", "");
	oracle_pair(&oracle, "twin", "/O=Genesys/CN=gir_qa", "-set_serial 10");
	import("keys", "a.crt", "a.key");
	import("other", "b.crt", "b.key");
	import("wrong", "twin.crt", "twin.key");
	return 0;
}

static int
end(void **state)
{
	(void)state;
	oracle_end(&oracle);
	return 0;
}

/* What a message opens to. */
struct opened {
	struct iap_envelope *envelope;
	struct iap_reader *reader;
	enum iap_media_state state;
	enum iap_status status;
};

/* Opens `message`; `content` is NULL unless it is detached. */
static struct opened
open_message(struct bytes message, const struct bytes *content, const char *keys)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(8 << 20);
	IAP_CLEANUP(iap_keyring_close) struct iap_keyring *ring = keyring(keys);
	IAP_CLEANUP(iap_reader_close) struct iap_reader *object = NULL;
	struct opened opened = { .status = IAP_OK };
	struct iap_error err = { 0 };
	struct iap_cms cms;

	if (content != NULL) {
		object = iap_reader_open_bytes(content->at, content->size);
		opened.status = iap_cms_parse(arena, message.at, message.size, &cms, &err);
	} else {
		object = iap_reader_open_bytes(message.at, message.size);
		opened.status = iap_cms_read(arena, object, &cms, &err);
	}
	if (opened.status == IAP_OK)
		opened.status = iap_envelope_open(object, &cms, ring, &opened.envelope,
		    &opened.state, &err);
	if (opened.status == IAP_OK)
		opened.reader = iap_decrypt_open(&object, opened.envelope);
	return opened;
}

static void
close_message(struct opened *opened)
{
	iap_reader_close(&opened->reader);
	iap_envelope_close(&opened->envelope);
}

static void
compare_range(struct iap_reader *reader, const struct bytes *plain, size_t from, size_t size)
{
	unsigned char *bytes = malloc(size + 1);
	size_t wanted = from >= plain->size ? 0
	    : size < plain->size - from ? size : plain->size - from;
	struct iap_error err = { 0 };
	size_t got;

	if (iap_reader_read_at(reader, from, bytes, size, &got, &err) != IAP_OK)
		fail_msg("%zu+%zu: %s", from, size, err.detail);
	assert_int_equal(got, wanted);
	assert_memory_equal(bytes, plain->at + (wanted == 0 ? 0 : from), wanted);
	free(bytes);
}

/* The whole message and `ranges` seeded ranges of it. */
static void
compare(struct bytes message, const struct bytes *content, const struct bytes *plain,
    unsigned int ranges)
{
	struct opened opened = open_message(message, content, "keys");
	uint64_t seed = plain->size;

	assert_int_equal(opened.status, IAP_OK);
	assert_int_equal(opened.reader->size, plain->size);
	compare_range(opened.reader, plain, 0, plain->size + 100);
	for (unsigned int i = 0; i < ranges; i++) {
		size_t from = (size_t)(oracle_next(&seed) % (plain->size + 20));
		size_t size = (size_t)(oracle_next(&seed) % (i % 3 == 0 ? 40 : plain->size + 40));

		compare_range(opened.reader, plain, from, size);
	}
	close_message(&opened);
}

/* The oracle must find the same, or the test itself is wrong. */
static void
confirm(struct bytes message, const struct bytes *content, const struct bytes *plain)
{
	struct bytes found;

	oracle_save(&oracle, "confirm.cms", message);
	if (content != NULL)
		oracle_save(&oracle, "confirm.bin", *content);
	oracle_run(&oracle, "openssl cms -decrypt -binary -inform DER -in confirm.cms %s "
	    "-inkey a.key -recip a.crt -out confirm.out",
	    content == NULL ? "" : "-content confirm.bin");
	found = oracle_load(&oracle, "confirm.out");
	assert_int_equal(found.size, plain->size);
	assert_memory_equal(found.at, plain->at, plain->size);
	free(found.at);
}

static void
free_pieces(struct pieces *pieces)
{
	free(pieces->recipients.at);
	free(pieces->algorithm.at);
	free(pieces->cipher.at);
}

/* Every layout of one content. */
static void
compare_layouts(const char *cipher, size_t size, unsigned int ranges, bool confirmed)
{
	static const size_t thousand[] = { 1000 }, one[] = { 1 }, odd[] = { 7, 5000, 1, 16, 333 },
		growing[] = { 10, 20, 40, 80, 160 }, all[] = { 1 << 30 };
	static const struct { const size_t *sizes; size_t count; } chunks[] = {
		{ thousand, 1 }, { one, 1 }, { odd, 5 }, { growing, 5 }, { all, 1 },
	};
	struct bytes plain = oracle_noise(size, size, true), message;
	struct pieces pieces;

	oracle_save(&oracle, "plain", plain);
	oracle_run(&oracle, "openssl cms -encrypt -binary -%s -outform DER -in plain -out der a.crt;"
	    "openssl cms -encrypt -binary -stream -%s -outform DER -in plain -out ber a.crt",
	    cipher, cipher);
	pieces = oracle_pieces(&oracle, "der");
	message = oracle_load(&oracle, "der");
	compare(message, NULL, &plain, ranges);
	free(message.at);
	message = oracle_load(&oracle, "ber");
	compare(message, NULL, &plain, ranges);
	free(message.at);
	for (int definite = 0; definite < 2; definite++) {
		message = oracle_detached(&pieces, definite != 0);
		if (confirmed)
			confirm(message, &pieces.cipher, &plain);
		compare(message, &pieces.cipher, &plain, ranges);
		free(message.at);
		for (size_t i = 0; i < IAP_LENGTH(chunks); i++) {
			message = oracle_chunked(&pieces, definite != 0, chunks[i].sizes,
			    chunks[i].count);
			if (confirmed)
				confirm(message, NULL, &plain);
			compare(message, NULL, &plain, ranges);
			free(message.at);
		}
	}
	free_pieces(&pieces);
	free(plain.at);
}

static void
random_ranges_are_what_openssl_finds(void **state)
{
	static const char *const ciphers[] = { "aes128", "aes192", "aes256" };
	unsigned int ranges = oracle_is_whole_campaign() ? 1000 : 100;

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(ciphers); i++) {
		compare_layouts(ciphers[i], 100003, ranges, true);
		compare_layouts(ciphers[i], 8176, ranges, false);
	}
}

static void
sizes_around_blocks_are_exact(void **state)
{
	(void)state;
	for (size_t size = 1; size <= 50; size += size < 34 ? 1 : 4)
		compare_layouts("aes256", size, 10, false);
	for (size_t size = 4064; size <= 4112; size += 8)
		compare_layouts("aes128", size, 10, false);
}

static void
nothing_encrypted_is_nothing_decrypted(void **state)
{
	struct bytes plain = { (unsigned char *)"", 0 };

	(void)state;
	oracle_save(&oracle, "plain", plain);
	oracle_run(&oracle, "openssl cms -encrypt -binary -aes256 -outform DER -in plain -out der a.crt");

	struct bytes message = oracle_load(&oracle, "der");
	struct pieces pieces = oracle_pieces(&oracle, "der");
	struct iap_reader *reader = iap_reader_open_bytes(message.at, message.size);
	struct iap_error err;
	uint64_t size = 99;

	compare(message, NULL, &plain, 3);
	assert_int_equal(iap_cms_content_size(reader, &size, &err), IAP_OK);
	assert_int_equal(size, pieces.cipher.size);
	assert_int_equal(size, 16);
	iap_reader_close(&reader);
	free_pieces(&pieces);
	free(message.at);
}

static void
text_is_read_by_range(void **state)
{
	static const char *const makers[] = {
		"openssl cms -encrypt -binary -aes256 -outform PEM -in plain -out text a.crt",
		"openssl cms -encrypt -binary -aes256 -outform SMIME -in plain -out text a.crt",
		("openssl cms -encrypt -binary -aes256 -outform PEM -in plain -out t a.crt;"
		"sed 's/$/\\r/;s/BEGIN CMS/BEGIN PKCS7/;s/END CMS/END PKCS7/' t >text"),
	};

	(void)state;
	for (size_t m = 0; m < IAP_LENGTH(makers); m++)
		for (size_t size = 20000; size < 20006; size++) {
			struct bytes plain = oracle_noise(size, size, true), text, message;
			struct iap_reader *reader;
			struct iap_error err = { 0 };
			size_t got;

			oracle_save(&oracle, "plain", plain);
			oracle_run(&oracle, "%s", makers[m]);
			text = oracle_load(&oracle, "text");
			assert_true(iap_armour_check(text.at, text.size));
			reader = iap_reader_open_bytes(text.at, text.size);
			if (iap_armour_open(&reader, &reader, &err) != IAP_OK)
				fail_msg("%s", err.detail);
			message = (struct bytes){ malloc(reader->size), reader->size };
			assert_int_equal(iap_reader_read_at(reader, 0, message.at, message.size, &got,
			    &err), IAP_OK);
			assert_int_equal(got, message.size);
			for (size_t at = 0; at < message.size; at += 997) {
				unsigned char some[50];

				assert_int_equal(iap_reader_read_at(reader, at, some, sizeof some, &got,
				    &err), IAP_OK);
				assert_memory_equal(some, message.at + at, got);
			}
			compare(message, NULL, &plain, 10);
			iap_reader_close(&reader);
			free(message.at);
			free(text.at);
			free(plain.at);
		}
}

static void
recipients_are_matched_as_messages_name_them(void **state)
{
	static const char *const makers[] = {
		"-keyid -recip a.crt", "-recip b.crt -recip a.crt", "-recip a.crt -recip b.crt",
		"-recip a.crt -keyopt rsa_padding_mode:oaep",
		"-recip a.crt -keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha256",
		("-recip a.crt -keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha512 "
		"-keyopt rsa_mgf1_md:sha256"),
	};
	struct bytes plain = oracle_noise(3, 5000, true);

	(void)state;
	oracle_save(&oracle, "plain", plain);
	for (size_t i = 0; i < IAP_LENGTH(makers); i++) {
		struct bytes message;

		oracle_run(&oracle, "openssl cms -encrypt -binary -aes256 -outform DER -in plain "
		    "-out der %s", makers[i]);
		message = oracle_load(&oracle, "der");
		compare(message, NULL, &plain, 20);
		free(message.at);
	}
	free(plain.at);
}

static void
expect_state(struct bytes message, const char *keys, enum iap_media_state wanted)
{
	struct opened opened = open_message(message, NULL, keys);

	assert_int_equal(opened.status, IAP_CONFLICT);
	assert_string_equal(iap_state_name(opened.state), iap_state_name(wanted));
	close_message(&opened);
}

static void
what_cannot_be_played_has_a_state(void **state)
{
	struct bytes plain = oracle_noise(4, 50000, true), message, cut;

	(void)state;
	oracle_save(&oracle, "plain", plain);
	oracle_run(&oracle,
	    "openssl cms -encrypt -binary -aes256 -outform DER -in plain -out der a.crt;"
	    "openssl cms -encrypt -binary -stream -aes256 -outform DER -in plain -out ber a.crt;"
	    "openssl cms -encrypt -binary -des3 -outform DER -in plain -out des a.crt");
	message = oracle_load(&oracle, "der");
	expect_state(message, "other", IAP_STATE_NO_KEY);
	expect_state(message, "wrong", IAP_STATE_WRONG_KEY);
	expect_state(message, "absent", IAP_STATE_NO_KEY);
	for (size_t size = 1000; size < message.size; size += 4321) {
		cut = (struct bytes){ message.at, size };
		expect_state(cut, "keys", IAP_STATE_DAMAGED);
	}
	free(message.at);
	message = oracle_load(&oracle, "ber");
	for (size_t size = 1000; size < message.size; size += 4321) {
		cut = (struct bytes){ message.at, size };
		expect_state(cut, "keys", IAP_STATE_DAMAGED);
	}
	free(message.at);
	message = oracle_load(&oracle, "des");
	expect_state(message, "keys", IAP_STATE_DAMAGED);
	free(message.at);
	free(plain.at);
}

static void
torn_detached_content_is_damaged_with_any_end(void **state)
{
	struct bytes plain = oracle_noise(5, 3000, true), envelope, cut;
	struct pieces pieces;

	(void)state;
	oracle_save(&oracle, "plain", plain);
	oracle_run(&oracle, "openssl cms -encrypt -binary -aes256 -outform DER -in plain -out der a.crt");
	pieces = oracle_pieces(&oracle, "der");
	envelope = oracle_detached(&pieces, true);
	for (size_t size = 64; size < 2900; size += 101) {
		struct opened opened;

		cut = (struct bytes){ pieces.cipher.at, size };
		opened = open_message(envelope, &cut, "keys");
		assert_int_equal(opened.status, IAP_CONFLICT);
		assert_int_equal(opened.state, IAP_STATE_DAMAGED);
		close_message(&opened);
	}
	free_pieces(&pieces);
	free(envelope.at);
	free(plain.at);
}

static void
a_key_added_later_opens_at_once(void **state)
{
	IAP_CLEANUP(iap_keyring_close) struct iap_keyring *ring = keyring("late");
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(1 << 20);
	struct bytes plain = oracle_noise(6, 100, true), message;
	const struct iap_private_key *keys[4];
	struct iap_error err;
	struct iap_cms cms;

	(void)state;
	oracle_save(&oracle, "plain", plain);
	oracle_run(&oracle, "openssl cms -encrypt -binary -aes256 -outform DER -in plain -out der a.crt");
	message = oracle_load(&oracle, "der");
	assert_int_equal(iap_cms_parse(arena, message.at, message.size, &cms, &err), IAP_OK);
	assert_int_equal(cms.recipient_count, 1);
	assert_string_equal(cms.recipients[0].issuer_text, "CN=gir_qa,O=Genesys");
	assert_string_equal(cms.recipients[0].serial_text, "10");
	assert_int_equal(iap_keyring_find(ring, &cms.recipients[0], keys, 4), 0);
	import("late", "b.crt", "b.key");
	assert_int_equal(iap_keyring_find(ring, &cms.recipients[0], keys, 4), 0);
	import("late", "a.crt", "a.key");
	assert_int_equal(iap_keyring_find(ring, &cms.recipients[0], keys, 4), 1);
	free(message.at);
	free(plain.at);
}

/* A file of 100 MB in which a range is read from the middle. */
static void
a_range_costs_little_more_than_itself(void **state)
{
	static const size_t whole[] = { (size_t)1 << 40 }, stream[] = { 4096 }, odd[] = { 1000 };
	static const size_t *const layouts[] = { whole, stream, odd };
	struct bytes plain = oracle_noise(7, 8 << 20, true);
	struct pieces pieces;

	(void)state;
	oracle_save(&oracle, "plain", plain);
	oracle_run(&oracle, "openssl cms -encrypt -binary -aes256 -outform DER -in plain -out der a.crt");
	pieces = oracle_pieces(&oracle, "der");
	for (size_t i = 0; i < IAP_LENGTH(layouts); i++) {
		IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(8 << 20);
		IAP_CLEANUP(iap_keyring_close) struct iap_keyring *ring = keyring("keys");
		struct bytes message = oracle_chunked(&pieces, false, layouts[i], 1);
		struct iap_reader *object = iap_reader_open_bytes(message.at, message.size);
		struct iap_reader *watched = object, *reader;
		struct iap_envelope *envelope;
		enum iap_media_state found;
		struct iap_error err;
		struct iap_cms cms;

		assert_int_equal(iap_cms_read(arena, object, &cms, &err), IAP_OK);
		assert_int_equal(iap_envelope_open(object, &cms, ring, &envelope, &found, &err),
		    IAP_OK);
		reader = iap_decrypt_open(&object, envelope);
		compare_range(reader, &plain, 5 << 20, 65536);
		assert_in_range(watched->fetched, 65536, 120000);
		iap_reader_close(&reader);
		iap_envelope_close(&envelope);
		free(message.at);
	}
	free_pieces(&pieces);
	free(plain.at);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_ranges_are_what_openssl_finds),
		cmocka_unit_test(sizes_around_blocks_are_exact),
		cmocka_unit_test(nothing_encrypted_is_nothing_decrypted),
		cmocka_unit_test(text_is_read_by_range),
		cmocka_unit_test(recipients_are_matched_as_messages_name_them),
		cmocka_unit_test(what_cannot_be_played_has_a_state),
		cmocka_unit_test(torn_detached_content_is_damaged_with_any_end),
		cmocka_unit_test(a_key_added_later_opens_at_once),
		cmocka_unit_test(a_range_costs_little_more_than_itself),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
