/* SPDX-License-Identifier: Apache-2.0 */
/* Command lines as people write them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "conf/options.h"

struct outcome {
	struct iap_options_common common;
	bool once;
	const char *source;
	struct iap_option_list regions;
	const char *command;
	struct iap_option_list words;
	struct iap_error err;
};

/* Reads "a b c" as iap-worker would: common options, a word, the rest. */
static enum iap_status
read_line(struct iap_arena *arena, const char *line, struct outcome *out)
{
	char *argv[32] = { (char *)"program" }, *rest = iap_arena_copy(arena, line), *word;
	int argc = 1;
	struct iap_option table[] = {
		{ "once", IAP_OPTION_FLAG, { .flag = &out->once } },
		{ "source", IAP_OPTION_TEXT, { .text = &out->source } },
		{ "region", IAP_OPTION_LIST, { .list = &out->regions } },
	};
	struct iap_arguments arguments;

	*out = (struct outcome){ 0 };
	while ((word = strsep(&rest, " ")) != NULL)
		argv[argc++] = word;
	arguments = iap_arguments_open(argc, argv);
	if (iap_options_begin(&arguments, &out->common, &out->err) != IAP_OK)
		return out->err.status;
	if (arguments.count > 0) {
		out->command = *arguments.items++;
		arguments.count--;
	}
	return iap_options_parse(arena, &arguments, table, IAP_LENGTH(table), &out->common,
	    &out->words, &out->err);
}

static void
config_is_taken_before_and_after_the_subcommand(void **state)
{
	static const char *const lines[] = {
		"--config /c process --once", "process --once --config /c", "--config=/c process --once",
		"process --config=/c --once",
	};
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(1 << 20);
	struct outcome out;

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(lines); i++) {
		assert_int_equal(read_line(arena, lines[i], &out), IAP_OK);
		assert_string_equal(out.common.config, "/c");
		assert_string_equal(out.command, "process");
		assert_true(out.once);
		assert_int_equal(out.words.count, 0);
	}
	assert_int_equal(read_line(arena, "process", &out), IAP_OK);
	assert_string_equal(out.common.config, IAP_CONFIG_FILE);
}

static void
words_lists_and_the_end_of_options(void **state)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(1 << 20);
	struct outcome out;

	(void)state;
	assert_int_equal(read_line(arena, "add one --region=EU --region US - -- --once", &out), IAP_OK);
	assert_int_equal(out.regions.count, 2);
	assert_string_equal(out.regions.items[0], "EU");
	assert_string_equal(out.regions.items[1], "US");
	assert_int_equal(out.words.count, 3);
	assert_string_equal(out.words.items[0], "one");
	assert_string_equal(out.words.items[1], "-");
	assert_string_equal(out.words.items[2], "--once");
	assert_false(out.once);
	assert_int_equal(read_line(arena, "--help", &out), IAP_OK);
	assert_true(out.common.help);
	assert_int_equal(read_line(arena, "add -h", &out), IAP_OK);
	assert_true(out.common.help);
}

static void
what_is_not_understood_is_said(void **state)
{
	static const struct { const char *line, *says; } cases[] = {
		{ "add --sorce x", "unknown option --sorce; did you mean --source?" },
		{ "add --qqqqqqqq", "unknown option --qqqqqqqq" },
		{ "add -x", "unknown option -x" },
		{ "add --source", "--source needs a value" },
		{ "add --source a --source b", "--source is given twice" },
		{ "add --once=yes", "--once takes no value" },
		{ "--confg /c add", "did you mean --config?" },
		{ "--config", "--config needs a value" },
		{ "--config /a add --config /b", "--config is given twice" },
	};
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(1 << 20);
	struct outcome out;

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(cases); i++) {
		assert_int_equal(read_line(arena, cases[i].line, &out), IAP_INVALID);
		if (strstr(out.err.detail, cases[i].says) == NULL)
			fail_msg("\"%s\" does not say \"%s\"", out.err.detail, cases[i].says);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(config_is_taken_before_and_after_the_subcommand),
		cmocka_unit_test(words_lists_and_the_end_of_options),
		cmocka_unit_test(what_is_not_understood_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
