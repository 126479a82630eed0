/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: FIPS 180-4 examples, RFC 4231 case 2, NIST SP 800-38A F.2. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "base/macros.h"
#include "base/text.h"
#include "crypto/aes.h"
#include "crypto/hash.h"
#include "crypto/password.h"

static const struct iap_password_cost cheap = { .memory = 8192, .passes = 1 };

static void
hashes_are_those_of_the_standards(void **state)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(65536);
	IAP_CLEANUP(iap_hash_close) struct iap_hash *hash = iap_hash_open();
	unsigned char out[IAP_SHA256_SIZE];

	(void)state;
	iap_hash_sha256("abc", 3, out);
	assert_string_equal(iap_text_to_hex(arena, out, sizeof out),
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	iap_hash_add(hash, "a", 1);
	iap_hash_add(hash, "bc", 2);
	iap_hash_end(hash, out);
	assert_string_equal(iap_text_to_hex(arena, out, sizeof out),
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	iap_hash_hmac("Jefe", 4, "what do ya want for nothing?", 28, out);
	assert_string_equal(iap_text_to_hex(arena, out, sizeof out),
	    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

/* F.2.2, F.2.4 and F.2.6: the first two blocks, and the second alone by its predecessor. */
static void
aes_cbc_is_that_of_the_standard(void **state)
{
	static const struct { const char *key; size_t size; const char *cipher; } cases[] = {
		{ "2b7e151628aed2a6abf7158809cf4f3c", 16,
		    "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2" },
		{ "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b", 24,
		    "4f021db243bc633d7178183a9fa071e8b4d9ada9ad7dedf4e5e738763f69145a" },
		{ "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4", 32,
		    "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d" },
	};
	static const char plain[] = "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51";
	unsigned char key[32], iv[16], cipher[32], wanted[32], out[32];

	(void)state;
	iap_text_from_hex("000102030405060708090a0b0c0d0e0f", iv, sizeof iv);
	iap_text_from_hex(plain, wanted, sizeof wanted);
	for (size_t i = 0; i < IAP_LENGTH(cases); i++) {
		IAP_CLEANUP(iap_aes_close) struct iap_aes *aes = NULL;

		iap_text_from_hex(cases[i].key, key, cases[i].size);
		iap_text_from_hex(cases[i].cipher, cipher, sizeof cipher);
		aes = iap_aes_open(key, cases[i].size);
		iap_aes_decrypt(aes, iv, cipher, 32, out);
		assert_memory_equal(out, wanted, 32);
		iap_aes_decrypt(aes, cipher, cipher + 16, 16, out);
		assert_memory_equal(out, wanted + 16, 16);
	}
}

static void
passwords_are_known_again(void **state)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(65536);
	char long_password[IAP_PASSWORD_MAX + 2];
	const char *text, *again;
	struct iap_error err;

	(void)state;
	memset(long_password, 'x', sizeof long_password);
	long_password[IAP_PASSWORD_MAX + 1] = '\0';
	assert_int_equal(iap_password_format(arena, "Grüße", &cheap, &text, &err), IAP_OK);
	assert_int_equal(iap_password_format(arena, "Grüße", &cheap, &again, &err), IAP_OK);
	assert_string_not_equal(text, again);
	assert_true(iap_text_begins(text, "$argon2id$v=19$m=8,t=1,p=1$"));
	assert_true(iap_password_check("Grüße", text));
	assert_false(iap_password_check("grüße", text));
	assert_false(iap_password_check("", text));
	assert_false(iap_password_check("Grüße", ""));
	assert_false(iap_password_check("Grüße", "$argon2i$v=19$m=8,t=1,p=1$aaaa$bbbb"));
	assert_false(iap_password_is_stale(text, &cheap));
	assert_true(iap_password_is_stale(text, &iap_password_cost));
	assert_int_equal(iap_password_format(arena, "", &cheap, &text, &err), IAP_INVALID);
	assert_int_equal(iap_password_format(arena, long_password, &cheap, &text, &err),
	    IAP_INVALID);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hashes_are_those_of_the_standards),
		cmocka_unit_test(aes_cbc_is_that_of_the_standard),
		cmocka_unit_test(passwords_are_known_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
