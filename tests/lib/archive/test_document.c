/* SPDX-License-Identifier: Apache-2.0 */
/* The eight kinds of documents that Genesys is known to write; what they say was typed by hand. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "lib/archive/describe.h"

static const struct {
	const char *file;
	const char *expected;
} documents[] = {
	{ "clear.json",
	    "id 00PLR7C2K1DM90B3T4S61TAES0000C3D\n"
	    "from 2017-06-21T08:05:11.000Z\n"
	    "to 2017-06-21T08:09:44.000Z\n"
	    "ms 273000\n"
	    "caller +498912345601 (498912345601)\n"
	    "dialed +498955500 (498955500)\n"
	    "type inbound\n"
	    "region muc\n"
	    "accessgroups /\n"
	    "tenants Environment\n"
	    "external - | - | - | +498912345601 | 2017-06-21T08:05:11.000Z | -\n"
	    "user renee.muller@beispiel.example | Ren\xc3\xa9""e | M\xc3\xbcller | 6101 | "
	    "2017-06-21T08:05:12.000Z | 2017-06-21T08:09:44.000Z\n"
	    "media audio audio/mpeg\n"
	    "  names 00PLR7C2K1DM90B3T4S61TAES0000C3D_2017-06-21_08-05-11-00A1015F-1000427D-000000"
	    "01.mp3"
	    " | b1946ac9-2f4e-4d3a-8c11-0a5f6d7e8f90.mp3\n"
	    "  from 2017-06-21T08:05:11.000Z\n"
	    "  to 2017-06-21T08:09:44.000Z\n"
	    "  ms 272960\n"
	    "  size 1091840\n"
	    "  call 00PLR7C2K1DM90B3T4S61TAES0000C3D\n" },
	{ "encrypted.json",
	    "id 03T6P4KJ9LD8I3R2N1G51TAES0002E99\n"
	    "from 2020-02-29T09:15:00.000Z\n"
	    "to 2020-02-29T09:21:30.000Z\n"
	    "ms 390000\n"
	    "caller +491701112223 (491701112223)\n"
	    "dialed +498955501 (498955501)\n"
	    "type inbound\n"
	    "region muc\n"
	    "partitions /vertrieb | /hilfe\n"
	    "accessgroups /Nord/TeamC\n"
	    "tenants Environment\n"
	    "external - | - | - | +491701112223 | 2020-02-29T09:15:00.000Z | -\n"
	    "user agent6205 | \xe5\xb0\x8f\xe6\x98\x8e | \xe7\x8e\x8b | 6205 | 2020-02-29T09:15:"
	    "01.000Z | "
	    "2020-02-29T09:21:30.000Z\n"
	    "data GRECORD_PARTITIONS=/vertrieb,/hilfe\n"
	    "data CustomerSegment=Silber\n"
	    "data AccountNumber=****7733\n"
	    "media audio audio/mpeg encrypted\n"
	    "  names 03T6P4KJ9LD8I3R2N1G51TAES0002E99_2020-02-29_09-15-00-00A1015F-10004A11-000000"
	    "01.mp3"
	    " | 03T6P4KJ9LD8I3R2N1G51TAES0002E99_2020-02-29_09-15-00-00A1015F-10004A11-00000001.mp"
	    "3.bin\n"
	    "  from 2020-02-29T09:15:00.000Z\n"
	    "  to 2020-02-29T09:21:30.000Z\n"
	    "  ms 390120\n"
	    "  size 780240\n"
	    "  call 03T6P4KJ9LD8I3R2N1G51TAES0002E99\n"
	    "  mask 125000 172500\n"
	    "  alias rcs_Environment:1:C=DE,ST=Bayern,O=Beispiel AG,CN=rec-2020:8193\n"
	    "  envelope -----BEGIN PKCS7-----\nMIIBr\n" },
	{ "transfer.json",
	    "id 05GNU2ROF1C3O1B9M6H71TAES000BEEF\n"
	    "from 2022-01-31T23:00:02.000Z\n"
	    "to 2022-01-31T23:12:40.000Z\n"
	    "ms 758000\n"
	    "caller anonymous (-)\n"
	    "dialed +18005550177 (18005550177)\n"
	    "type inbound\n"
	    "region eu-west-1\n"
	    "partitions /schaden\n"
	    "accessgroups /EU/West/TeamA | /EU/West/TeamB\n"
	    "tenants customer_tenant\n"
	    "external - | - | - | anonymous | 2022-01-31T23:00:02.000Z | -\n"
	    "user i.garcia@customer_tenant.com | In\xc3\xa9s | Garc\xc3\xad""a | "
	    "69799310210219783971014743974102101345404983710219 | 2022-01-31T23:00:04.000Z | "
	    "2022-01-31T23:06:00.000Z\n"
	    "user k.okafor@customer_tenant.com | Kene | Okafor | 6003 | 2022-01-31T23:06:03.000Z | "
	    "2022-01-31T23:12:40.000Z\n"
	    "media audio audio/mpeg encrypted\n"
	    "  names 05GNU2ROF1C3O1B9M6H71TAES000BEEF_2022-01-31_23-00-02-0A-1.mp3.bin\n"
	    "  from 2022-01-31T23:00:02.000Z\n"
	    "  to 2022-01-31T23:06:00.000Z\n"
	    "  ms 357500\n"
	    "  size 715000\n"
	    "  call 05GNU2ROF1C3O1B9M6H71TAES000BEEF\n"
	    "  alias rcs_customer_tenant:101:C=DE,ST=Bayern,O=Beispiel AG,CN=rec-2020:8193\n"
	    "  envelope -----BEGIN PKCS7-----\nMIIBr\n"
	    "media audio audio/mpeg encrypted\n"
	    "  names 05GNU2ROF1C3O1B9M6H71TAES000BEEF_2022-01-31_23-06-03-0A-2.mp3.bin\n"
	    "  from 2022-01-31T23:06:03.000Z\n"
	    "  to 2022-01-31T23:12:40.000Z\n"
	    "  ms 396400\n"
	    "  size 792800\n"
	    "  call 05GNU2ROF1C3O1B9M6H71TAES000BEEF\n"
	    "  alias rcs_customer_tenant:101:C=DE,ST=Bayern,O=Beispiel AG,CN=rec-2020:8193\n"
	    "  envelope -----BEGIN PKCS7-----\nMIIBr\n" },
	{ "bulk.json",
	    "id 02OPTLOQC9BU4E5NVUDK93MAES0003D8\n"
	    "from 2016-12-31T23:59:38.000Z\n"
	    "to 2016-12-31T23:59:57.000Z\n"
	    "ms 19000\n"
	    "caller anonymous (-)\n"
	    "dialed +442079460000 (442079460000)\n"
	    "type unknown\n"
	    "tenants Environment\n"
	    "user agent9@example.org | agent9 | Service | 5099 | 2016-12-31T23:59:38.000Z | "
	    "2016-12-31T23:59:57.000Z\n"
	    "media audio audio/mpeg\n"
	    "  names 02OPTLOQC9BU4E5NVUDK93MAES0003D8_2016-12-31_23-59-38.mp3\n"
	    "  from 2016-12-31T23:59:38.000Z\n"
	    "  to 2016-12-31T23:59:57.000Z\n"
	    "  ms 19000\n"
	    "  size 38000\n"
	    "  call 02OPTLOQC9BU4E5NVUDK93MAES0003D8\n" },
	{ "screen.json",
	    "id 9c8f8d7f-2b66-4e4d-8c1a-4a3e9b8f6d22\n"
	    "from 2020-02-29T09:15:01.000Z\n"
	    "to 2020-02-29T09:22:10.000Z\n"
	    "ms 429000\n"
	    "type unknown\n"
	    "region muc\n"
	    "screen agent6205 | - | - | - | 2020-02-29T09:15:01.000Z | 2020-02-29T09:22:10.000Z\n"
	    "media video video/mp4\n"
	    "  names 3a2d.mp4\n"
	    "  from 2020-02-29T09:15:01.000Z\n"
	    "  to 2020-02-29T09:22:10.000Z\n"
	    "  ms 428800\n"
	    "  size 11544620\n"
	    "  contact agent6205\n" },
	{ "uploaded.json",
	    "id 01FEDCBA9876543210FEDCBA9876AES2\n"
	    "from 2013-07-08T07:08:09.000Z\n"
	    "to 2013-07-08T07:09:11.000Z\n"
	    "ms 62000\n"
	    "caller 6598765432 (6598765432)\n"
	    "dialed 6565432198 (6565432198)\n"
	    "type unknown\n"
	    "region HK\n"
	    "tenants Resources\n"
	    "media audio audio/mpeg\n"
	    "  names 01FEDCBA9876543210FEDCBA9876AES2_-_6598765432_6565432198_2013-07-08_07-08-09_"
	    "-_-_"
	    "8e2d1c0b.mp3 | x.mp3\n"
	    "  from 2013-07-08T07:08:09.000Z\n"
	    "  to 2013-07-08T07:09:11.000Z\n"
	    "  ms 61750\n"
	    "  size 247000\n"
	    "  call 01FEDCBA9876543210FEDCBA9876AES2\n" },
	{ "early-failed.json",
	    "id 00FEHLER0000000000000000000000B2\n"
	    "from 2014-12-01T14:30:00.000Z\n"
	    "to 2014-12-01T14:30:41.000Z\n"
	    "ms 41000\n"
	    "caller 8533001 (8533001)\n"
	    "dialed 8533999 (8533999)\n"
	    "type unknown\n"
	    "media audio audio/wav\n"
	    "  names 00FEHLER.wav\n"
	    "  from 2014-12-01T14:30:00.000Z\n"
	    "  to 2014-12-01T14:30:41.000Z\n"
	    "  ms 41000\n"
	    "  size 0\n" },
	{ "87654321-5555-4666-8777-0000bbbbcccc.opus_metadata.json",
	    "id 87654321-5555-4666-8777-0000bbbbcccc\n"
	    "from 2024-02-29T05:04:05.678Z\n"
	    "to 2024-02-29T05:09:05.678Z\n"
	    "ms 300000\n"
	    "type unknown\n"
	    "user 1a2b3c4d-5555-4666-8777-888899990000 | - | - | - | - | -\n"
	    "media audio audio/ogg\n"
	    "  names 87654321-5555-4666-8777-0000bbbbcccc.opus | 87654321-5555-4666-8777-0000bbbbc"
	    "ccc.ogg"
	    " | 87654321-5555-4666-8777-0000bbbbcccc.mp3 | 87654321-5555-4666-8777-0000bbbbcccc.wav"
	    " | 87654321-5555-4666-8777-0000bbbbcccc.webm\n"
	    "  from 2024-02-29T05:04:05.678Z\n"
	    "  to 2024-02-29T05:09:05.678Z\n"
	    "  ms 300000\n"
	    "  call bbbbcccc-5555-4666-8777-ddddeeeeffff\n" },
};

static void
documents_say_what_was_typed_by_hand(void **state)
{
	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(documents); i++) {
		IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(DESCRIBE_ARENA);
		size_t size;
		const char *bytes = describe_load(arena, documents[i].file, &size);
		const struct iap_metadata *metadata = describe_read(arena, bytes,
		    documents[i].file);

		assert_string_equal(describe(arena, metadata), documents[i].expected);
		assert_int_equal(metadata->slice_begin, 0);
		assert_int_equal(metadata->slice_end, size);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(documents_say_what_was_typed_by_hand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
