/* SPDX-License-Identifier: Apache-2.0 */
/* The files that say where a source lies. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/source.h"

static char folder[64];

static int
make_folder(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/iap-source-XXXXXX");
	return mkdtemp(folder) == NULL;
}

static int
remove_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

static void
write_file(const char *name, const char *text)
{
	char path[160];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void
remove_file(const char *name)
{
	char path[160];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	assert_int_equal(unlink(path), 0);
}

static void
a_source_is_saved_listed_read_and_removed(void **state)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(1 << 20);
	const struct iap_source_conf wanted = { .name = "b-2", .kind = "local",
		.root = "/a path/Andr\xc3\xa9 = #1" };
	struct iap_source_conf got;
	struct iap_error err = { 0 };
	const char *const *names;
	size_t count;

	(void)state;
	assert_int_equal(iap_source_conf_save(arena, folder, &wanted, &err), IAP_OK);
	write_file("a.conf", "# by hand\nkind = local\nroot = /r\n");
	write_file(".hidden.conf", "");
	write_file("a.conf.old", "");
	assert_int_equal(iap_source_conf_list(arena, folder, &names, &count, &err), IAP_OK);
	assert_int_equal(count, 2);
	assert_string_equal(names[0], "a");
	assert_string_equal(names[1], "b-2");
	assert_int_equal(iap_source_conf_load(arena, folder, "b-2", &got, &err), IAP_OK);
	assert_string_equal(got.root, wanted.root);
	assert_string_equal(got.kind, "local");
	assert_int_equal(iap_source_conf_load(arena, folder, "a", &got, &err), IAP_OK);
	assert_string_equal(got.root, "/r");
	assert_int_equal(iap_source_conf_delete(arena, folder, "b-2", &err), IAP_OK);
	assert_int_equal(iap_source_conf_delete(arena, folder, "b-2", &err), IAP_NOT_FOUND);
	assert_int_equal(iap_source_conf_load(arena, folder, "b-2", &got, &err), IAP_NOT_FOUND);
	remove_file("a.conf");
	remove_file(".hidden.conf");
	remove_file("a.conf.old");
}

static void
object_stores_are_saved_and_read(void **state)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(1 << 20);
	const struct iap_source_conf s3 = { .name = "s3", .kind = "s3",
		.endpoint = "https://s3.eu-west-1.amazonaws.com", .bucket = "calls", .prefix = "a b/c",
		.credentials = "/etc/iap/aws", .ca_file = "/etc/ca.pem", .aws_region = "eu-west-1",
		.addressing = "path", .requester_pays = "yes" };
	const struct iap_source_conf azure = { .name = "az", .kind = "azure",
		.endpoint = "https://acct.blob.core.windows.net", .bucket = "calls" };
	struct iap_source_conf got;
	struct iap_error err = { 0 };

	(void)state;
	assert_int_equal(iap_source_conf_save(arena, folder, &s3, &err), IAP_OK);
	assert_int_equal(iap_source_conf_load(arena, folder, "s3", &got, &err), IAP_OK);
	assert_string_equal(got.endpoint, s3.endpoint);
	assert_string_equal(got.bucket, s3.bucket);
	assert_string_equal(got.prefix, s3.prefix);
	assert_string_equal(got.credentials, s3.credentials);
	assert_string_equal(got.ca_file, s3.ca_file);
	assert_string_equal(got.aws_region, s3.aws_region);
	assert_string_equal(got.addressing, "path");
	assert_string_equal(got.requester_pays, "yes");
	assert_null(got.root);
	assert_int_equal(iap_source_conf_save(arena, folder, &azure, &err), IAP_OK);
	assert_int_equal(iap_source_conf_load(arena, folder, "az", &got, &err), IAP_OK);
	assert_string_equal(got.bucket, "calls");
	assert_null(got.credentials);
	remove_file("s3.conf");
	remove_file("az.conf");
}

static void
names_and_roots_cannot_leave_their_place(void **state)
{
	static const char *const names[] = { "", "..", "../a", "a/b", ".a", "-a", "a b", "a\n",
		"0123456789012345678901234567890123456789012345678901234567890123x" };
	static const char *const roots[] = { "relative", "", "/a\nkind = x", "/a ", "/\xff" };
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(1 << 20);
	struct iap_source_conf source;
	struct iap_error err = { 0 };

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(names); i++) {
		assert_int_equal(iap_source_conf_load(arena, folder, names[i], &source, &err), IAP_INVALID);
		source = (struct iap_source_conf){ .name = names[i], .kind = "local", .root = "/r" };
		assert_int_equal(iap_source_conf_save(arena, folder, &source, &err), IAP_INVALID);
	}
	for (size_t i = 0; i < IAP_LENGTH(roots); i++) {
		source = (struct iap_source_conf){ .name = "a", .kind = "local", .root = roots[i] };
		assert_int_equal(iap_source_conf_save(arena, folder, &source, &err), IAP_INVALID);
	}
}

static void
a_wrong_file_is_refused_with_its_line(void **state)
{
	static const struct { const char *text, *says; } cases[] = {
		{ "kind = local\n", "root must be an absolute path" },
		{ "root = /r\n", "kind must be local, s3 or azure" },
		{ "kind = s4\nroot = /r\n", "kind must be local, s3 or azure" },
		{ "kind = local\nroot = r\n", "root must be an absolute path" },
		{ "kind = local\nbucket = b\n", "a.conf:2: a source of kind local has no bucket" },
		{ "kind = s3\nbucket = b\n", "endpoint is missing" },
		{ "kind = s3\nendpoint = https://h\n", "bucket is missing" },
		{ "kind = s3\nendpoint = https://h\nbucket = b\ncredentials = c\n",
		    "credentials must be an absolute path" },
		{ "kind = s3\nendpoint = https://h\nbucket = b\naddressing = p\n",
		    "addressing must be path or virtual" },
		{ "kind = s3\nendpoint = https://h\nbucket = b\nrequester_pays = 1\n",
		    "requester_pays must be yes or no" },
		{ "kind = azure\nendpoint = https://h\nbucket = b\n",
		    "a.conf:3: a source of kind azure has no bucket" },
		{ "kind = azure\nendpoint = https://h\n", "container is missing" },
		{ "kind = local\nrot = /r\n", "a.conf:2: unknown setting rot" },
		{ "[x]\nkind = local\n", "a.conf:2: a source has no sections" },
	};
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(1 << 20);
	struct iap_source_conf source;
	struct iap_error err = { 0 };

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(cases); i++) {
		write_file("a.conf", cases[i].text);
		assert_int_equal(iap_source_conf_load(arena, folder, "a", &source, &err), IAP_INVALID);
		if (strstr(err.detail, cases[i].says) == NULL)
			fail_msg("\"%s\" does not say \"%s\"", err.detail, cases[i].says);
	}
	remove_file("a.conf");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_source_is_saved_listed_read_and_removed),
		cmocka_unit_test(object_stores_are_saved_and_read),
		cmocka_unit_test(names_and_roots_cannot_leave_their_place),
		cmocka_unit_test(a_wrong_file_is_refused_with_its_line),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
