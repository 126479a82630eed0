/* SPDX-License-Identifier: Apache-2.0 */
/* Broken headers: nothing crashes, nothing reads too far (run it with the sanitizers). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/macros.h"
#include "media/armour.h"
#include "media/chunks.h"
#include "media/cms.h"
#include "media/sniff.h"
#include "tests/lib/media/oracle.h"

static struct oracle oracle;

static int
begin(void **state)
{
	struct bytes plain = oracle_noise(1, 9000, true);

	(void)state;
	oracle_begin(&oracle);
	oracle_pair(&oracle, "a", "/C=US/O=Genesys/CN=gir_qa", "-set_serial 10");
	oracle_pair(&oracle, "b", "/O=Büro 中/CN=b", "-utf8 -set_serial 0xfedcba98765432100123456789");
	oracle_save(&oracle, "plain", plain);
	free(plain.at);
	oracle_run(&oracle,
	    "openssl cms -encrypt -binary -aes256 -outform DER -in plain -out der -recip a.crt -recip b.crt;"
	    "openssl cms -encrypt -binary -stream -aes128 -outform DER -in plain -out ber -recip a.crt;"
	    "openssl cms -encrypt -binary -aes192 -outform DER -in plain -out oaep -recip a.crt "
	    "-keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha256;"
	    "openssl cms -encrypt -binary -aes256 -outform DER -in plain -out ski -keyid -recip a.crt");
	return 0;
}

static int
end(void **state)
{
	(void)state;
	oracle_end(&oracle);
	return 0;
}

/* Everything that reads an untrusted message, on exactly these bytes. */
static void
read_everything(const struct bytes *bytes)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(64 << 20);
	IAP_CLEANUP(iap_reader_close) struct iap_reader *reader = NULL;
	IAP_CLEANUP(iap_chunks_free) struct iap_chunks *chunks = NULL;
	unsigned char *exact = malloc(bytes->size == 0 ? 1 : bytes->size), some[700];
	struct iap_error err;
	struct iap_cms cms;
	size_t got;

	/* A buffer of just this size, so that the sanitizer sees the first byte too many. */
	memcpy(exact, bytes->at, bytes->size);
	reader = iap_reader_open_bytes(exact, bytes->size);
	iap_sniff_check(exact, bytes->size);
	if (iap_cms_parse(arena, exact, bytes->size, &cms, &err) == IAP_OK &&
	    iap_chunks_find(reader, &cms, &chunks, &err) == IAP_OK)
		for (uint64_t at = 0; at < iap_chunks_size(chunks); at += 611)
			if (iap_chunks_read_at(chunks, reader, at, some, sizeof some, &got, &err)
			    != IAP_OK)
				break;
	if (iap_cms_read(arena, reader, &cms, &err) == IAP_OK)
		assert_true(cms.recipient_count <= IAP_CMS_RECIPIENTS_MAX);
	iap_reader_close(&reader);
	free(exact);
}

/* Bytes near the front are struck most: there the header is. */
static void
mutate(struct bytes *bytes, uint64_t *seed)
{
	static const unsigned char nasty[] = { 0, 1, 0x7f, 0x80, 0x81, 0x84, 0x88, 0xff, 0x30, 0x24,
		0x04, 0xa0 };
	size_t strikes = 1 + (size_t)(oracle_next(seed) % 4);
	size_t front = bytes->size < 900 ? bytes->size : 900;

	for (size_t i = 0; i < strikes; i++) {
		size_t at = (size_t)(oracle_next(seed) %
		    (oracle_next(seed) % 4 == 0 ? bytes->size : front));
		uint64_t what = oracle_next(seed);

		bytes->at[at] = what % 2 == 0 ? (unsigned char)(what >> 8)
		    : nasty[(what >> 8) % sizeof nasty];
	}
	if (oracle_next(seed) % 5 == 0)
		bytes->size = (size_t)(oracle_next(seed) % bytes->size);
}

static void
mutated_messages_are_refused_or_read(void **state)
{
	static const char *const names[] = { "der", "ber", "oaep", "ski" };
	unsigned int count = oracle_is_whole_campaign() ? 100000 : 2500;
	uint64_t seed = 20240229;

	(void)state;
	for (size_t n = 0; n < IAP_LENGTH(names); n++) {
		struct bytes whole = oracle_load(&oracle, names[n]);
		struct bytes copy = { malloc(whole.size), whole.size };

		for (unsigned int i = 0; i < count; i++) {
			memcpy(copy.at, whole.at, whole.size);
			copy.size = whole.size;
			mutate(&copy, &seed);
			read_everything(&copy);
		}
		for (size_t size = 0; size < 1000; size++) {
			copy.size = size;
			memcpy(copy.at, whole.at, size);
			read_everything(&copy);
		}
		free(copy.at);
		free(whole.at);
	}
}

static void
headers_are_what_openssl_wrote(void **state)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(1 << 20);
	struct bytes whole = oracle_load(&oracle, "der");
	struct iap_certificate a;
	struct iap_error err;
	struct iap_cms cms;
	struct bytes crt = oracle_load(&oracle, "a.crt");

	(void)state;
	assert_int_equal(iap_cms_parse(arena, whole.at, whole.size, &cms, &err), IAP_OK);
	assert_int_equal(cms.recipient_count, 2);
	assert_int_equal(cms.key_size, 32);
	assert_int_equal(cms.layout, IAP_CMS_PRIMITIVE);
	assert_int_equal(cms.content_size, 9008);
	/* A SET is ordered by its bytes in DER, so the second certificate comes first. */
	assert_string_equal(cms.recipients[1].issuer_text, "CN=gir_qa,O=Genesys,C=US");
	assert_string_equal(cms.recipients[1].serial_text, "10");
	assert_string_equal(cms.recipients[0].issuer_text, "CN=b,O=Büro 中");
	/* bc: obase=10; ibase=16; FEDCBA98765432100123456789 */
	assert_string_equal(cms.recipients[0].serial_text, "20192265560968774111035004381065");
	assert_int_equal(iap_certificate_parse(arena, crt.at, crt.size, &a, &err), IAP_OK);
	assert_memory_equal(a.by_issuer, cms.recipients[1].id, sizeof a.by_issuer);
	free(whole.at);
	whole = oracle_load(&oracle, "ski");
	assert_int_equal(iap_cms_parse(arena, whole.at, whole.size, &cms, &err), IAP_OK);
	assert_null(cms.recipients[0].issuer);
	assert_memory_equal(a.by_ski, cms.recipients[0].id, sizeof a.by_ski);
	free(whole.at);
	free(crt.at);
}

static void
envelopes_in_text_are_found(void **state)
{
	static const struct { const char *text; size_t size; } cases[] = {
		{ "-----BEGIN PKCS7-----\r\nAQID\r\n-----END PKCS7-----\r\n", 3 },
		{ "-----BEGIN CMS-----\nAQ==\n-----END CMS-----", 1 },
		{ "AQID", 3 }, { "AQ\nID\n", 3 }, { "AQIDBAU=", 5 },
		{ "", 0 }, { "-----BEGIN PKCS7-----", 0 }, { "A", 0 }, { "AQ==AQID", 0 }, { "!!!!", 0 },
	};
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(1 << 20);

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(cases); i++) {
		const unsigned char *bytes;
		struct iap_error err;
		size_t size = 0;
		enum iap_status status = iap_cms_from_text(arena, cases[i].text, &bytes, &size, &err);

		assert_int_equal(status, cases[i].size == 0 ? IAP_INVALID : IAP_OK);
		if (status != IAP_OK)
			continue;
		assert_int_equal(size, cases[i].size);
		assert_memory_equal(bytes, "\1\2\3\4\5", size);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers_are_what_openssl_wrote),
		cmocka_unit_test(envelopes_in_text_are_found),
		cmocka_unit_test(mutated_messages_are_refused_or_read),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
