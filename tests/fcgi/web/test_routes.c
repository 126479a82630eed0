/* SPDX-License-Identifier: Apache-2.0 */
/* The table of routes as a whole, how addresses are matched, and how parameters are read. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "web/api/api.h"
#include "web/dispatch.h"
#include "web/page.h"
#include "web/params.h"
#include "web/route.h"

static void
every_route_is_whole(void **state)
{
	(void)state;
	assert_true(iap_routes_count > 20);
	for (size_t i = 0; i < iap_routes_count; i++) {
		const struct iap_route *route = &iap_routes[i];
		bool page = strncmp(route->path, "/api/", 5) != 0 && !route->loopback_only;

		assert_non_null(route->handler);
		assert_int_not_equal(route->needs, IAP_PERM_UNSET);
		assert_int_not_equal(route->method, IAP_METHOD_OTHER);
		/* A public route is that and nothing else. */
		assert_true(route->needs == IAP_PERM_PUBLIC || (route->needs & IAP_PERM_PUBLIC) == 0);
		assert_true(page == (route->page != NULL));
		for (size_t p = 0; p < route->param_count; p++)
			assert_non_null(route->params[p].name);
		for (size_t other = 0; other < i; other++)
			assert_false(iap_routes[other].method == route->method &&
			    strcmp(iap_routes[other].path, route->path) == 0);
	}
}

static struct iap_request
request_of(struct iap_arena *arena, enum iap_method method, const char *path)
{
	return (struct iap_request){ .arena = arena, .method = method, .path = path };
}

static void
addresses_lead_to_their_route(void **state)
{
	static const struct {
		enum iap_method method;
		const char *path, *route;
		uint64_t id, n;
	} cases[] = {
		{ IAP_METHOD_GET, "/interactions", "/interactions", 0, 0 },
		{ IAP_METHOD_GET, "/interactions/7", "/interactions/{id}", 7, 0 },
		{ IAP_METHOD_GET, "/api/v1/interactions/18446744073709551615",
		  "/api/v1/interactions/{id}", UINT64_MAX, 0 },
		{ IAP_METHOD_GET, "/api/v1/interactions/7/media/12",
		  "/api/v1/interactions/{id}/media/{n}", 7, 12 },
		{ IAP_METHOD_GET, "/api/v1/interactions/7/media/0/peaks",
		  "/api/v1/interactions/{id}/media/{n}/peaks", 7, 0 },
		{ IAP_METHOD_POST, "/signin", "/signin", 0, 0 },
		{ IAP_METHOD_GET, "/interactions/", NULL, 0, 0 },
		{ IAP_METHOD_GET, "/interactions/07", NULL, 0, 0 },
		{ IAP_METHOD_GET, "/interactions/-1", NULL, 0, 0 },
		{ IAP_METHOD_GET, "/interactions/1x", NULL, 0, 0 },
		{ IAP_METHOD_GET, "/interactions/18446744073709551616", NULL, 0, 0 },
		{ IAP_METHOD_GET, "/api/v1/interactions/7/media/", NULL, 0, 0 },
		{ IAP_METHOD_GET, "/api/v1/interactions/{id}", NULL, 0, 0 },
		{ IAP_METHOD_GET, "//interactions", NULL, 0, 0 },
		{ IAP_METHOD_GET, "", NULL, 0, 0 },
		{ IAP_METHOD_POST, "/interactions", NULL, 0, 0 },
		{ IAP_METHOD_OTHER, "/interactions", NULL, 0, 0 },
	};
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(1 << 20);

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(cases); i++) {
		struct iap_request req = request_of(arena, cases[i].method, cases[i].path);
		const struct iap_route *route = iap_route_find(&req);

		if (cases[i].route == NULL) {
			assert_null(route);
			continue;
		}
		assert_non_null(route);
		assert_string_equal(route->path, cases[i].route);
		assert_true(req.path_id == cases[i].id);
		assert_true(req.path_n == cases[i].n);
	}
}

static void
other_methods_are_named(void **state)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(1 << 20);
	struct iap_request req = request_of(arena, IAP_METHOD_OTHER, "/api/v1/session");

	(void)state;
	assert_null(iap_route_find(&req));
	assert_string_equal(req.problem.allow, "POST, GET, HEAD, DELETE");
}

/* Reads `query` as the search's parameters; the name of the bad one, or NULL. */
static const char *
read_search(struct iap_arena *arena, const char *query, struct iap_request *req)
{
	struct iap_error err = { 0 };

	*req = request_of(arena, IAP_METHOD_GET, "/api/v1/interactions");
	req->route = iap_route_find(req);
	if (iap_form_parse(arena, query, strlen(query), &req->query, &err) != IAP_OK)
		fail_msg("%s", err.detail);
	if (iap_params_parse(req, &err) == IAP_OK)
		return NULL;
	assert_int_equal(err.status, IAP_INVALID);
	assert_non_null(req->problem.detail);
	assert_non_null(req->problem.parameter);
	return req->problem.parameter;
}

static void
parameters_are_what_was_declared(void **state)
{
	static const struct { const char *query, *bad; } cases[] = {
		{ "", NULL }, { "limit=1", NULL }, { "limit=500", NULL }, { "agent=", NULL },
		{ "from=2021-11-05T14:00:00Z&until=2021-11-06", NULL }, { "sort=-duration", NULL },
		{ "encrypted=true", NULL }, { "attr.a=1&attr.b=2", NULL }, { "agent=&agent=a", NULL },
		{ "limit=0", "limit" }, { "limit=501", "limit" }, { "limit=1e2", "limit" },
		{ "limit=%2B1x", "limit" }, { "from=now", "from" }, { "until=2021-13-01", "until" },
		{ "sort=id", "sort" }, { "state=OK", "state" }, { "encrypted=yes", "encrypted" },
		{ "duration_min_ms=1.5", "duration_min_ms" }, { "agent=a&agent=a", "agent" },
		{ "attr.a=1&attr.a=1", "attr.a" }, { "attr.=1", "attr." }, { "agent=a%0ab", "agent" },
		{ "colour=red", "colour" }, { "attr=1", "attr" }, { "Limit=1", "Limit" },
	};
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(1 << 20);

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(cases); i++) {
		struct iap_request req;
		const char *bad = read_search(arena, cases[i].query, &req);

		if (cases[i].bad == NULL && bad != NULL)
			fail_msg("%s: %s", cases[i].query, req.problem.detail);
		if (cases[i].bad != NULL && (bad == NULL || strcmp(bad, cases[i].bad) != 0))
			fail_msg("%s: %s", cases[i].query, bad != NULL ? bad : "taken");
	}
}

static void
values_arrive_as_typed(void **state)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(1 << 20);
	const struct iap_param *values;
	struct iap_request req;

	(void)state;
	assert_null(read_search(arena, "from=2021-11-05T14:00:02.5Z&until=1970-01-01&limit=17"
	    "&encrypted=0&sort=duration&agent=Zo%C3%AB&attr.Case+No=A%26B", &req));
	values = req.params.values;
	assert_true(values[IAP_SEARCH_FROM].number == 1636120802500);
	/* A day that ends: the whole first of January. */
	assert_true(values[IAP_SEARCH_UNTIL].number == 86400000);
	assert_int_equal(values[IAP_SEARCH_LIMIT].number, 17);
	assert_true(iap_param_number(&values[IAP_SEARCH_ENCRYPTED]).set);
	assert_int_equal(values[IAP_SEARCH_ENCRYPTED].number, 0);
	assert_int_equal(values[IAP_SEARCH_SORT].number, 2);
	assert_string_equal(values[IAP_SEARCH_AGENT].text, "Zo\xc3\xab");
	assert_false(iap_param_number(&values[IAP_SEARCH_DURATION_MIN]).set);
	assert_int_equal(req.params.attribute_count, 1);
	assert_string_equal(req.params.attributes[0].name, "Case No");
	assert_string_equal(req.params.attributes[0].value, "A&B");
}

static void
only_this_site_is_come_back_to(void **state)
{
	static const char *const good[] = { "/", "/interactions?agent=a%20b&x=1", "/interactions/7" };
	static const char *const bad[] = { "", "interactions", "//evil.example", "/\\evil.example",
		"https://evil.example", "/a b", "/a\nb", "/\xc3\xa9", "javascript:alert(1)" };

	(void)state;
	for (size_t i = 0; i < IAP_LENGTH(good); i++)
		assert_true(iap_page_check_path(good[i]));
	for (size_t i = 0; i < IAP_LENGTH(bad); i++)
		assert_false(iap_page_check_path(bad[i]));
	assert_false(iap_page_check_path(NULL));
}

static void
the_environment_is_read_by_whole_names(void **state)
{
	char request_id[] = "REQUEST_ID=1", id[] = "ID=2", empty[] = "HTTP_HOST=";
	char *const environment[] = { request_id, id, empty, NULL };

	(void)state;
	assert_string_equal(iap_environment_find(environment, "ID"), "2");
	assert_string_equal(iap_environment_find(environment, "REQUEST_ID"), "1");
	assert_null(iap_environment_find(environment, "HTTP_HOST"));
	assert_null(iap_environment_find(environment, "REQUEST"));
	assert_null(iap_environment_find(NULL, "ID"));
}

static void
what_is_bare_is_answered_all_the_same(void **state)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(1 << 24);
	char uri[] = "REQUEST_URI=/%zz", method[] = "REQUEST_METHOD=GET";
	char *const nothing[] = { NULL }, *const malformed[] = { uri, method, NULL };
	struct iap_server server = { .settings.web_time_zone = "UTC" };
	const char *srcdir = getenv("srcdir");
	struct iap_error err = { 0 };
	struct iap_response res;
	struct iap_buf text;

	(void)state;
	assert_int_equal(iap_templates_load(iap_arena_format(arena, "%s/templates",
	    srcdir != NULL ? srcdir : "."), "UTC", &server.templates, &err), IAP_OK);
	iap_dispatch(&server, arena, malformed, "", 0, &res);
	assert_int_equal(res.status, 400);
	iap_dispatch(&server, arena, nothing, "", 0, &res);
	assert_int_equal(res.status, 405);
	iap_buf_open(&text, arena);
	iap_response_format(&res, true, &text);
	assert_non_null(strstr(text.bytes, "Strict-Transport-Security: max-age=31536000\r\n"));
	assert_true(strncmp(text.bytes, "Status: 405 ", 12) == 0);
	iap_templates_free(&server.templates);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_route_is_whole),
		cmocka_unit_test(addresses_lead_to_their_route),
		cmocka_unit_test(other_methods_are_named),
		cmocka_unit_test(parameters_are_what_was_declared),
		cmocka_unit_test(values_arrive_as_typed),
		cmocka_unit_test(only_this_site_is_come_back_to),
		cmocka_unit_test(the_environment_is_read_by_whole_names),
		cmocka_unit_test(what_is_bare_is_answered_all_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
