/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Documents as S3 (ListObjectsV2) and Azure (List Blobs) show them in their
 * manuals, and those that an attacker would answer instead.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "xml/xml.h"

static enum iap_status
parse(struct iap_arena *arena, const char *text, struct iap_xml **out, struct iap_error *err)
{
	return iap_xml_parse(arena, text, strlen(text), out, err);
}

static void
a_listing_is_read(void **state)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(65536);
	struct iap_error err = { 0 };
	const struct iap_xml *item;
	struct iap_xml *root;

	(void)state;
	assert_int_equal(parse(arena, "\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
	    "<Name>bucket</Name><Prefix/><IsTruncated>false</IsTruncated>\n"
	    "<Contents><Key>a&amp;b &#252;.txt</Key><Size>434234</Size></Contents>\n"
	    "<Contents><Key Encoded=\"true\">c<!-- - -->d<![CDATA[<e>]]></Key></Contents>"
	    "</ListBucketResult>", &root, &err), IAP_OK);
	assert_string_equal(root->name, "ListBucketResult");
	assert_string_equal(iap_xml_text(root, "Name"), "bucket");
	assert_string_equal(iap_xml_text(root, "Prefix"), "");
	assert_null(iap_xml_text(root, "NextContinuationToken"));
	item = iap_xml_find(root, "Contents");
	assert_string_equal(iap_xml_text(item, "Key"), "a&b \xC3\xBC.txt");
	assert_string_equal(iap_xml_text(item, "Size"), "434234");
	assert_null(iap_xml_attribute(iap_xml_find(item, "Key"), "Encoded"));
	item = iap_xml_find_next(item);
	assert_string_equal(iap_xml_text(item, "Key"), "cd<e>");
	assert_string_equal(iap_xml_attribute(iap_xml_find(item, "Key"), "Encoded"), "true");
	assert_null(iap_xml_find_next(item));
	assert_null(iap_xml_find(NULL, "Key"));
}

static void
hostile_documents_are_refused(void **state)
{
	static const struct { const char *text, *cause; } cases[] = {
		{ "<!DOCTYPE a [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><a>&e;</a>", "document type" },
		{ "<?xml version=\"1.0\"?>\n<!DOCTYPE a SYSTEM \"http://127.0.0.1:1/x\"><a/>", "document type" },
		{ "<!DOCTYPE a [<!ENTITY b \"cc\"><!ENTITY c \"&b;&b;\">]><a>&c;</a>", "document type" },
		{ "<a>&e;</a>", "e" },
		{ "<a>\xC3\x28</a>", "UTF-8" },
		{ "<a>\x01</a>", "line 1" },
		{ "<a><b></a>", "line 1" },
		{ "<a/><b/>", "line 1" },
		{ "<a>", "line 1" },
		{ "text", "line 1" },
		{ "", "xml" },
		{ "<a>&#1;</a>", "line 1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(65536);
		struct iap_error err = { 0 };
		struct iap_xml *root;

		assert_int_equal(parse(arena, cases[i].text, &root, &err), IAP_CORRUPT);
		assert_non_null(strstr(err.detail, cases[i].cause));
	}
}

static void
another_encoding_is_not_believed(void **state)
{
	/* UTF-7 and UTF-16 would hide a document type from a search of the bytes. */
	static const char utf16[] = "\xFF\xFE<\0!\0D\0O\0C\0T\0Y\0P\0E\0 \0a\0>\0<\0a\0/\0>\0";
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(65536);
	struct iap_error err = { 0 };
	struct iap_xml *root;

	(void)state;
	assert_int_equal(iap_xml_parse(arena, utf16, sizeof utf16 - 1, &root, &err), IAP_CORRUPT);
	assert_int_equal(parse(arena, "<?xml version=\"1.0\" encoding=\"UTF-7\"?>"
	    "+ADwAIQ-DOCTYPE a+AD4-<a/>", &root, &err), IAP_CORRUPT);
	assert_int_equal(parse(arena, "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>"
	    "<a>\xC3\xBC</a>", &root, &err), IAP_OK);
	assert_string_equal(root->text, "\xC3\xBC");
}

static void
depth_and_size_have_limits(void **state)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(80 << 20);
	struct iap_error err = { 0 };
	struct iap_xml *root;
	struct iap_buf deep;
	char *large;

	(void)state;
	iap_buf_open(&deep, arena);
	for (int i = 0; i < 32; i++)
		iap_buf_text(&deep, "<a>");
	for (int i = 0; i < 32; i++)
		iap_buf_text(&deep, "</a>");
	assert_int_equal(parse(arena, deep.bytes, &root, &err), IAP_OK);
	assert_int_equal(parse(arena, iap_arena_format(arena, "<a>%s</a>", deep.bytes), &root, &err),
	    IAP_CORRUPT);
	assert_non_null(strstr(err.detail, "levels"));
	large = iap_arena_alloc(arena, IAP_XML_LIMIT + 1);
	memset(large, ' ', IAP_XML_LIMIT + 1);
	assert_int_equal(iap_xml_parse(arena, large, IAP_XML_LIMIT + 1, &root, &err), IAP_CORRUPT);
	assert_non_null(strstr(err.detail, "bytes"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_listing_is_read),
		cmocka_unit_test(hostile_documents_are_refused),
		cmocka_unit_test(another_encoding_is_not_believed),
		cmocka_unit_test(depth_and_size_have_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
