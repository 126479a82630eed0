/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts to sign: the examples of "Authorize with Shared Key" of Azure's REST
 * reference. Signatures: `openssl dgst -sha256 -mac HMAC -macopt hexkey:...`
 * over the same text.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/macros.h"
#include "storage/sign_azure.h"

static const struct iap_sign_pair headers[] = {
	{ "x-ms-version", "2015-02-21" },
	{ "x-ms-date", "Fri, 26 Jun 2015 23:39:12 GMT" },
};
static const struct iap_sign_pair query[] = {
	{ "timeout", "20" }, { "restype", "container" }, { "comp", "metadata" },
};
static const struct iap_sign_azure container = {
	.method = "GET",
	.account = "myaccount",
	.path = "/mycontainer",
	.query = query,
	.query_count = IAP_LENGTH(query),
	.headers = headers,
	.header_count = IAP_LENGTH(headers),
	.account_key = "MDEyMzQ1Njc4OWFiY2RlZj8+Pz4/Pj8+AAECAwQFBgc=",
};

static void
the_text_is_that_of_the_manual(void **state)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(65536);

	(void)state;
	assert_string_equal(iap_sign_azure_text(arena, &container),
	    "GET\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:Fri, 26 Jun 2015 23:39:12 GMT\n"
	    "x-ms-version:2015-02-21\n/myaccount/mycontainer\ncomp:metadata\nrestype:container\n"
	    "timeout:20");
}

static void
if_match_has_its_line(void **state)
{
	static const struct iap_sign_pair more[] = { { "If-Match", "\"0x8D\"" } };
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(65536);
	struct iap_sign_azure blob = { .method = "GET", .account = "a", .path = "/c/b%20b",
		.headers = more, .header_count = 1 };

	(void)state;
	assert_string_equal(iap_sign_azure_text(arena, &blob),
	    "GET\n\n\n\n\n\n\n\n\"0x8D\"\n\n\n\n/a/c/b%20b");
}

static void
the_signature_is_an_hmac(void **state)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(65536);
	struct iap_sign_azure wrong = container;
	struct iap_error err = { 0 };
	char *value;

	(void)state;
	assert_int_equal(iap_sign_azure_format(arena, &container, &value, &err), IAP_OK);
	assert_string_equal(value, "SharedKey myaccount:XpPQJZk+3+Li4Mc+nqMkFZltIh+jhLd4eMPLG9930Aw=");
	wrong.account_key = "no base64!";
	assert_int_equal(iap_sign_azure_format(arena, &wrong, &value, &err), IAP_INVALID);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_text_is_that_of_the_manual),
		cmocka_unit_test(if_match_has_its_line),
		cmocka_unit_test(the_signature_is_an_hmac),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
