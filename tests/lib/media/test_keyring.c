/* SPDX-License-Identifier: Apache-2.0 */
/* What comes to lie in the folder of keys, whatever people hand over. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "media/keyring.h"
#include "tests/lib/media/oracle.h"

/* Many keep certificate and key in one file, in either order. */
static void
a_combined_file_leaves_no_key_in_clear(void **state)
{
	static const char *const orders[] = { "a.key a.crt", "a.crt a.key" };
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(1 << 20);
	struct oracle oracle;

	(void)state;
	oracle_begin(&oracle);
	oracle_pair(&oracle, "a", "/O=Genesys/CN=gir_qa", "");
	for (size_t i = 0; i < 2; i++) {
		struct iap_keyring_import pair = { .dir = iap_arena_format(arena, "%s/keys", oracle.dir),
			.rest_passphrase = "at rest" };
		struct bytes both, key;
		struct iap_certificate out;
		struct iap_error err;

		oracle_run(&oracle, "rm -rf keys; cat %s >both.pem", orders[i]);
		both = oracle_load(&oracle, "both.pem");
		key = oracle_load(&oracle, "a.key");
		pair.certificate = (char *)both.at;
		pair.certificate_size = both.size;
		pair.key = (char *)key.at;
		pair.key_size = key.size;
		assert_int_equal(iap_keyring_import(arena, &pair, &out, &err), IAP_OK);
		oracle_run(&oracle, "test $(ls keys | wc -l) = 2 && ! grep 'PRIVATE KEY' keys/*.crt.pem &&"
		    " grep 'BEGIN ENCRYPTED PRIVATE KEY' keys/*.key.pem &&"
		    " openssl x509 -in keys/*.crt.pem -outform DER >stored.der &&"
		    " openssl x509 -in a.crt -outform DER >given.der && cmp stored.der given.der &&"
		    " test $(grep -c BEGIN keys/*.crt.pem) = 1");
		free(both.at);
		free(key.at);
	}
	oracle_end(&oracle);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_combined_file_leaves_no_key_in_clear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
