/* SPDX-License-Identifier: Apache-2.0 */
/* What iap.conf may say, and what the reader answers to what it may not. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/ini.h"
#include "conf/settings.h"

static char folder[64];

static int
make_folder(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/iap-settings-XXXXXX");
	return mkdtemp(folder) == NULL;
}

static int
remove_folder(void **state)
{
	char path[96];

	(void)state;
	snprintf(path, sizeof path, "%s/iap.conf", folder);
	unlink(path);
	return rmdir(folder);
}

static enum iap_status
load(struct iap_arena *arena, const char *text, struct iap_settings *out, struct iap_error *err)
{
	char path[96];
	FILE *file;

	snprintf(path, sizeof path, "%s/iap.conf", folder);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	return iap_settings_load(arena, path, out, err);
}

static void
values_are_typed_and_paths_begin_at_the_file(void **state)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(1 << 20);
	struct iap_settings settings;
	struct iap_error err = { 0 };
	char expected[96];

	(void)state;
	assert_int_equal(load(arena,
	    "# a comment\n; another\r\n[database]\r\nsocket = run/my.sock\n"
	    "web_user=somebody\nport = 3307\n[web]\nsession_idle = 7d\n templates=/t e\n"
	    "[media]\nrange_size = 64K\nkeys_passphrase_file =\n[worker]\nbatch = 1",
	    &settings, &err), IAP_OK);
	snprintf(expected, sizeof expected, "%s/run/my.sock", folder);
	assert_string_equal(settings.db_socket, expected);
	assert_string_equal(settings.folder, folder);
	assert_string_equal(settings.db_web_user, "somebody");
	assert_true(settings.db_port == 3307);
	assert_true(settings.web_session_idle_ms == 604800000);
	assert_string_equal(settings.web_templates, "/t e");
	assert_true(settings.media_range_size == 65536);
	assert_null(settings.media_keys_passphrase_file);
	assert_true(settings.worker_batch == 1);
	/* What is not said: the fallbacks of the interface. */
	assert_true(settings.web_session_absolute_ms == 43200000);
	assert_string_equal(settings.db_name, "iap");
	assert_string_equal(settings.web_time_zone, "UTC");
	assert_null(settings.db_host);
}

static void
what_is_wrong_is_named_with_file_line_and_remedy(void **state)
{
	static const struct { const char *text, *says; } cases[] = {
		{ "[worker]\nbatch = 0\n", "iap.conf:2: batch is 0, but must be from 1 to 100000" },
		{ "[worker]\nbatch = many\n", "iap.conf:2: batch is \"many\", not a whole number" },
		{ "[web]\n\nsession_idle = 30\n", "iap.conf:3: session_idle is \"30\", not a time" },
		{ "[web]\nsession_idle = 5s\n", "must be from 1m to 30d" },
		{ "[media]\nrange_size = 1G\n", "range_size is 1G, but must be from 16K to 4M" },
		{ "[media]\nrange_size = 256KB\n", "not a size such as" },
		{ "[media]\nsorces = x\n", "unknown setting sorces in [media]; did you mean sources?" },
		{ "[databse]\nname = x\n", "iap.conf:2: name belongs into [database]" },
		{ "[databse]\nfoo = x\n", "unknown section [databse]; did you mean [database]?" },
		{ "[web]\nbatch = 1\n", "batch belongs into [worker]" },
		{ "[web]\nqwertz = 1\n", "iap.conf:2: unknown setting qwertz in [web]" },
		{ "batch = 1\n", "batch belongs into [worker]" },
		{ "[web]\ntime_zone = UTC\ntime_zone = UTC\n", "iap.conf:3: time_zone is already set in line 2" },
		{ "[web\n", "iap.conf:1: a section is written [name]" },
		{ "[web]\nnonsense\n", "iap.conf:2: neither" },
		{ "[web]\n= 5\n", "iap.conf:2: neither" },
		{ "[web]\ntime_zone = \xff\n", "not UTF-8" },
	};

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(cases); i++) {
		IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(1 << 20);
		struct iap_settings settings;
		struct iap_error err = { 0 };

		assert_int_equal(load(arena, cases[i].text, &settings, &err), IAP_INVALID);
		if (strstr(err.detail, cases[i].says) == NULL)
			fail_msg("\"%s\" does not say \"%s\"", err.detail, cases[i].says);
	}
}

static void
a_file_that_is_not_there_is_not_found(void **state)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(1 << 20);
	struct iap_settings settings;
	struct iap_error err = { 0 };

	(void)state;
	assert_int_equal(iap_settings_load(arena, "/nowhere/iap.conf", &settings, &err),
	    IAP_NOT_FOUND);
	assert_non_null(strstr(err.detail, "/nowhere/iap.conf"));
}

static void
the_listing_of_settings_reads_back_the_same(void **state)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(1 << 20);
	struct iap_settings first, second;
	struct iap_error err = { 0 };
	struct iap_buf text, again;

	(void)state;
	assert_int_equal(load(arena, "[worker]\nbatch = 77\n[web]\nsession_idle = 90s\n", &first,
	    &err), IAP_OK);
	iap_buf_open(&text, arena);
	iap_settings_format(&first, &text);
	assert_non_null(strstr(text.bytes, "batch = 77\n"));
	assert_non_null(strstr(text.bytes, "session_idle = 90s\n"));
	assert_int_equal(load(arena, text.bytes, &second, &err), IAP_OK);
	iap_buf_open(&again, arena);
	iap_settings_format(&second, &again);
	assert_string_equal(text.bytes, again.bytes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_typed_and_paths_begin_at_the_file),
		cmocka_unit_test(what_is_wrong_is_named_with_file_line_and_remedy),
		cmocka_unit_test(a_file_that_is_not_there_is_not_found),
		cmocka_unit_test(the_listing_of_settings_reads_back_the_same),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
