/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Templates against models. Expected HTML is by hand from the HTML standard
 * (13.1.2.3 attributes, 13.1.4 references) and RFC 3986; times of zones are
 * those of `date -d` of coreutils, quoted at each table.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "web/render.h"
#include "web/zone.h"

enum { ARENA_LIMIT = 8 << 20 };

struct page_case {
	const char *template;
	const char *model;
	const char *expected;
};

/* Renders `template` as a page of its own; the folder of templates is made and removed. */
static enum iap_status
render(struct iap_arena *arena, const char *template, const char *model, const char *zone,
    struct iap_buf *out, struct iap_error *err)
{
	IAP_CLEANUP(iap_templates_free) struct iap_templates *templates = NULL;
	char folder[] = "/tmp/iap-test-render-XXXXXX";
	const char *layout, *page, *part;
	struct iap_json *tree;
	enum iap_status status;

	assert_non_null(mkdtemp(folder));
	layout = iap_arena_format(arena, "%s/layout.html", folder);
	page = iap_arena_format(arena, "%s/page.html", folder);
	part = iap_arena_format(arena, "%s/part.html", folder);
	assert_int_equal(iap_file_save(layout, 0600, "{{>content}}", 12, err), IAP_OK);
	assert_int_equal(iap_file_save(page, 0600, template, strlen(template), err), IAP_OK);
	assert_int_equal(iap_file_save(part, 0600, "[{{name}}]", 10, err), IAP_OK);
	status = iap_templates_load(folder, zone, &templates, err);
	unlink(layout);
	unlink(page);
	unlink(part);
	rmdir(folder);
	if (status != IAP_OK)
		return status;
	assert_int_equal(iap_json_parse(arena, model, strlen(model), &tree, err), IAP_OK);
	iap_buf_open(out, arena);
	return iap_render(templates, arena, "page", tree, out, err);
}

static void
expect(const struct page_case *cases, size_t count, const char *zone)
{
	for (size_t i = 0; i < count; i++) {
		IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(ARENA_LIMIT);
		struct iap_error err = { 0 };
		struct iap_buf out;

		if (render(arena, cases[i].template, cases[i].model, zone, &out, &err) != IAP_OK)
			fail_msg("%s: %s", cases[i].template, err.detail);
		assert_string_equal(out.bytes, cases[i].expected);
	}
}

static void
values_are_found_and_sections_repeat(void **state)
{
	static const struct page_case cases[] = {
		{ "{{a}} {{b.c}} {{b.d.0}}", "{\"a\":1.50,\"b\":{\"c\":\"x\",\"d\":[7,8]}}", "1.50 x 7" },
		{ "{{nothing}}|{{a.b.c}}|{{n}}|{{l}}", "{\"a\":{},\"n\":null,\"l\":[1]}", "|||" },
		{ "{{#l}}({{.}}){{/l}}", "{\"l\":[1,\"b\",true]}", "(1)(b)(true)" },
		{ "{{#l}}{{x}}{{y}},{{/l}}", "{\"y\":\"o\",\"l\":[{\"x\":1},{\"x\":2,\"y\":\"i\"}]}", "1o,2i," },
		{ "{{#l}}{{x}}|{{/l}}", "{\"x\":\"outer\",\"l\":[{\"x\":null}]}", "|" },
		{ "{{#o}}{{x}}{{/o}}{{^o}}none{{/o}}", "{\"o\":{\"x\":5}}", "5" },
		{ "{{#o}}x{{/o}}{{^o}}none{{/o}}", "{\"o\":{}}", "none" },
		{ "{{#z}}a{{/z}}{{#f}}b{{/f}}{{#e}}c{{/e}}{{#n}}d{{/n}}{{#m}}e{{/m}}{{#l}}f{{/l}}",
		  "{\"z\":0,\"f\":false,\"e\":\"\",\"n\":null,\"l\":[]}", "" },
		{ "{{^z}}a{{/z}}{{^f}}b{{/f}}{{^e}}c{{/e}}{{^n}}d{{/n}}{{^m}}e{{/m}}{{^l}}f{{/l}}",
		  "{\"z\":-0.0,\"f\":false,\"e\":\"\",\"n\":null,\"l\":[]}", "abcdef" },
		{ "{{#t}}a{{.}}{{/t}}{{#one}}{{.}}{{/one}}", "{\"t\":\"x\",\"one\":1}", "ax1" },
		{ "{{#s=ok}}good{{/s}}{{^s=ok}}bad{{/s}}", "{\"s\":\"ok\"}", "good" },
		{ "{{#s=ok}}good{{/s}}{{^s=ok}}bad{{/s}}", "{}", "bad" },
		{ "{{#l=b}}in{{/l}}{{#l=c}}out{{/l}}{{#t=true}}t{{/t}}{{#n=3}}3{{/n}}",
		  "{\"l\":[\"a\",\"b\"],\"t\":true,\"n\":3}", "int3" },
		{ "{{#l}}{{.}}{{#q.r==.}}*{{/q.r}},{{/l}}", "{\"l\":[\"a\",\"b\"],\"q\":{\"r\":\"b\"}}", "a,b*," },
		{ "{{#o.*}}{{@}}={{.}};{{/o.*}}", "{\"o\":{\"k 1\":\"v\",\"k2\":2}}", "k 1=v;k2=2;" },
		{ "{{>part}}{{#l}}{{>part}}{{/l}}", "{\"name\":\"a\",\"l\":[{\"name\":\"b\"}]}", "[a][b]" },
		{ "a\n{{#l}}\n b\n{{/l}}\nc\n", "{\"l\":[1,2]}", "a\n b\n b\nc\n" },
	};

	(void)state;
	expect(cases, IAP_LENGTH(cases), NULL);
}

static void
every_place_is_escaped_for_itself(void **state)
{
	static const struct page_case cases[] = {
		{ "<p>{{x}}</p>", "{\"x\":\"<script>alert(1)</script>\"}",
		  "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>" },
		{ "<p title=\"{{x}}\">", "{\"x\":\"\\\" onmouseover=\\\"alert(1)\"}",
		  "<p title=\"&quot; onmouseover=&quot;alert(1)\">" },
		{ "<p title='{{x}}'>", "{\"x\":\"' onmouseover='alert(1)\"}",
		  "<p title='&#39; onmouseover=&#39;alert(1)'>" },
		{ "<textarea>{{x}}</textarea>", "{\"x\":\"</textarea><img src=x>\"}",
		  "<textarea>&lt;/textarea&gt;&lt;img src=x&gt;</textarea>" },
		{ "<p>{{x}}</p>", "{\"x\":\"&amp;\"}", "<p>&amp;amp;</p>" },
		{ "<a href=\"{{x}}\">", "{\"x\":\"/a?b=1&c=2\"}", "<a href=\"/a?b=1&amp;c=2\">" },
		{ "<a href=\"{{x}}\">", "{\"x\":\"javascript:alert(1)\"}", "<a href=\"#\">" },
		{ "<a href=\"{{x}}\">", "{\"x\":\"//evil.example\"}", "<a href=\"#\">" },
		{ "<a href=\"{{x}}\">", "{\"x\":\"/\\\\evil.example\"}", "<a href=\"#\">" },
		{ "<a href=\"{{x}}\">", "{\"x\":\"/\\t/evil.example\"}", "<a href=\"#\">" },
		{ "<a href=\"{{x}}\">", "{\"x\":\"https://evil.example/\"}", "<a href=\"#\">" },
		{ "<form action='{{x}}'>", "{\"x\":\" javascript:alert(1)\"}", "<form action='#'>" },
		{ "<a href=\"/c/{{url x}}?y\">", "{\"x\":\"../a b?\\u00e9\\\"&#\"}",
		  "<a href=\"/c/..%2Fa%20b%3F%C3%A9%22%26%23?y\">" },
		{ "<script type=\"application/json\">{{json x}}</script>",
		  "{\"x\":{\"k</script>\":[\"<!--\",1e400,null,true,\"\\u2028'&\"]}}",
		  "<script type=\"application/json\">{\"k\\u003c/script\\u003e\":[\"\\u003c!--\",1e400,null,true,"
		  "\"\xe2\x80\xa8\\u0027\\u0026\"]}</script>" },
		{ "<p>{{date x}}{{size x}}</p>", "{\"x\":\"<b>\"}", "<p>&lt;b&gt;&lt;b&gt;</p>" },
		{ "<p>{{@}}{{#o.*}}{{@}}{{/o.*}}</p>", "{\"o\":{\"<i>\":1}}", "<p>&lt;i&gt;</p>" },
		{ "<option{{#a}} selected{{/a}}>{{#b}}<i>{{/b}}", "{\"a\":1}", "<option selected>" },
	};

	(void)state;
	expect(cases, IAP_LENGTH(cases), NULL);
}

static void
what_cannot_be_escaped_stops_the_start(void **state)
{
	static const struct { const char *template, *complaint; } cases[] = {
		{ "<p class={{x}}>", "templates/page.html:1: a value cannot be escaped here: {{x}}" },
		{ "\n<p {{x}}>", "templates/page.html:2: a value cannot be escaped here" },
		{ "<{{x}}>", "cannot be escaped" },
		{ "<p data-{{x}}=\"1\">", "cannot be escaped" },
		{ "<!-- {{x}} -->", "cannot be escaped" },
		{ "<script>let a = \"{{x}}\";</script>", "cannot be escaped" },
		{ "<style>p { color: {{x}}; }</style>", "cannot be escaped" },
		{ "<p onclick=\"go('{{x}}')\">", "no value in what a browser runs" },
		{ "<p style=\"color: {{x}}\">", "no value in what a browser runs" },
		{ "<a href=\"/x/{{x}}\">", "a part of an address is {{url path}}" },
		{ "<a href=\"{{date x}}\">", "a part of an address is {{url path}}" },
		{ "<p>{{json x}}</p>", "json belongs into" },
		{ "<script type=\"application/json\">{{x}}</script>", "only {{json path}} in a script" },
		{ "<p>{{{x}}}</p>", "neither a path nor a look" },
		{ "<p>{{&x}}</p>", "neither a path nor a look" },
		{ "{{raw x}}", "neither a path nor a look" },
		{ "{{#a}}x", "templates/page.html:1: a section without an end" },
		{ "{{#a}}{{#b}}{{/a}}{{/b}}", "ends another section" },
		{ "{{/a}}", "ends a section that none began" },
		{ "<p {{#a}}title=\"{{/a}}x\">", "ends in another place" },
		{ "{{#a}}<script>{{/a}}", "ends in another place" },
		{ "<p on{{#a}}x{{/a}}click=\"{{b}}\">", "begins with a blank" },
		{ "<p on{{#a}} x{{/a}}click=\"{{b}}\">", "comes a blank" },
		{ "{{>other}}", "{{>other}} does not exist" },
		{ "{{>page}}", "{{>page}} includes itself" },
		{ "{{>content}}", "does not exist" },
		{ "<p {{>part}}>", "between tags only" },
		{ "{{x", "{{ without }}" }, { "{{}}", "without a name" }, { "{{a..b}}", "neither a path" },
		{ "<p title=\"x", "ends inside a tag" },
	};

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(cases); i++) {
		IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(ARENA_LIMIT);
		struct iap_error err = { 0 };
		struct iap_buf out;

		if (render(arena, cases[i].template, "{}", NULL, &out, &err) != IAP_INVALID)
			fail_msg("accepted: %s", cases[i].template);
		if (strstr(err.detail, cases[i].complaint) == NULL)
			fail_msg("%s: \"%s\" does not say \"%s\"", cases[i].template, err.detail,
			    cases[i].complaint);
	}
}

static void
amounts_are_written_for_people(void **state)
{
	static const struct page_case cases[] = {
		{ "{{duration x}}", "{\"x\":0}", "0:00" }, { "{{duration x}}", "{\"x\":192999}", "3:12" },
		{ "{{duration x}}", "{\"x\":3723000}", "1:02:03" },
		{ "{{duration x}}", "{\"x\":\"192000\"}", "3:12" }, { "{{duration x}}", "{\"x\":null}", "" },
		{ "{{duration x}}", "{\"x\":360000000}", "100:00:00" },
		{ "{{size x}}", "{\"x\":1}", "1 byte" }, { "{{size x}}", "{\"x\":999}", "999 bytes" },
		{ "{{size x}}", "{\"x\":1000}", "1.0 kB" }, { "{{size x}}", "{\"x\":254321}", "254 kB" },
		{ "{{size x}}", "{\"x\":1234567}", "1.2 MB" }, { "{{size x}}", "{\"x\":524288000}", "524 MB" },
		{ "{{number x}}", "{\"x\":0}", "0" }, { "{{number x}}", "{\"x\":999}", "999" },
		{ "{{number x}}", "{\"x\":8412906}", "8,412,906" }, { "{{number x}}", "{\"x\":-1234}", "-1,234" },
		{ "{{number x}}", "{\"x\":\"many\"}", "many" },
	};

	(void)state;
	expect(cases, IAP_LENGTH(cases), NULL);
}

/* TZ=Australia/Sydney date -d 2026-10-03T15:59:59Z '+%a %-d %b %Y, %T %:z', and so on. */
static void
times_are_those_of_the_site(void **state)
{
	static const struct page_case sydney[] = {
		{ "{{stamp x}}", "{\"x\":\"2026-10-03T15:59:59.999Z\"}", "Sun 4 Oct 2026, 01:59:59 +10:00" },
		{ "{{stamp x}}", "{\"x\":\"2026-10-03T16:00:00.000Z\"}", "Sun 4 Oct 2026, 03:00:00 +11:00" },
		{ "{{stamp x}}", "{\"x\":\"2026-04-04T15:59:59Z\"}", "Sun 5 Apr 2026, 02:59:59 +11:00" },
		{ "{{stamp x}}", "{\"x\":\"2026-04-04T16:00:00Z\"}", "Sun 5 Apr 2026, 02:00:00 +10:00" },
		{ "{{date x}}|{{clock x}}|{{offset x}}", "{\"x\":\"2026-11-16T03:00:02.000Z\"}",
		  "Mon 16 Nov 2026|14:00:02|+11:00" },
		{ "{{stamp x}}", "{\"x\":\"2026-11-16T14:00:02+11:00\"}", "Mon 16 Nov 2026, 14:00:02 +11:00" },
		{ "{{stamp x}}", "{\"x\":\"1969-12-31T23:59:59.500Z\"}", "Thu 1 Jan 1970, 09:59:59 +10:00" },
		{ "{{stamp x}}", "{\"x\":null}", "" },
		{ "{{#l}}{{#new date t}}[{{date t}}]{{/new}}{{clock t}};{{/l}}",
		  "{\"l\":[{\"t\":\"2026-11-16T03:00:00Z\"},{\"t\":\"2026-11-15T13:00:00Z\"},"
		  "{\"t\":\"2026-11-15T12:59:59Z\"}]}",
		  "[Mon 16 Nov 2026]14:00:00;00:00:00;[Sun 15 Nov 2026]23:59:59;" },
	};
	static const struct page_case others[] = {
		{ "{{stamp x}}", "{\"x\":\"2026-11-16T03:00:02Z\"}", "Mon 16 Nov 2026, 08:45:02 +05:45" },
	};
	static const struct page_case west[] = {
		{ "{{stamp x}}", "{\"x\":\"2026-11-16T03:00:02Z\"}", "Sun 15 Nov 2026, 23:30:02 -03:30" },
	};

	(void)state;
	expect(sydney, IAP_LENGTH(sydney), "Australia/Sydney");
	expect(others, IAP_LENGTH(others), "Asia/Kathmandu");
	expect(west, IAP_LENGTH(west), "America/St_Johns");
}

/* TZ=Australia/Sydney date -d '2026-11-16 14:00' +%s, and so on. */
static void
what_people_type_means_the_sites_time(void **state)
{
	static const struct { const char *text; bool end; int64_t ms; } cases[] = {
		{ "2026-11-16T14:00", false, 1794798000000 }, { "2026-11-16 14:00", false, 1794798000000 },
		{ "2026-11-16T14:00", true, 1794798060000 }, { "2026-11-16T14:00:02", false, 1794798002000 },
		{ "2026-11-16T14:00:02", true, 1794798003000 }, { "2026-11-16", false, 1794747600000 },
		{ "2026-11-16", true, 1794834000000 }, { "2026-11-16T03:00:02.125Z", false, 1794798002125 },
		{ "2026-11-16T03:00:02.125Z", true, 1794798002126 },
		{ "2026-11-16T14:00:02+11:00", false, 1794798002000 },
		/* The day that loses an hour lasts 23 of them, the one that wins it 25. */
		{ "2026-10-04", false, 1791036000000 }, { "2026-10-04", true, 1791036000000 + 23 * 3600000LL },
		{ "2026-04-05", false, 1775307600000 }, { "2026-04-05", true, 1775307600000 + 25 * 3600000LL },
		/* 02:30 comes twice on 5 April, the first at +11:00, and not at all on 4 October. */
		{ "2026-04-05T02:30", false, 1775316600000 }, { "2026-10-04T02:30", false, 1791045000000 },
	};
	static const char *const wrong[] = { "", "2026", "2026-13-01", "2026-02-30", "2026-11-16T", "2026-11-16T24:00",
		"2026-11-16T14", "2026-11-16T14:60", "2026-11-16T14:00:02.", "2026-11-16T14:00+25:00",
		"2026-11-16T14:00Zx", "16.11.2026", "2026-11-16x", "now-7d" };
	struct iap_error err = { 0 };
	int64_t ms;

	(void)state;
	assert_int_equal(iap_zone_use("Australia/Sydney", &err), IAP_OK);
	for (size_t i = 0; i < IAP_LENGTH(cases); i++) {
		if (!iap_zone_parse(cases[i].text, cases[i].end, &ms))
			fail_msg("refused: %s", cases[i].text);
		if (ms != cases[i].ms)
			fail_msg("%s: %lld, not %lld", cases[i].text, (long long)ms, (long long)cases[i].ms);
	}
	for (size_t i = 0; i < IAP_LENGTH(wrong); i++)
		if (iap_zone_parse(wrong[i], false, &ms))
			fail_msg("accepted: %s", wrong[i]);
	assert_false(iap_zone_parse(NULL, false, &ms));
}

static void
zones_that_do_not_exist_are_refused(void **state)
{
	static const char *const wrong[] = { "", "Australia/Sidney", "../etc/passwd", "/etc/passwd", ":UTC",
		"Australia/../UTC" };
	struct iap_error err = { 0 };

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(wrong); i++)
		assert_int_equal(iap_zone_use(wrong[i], &err), IAP_INVALID);
	assert_int_equal(iap_zone_use(NULL, &err), IAP_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_found_and_sections_repeat),
		cmocka_unit_test(every_place_is_escaped_for_itself),
		cmocka_unit_test(what_cannot_be_escaped_stops_the_start),
		cmocka_unit_test(amounts_are_written_for_people),
		cmocka_unit_test(times_are_those_of_the_site),
		cmocka_unit_test(what_people_type_means_the_sites_time),
		cmocka_unit_test(zones_that_do_not_exist_are_refused),
	};

	return cmocka_run_group_tests_name("render", tests, NULL, NULL);
}
