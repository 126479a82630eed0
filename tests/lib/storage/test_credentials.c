/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Credentials as the platforms give them, from services on this machine that
 * answer as the manuals of AWS and Azure say: tests/support/fault-store.mjs.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "fetch/fetch.h"
#include "storage/credentials.h"
#include "tests/support/store.h"

enum { THREADS = 8 };

/* Everything that providers look at. */
static const char *const variables[] = {
	"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
	"AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME",
	"AWS_ENDPOINT_URL_STS", "AWS_SHARED_CREDENTIALS_FILE", "AWS_PROFILE", "HOME",
	"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
	"AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
	"AWS_EC2_METADATA_SERVICE_ENDPOINT", "AWS_EC2_METADATA_DISABLED",
	"AZURE_FEDERATED_TOKEN_FILE", "AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_AUTHORITY_HOST",
	"IDENTITY_ENDPOINT", "IDENTITY_HEADER", "AZURE_POD_IDENTITY_AUTHORITY_HOST",
};

struct fixture {
	struct iap_arena *arena;
	const char *base; /* of the services */
};

static int
begin(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);

	fixture->arena = iap_arena_new(1 << 20);
	fixture->base = getenv("IAP_TEST_STORE_ENDPOINT");
	for (size_t i = 0; i < IAP_LENGTH(variables); i++)
		unsetenv(variables[i]);
	setenv("AWS_EC2_METADATA_DISABLED", "true", 1);
	*state = fixture;
	return 0;
}

static int
end(void **state)
{
	struct fixture *fixture = *state;

	iap_arena_free(&fixture->arena);
	free(fixture);
	return 0;
}

/* Sets a variable to the address of a service. */
static void
set_url(const struct fixture *fixture, const char *name, const char *path)
{
	setenv(name, iap_arena_format(fixture->arena, "%s%s", fixture->base, path), 1);
}

/* Sets a variable to the path of a file that holds `text`. */
static void
set_file(const struct fixture *fixture, const char *name, const char *text)
{
	const char *path = test_store_file(fixture->arena, name);
	struct iap_error err = { 0 };

	assert_int_equal(iap_file_save(path, 0600, text, strlen(text), &err), IAP_OK);
	setenv(name, path, 1);
}

static enum iap_status
find_once(const struct fixture *fixture, const struct iap_credentials_provider *providers,
    const char *file, struct iap_credential *out, struct iap_error *err)
{
	const struct iap_credentials_conf conf = { .region = "eu-west-1", .file = file };
	struct iap_credentials *credentials = iap_credentials_open(&conf, providers);
	enum iap_status status = iap_credentials_find(credentials, fixture->arena, 0, out, err);

	iap_credentials_close(&credentials);
	return status;
}

static uint64_t
count_of(const struct fixture *fixture, const char *path)
{
	struct iap_fetch_conf conf = { .plain = true };
	struct iap_fetch *fetch = iap_fetch_open(&conf);
	struct iap_fetch_request request = { .method = "GET", .limit = 100,
		.url = iap_arena_format(fixture->arena, "%s/__count%s", fixture->base, path) };
	struct iap_fetch_answer answer;
	struct iap_error err = { 0 };
	uint64_t count = 0;

	assert_int_equal(iap_fetch_send(fetch, fixture->arena, &request, &answer, &err), IAP_OK);
	assert_true(iap_text_parse_u64(answer.body.bytes, &count));
	iap_fetch_close(&fetch);
	return count;
}

static void
a_file_is_the_only_source_where_one_is_named(void **state)
{
	const struct fixture *fixture = *state;
	struct iap_credential found;
	struct iap_error err = { 0 };

	set_file(fixture, "HOME", "aws_access_key_id = F\naws_secret_access_key = a+/=b\n");
	assert_int_equal(find_once(fixture, iap_credentials_aws, getenv("HOME"), &found, &err), IAP_OK);
	assert_string_equal(found.access_key, "F");
	assert_string_equal(found.secret_key, "a+/=b");
	assert_null(found.token);
	assert_true(iap_text_begins(found.from, "the file /"));
	set_file(fixture, "HOME", "[default]\naccess_key_id = F\nsecret_access_key = s\nsession_token = t\n");
	assert_int_equal(find_once(fixture, iap_credentials_aws, getenv("HOME"), &found, &err), IAP_OK);
	assert_string_equal(found.token, "t");
	setenv("AWS_ACCESS_KEY_ID", "E", 1);
	setenv("AWS_SECRET_ACCESS_KEY", "s", 1);
	set_file(fixture, "HOME", "access_key_id = F\n");
	assert_int_equal(find_once(fixture, iap_credentials_aws, getenv("HOME"), &found, &err),
	    IAP_UNAVAILABLE);
	assert_non_null(strstr(err.detail, "has no access_key_id and secret_access_key"));
	assert_int_equal(find_once(fixture, iap_credentials_aws, "/nowhere", &found, &err),
	    IAP_UNAVAILABLE);
}

static void
the_environment_comes_first(void **state)
{
	const struct fixture *fixture = *state;
	struct iap_credential found;
	struct iap_error err = { 0 };

	setenv("AWS_ACCESS_KEY_ID", "E", 1);
	setenv("AWS_SECRET_ACCESS_KEY", "s", 1);
	set_url(fixture, "AWS_CONTAINER_CREDENTIALS_FULL_URI", "/container-short");
	assert_int_equal(find_once(fixture, iap_credentials_aws, NULL, &found, &err), IAP_OK);
	assert_string_equal(found.access_key, "E");
	assert_string_equal(getenv("AWS_SECRET_ACCESS_KEY"), "s");
}

static void
a_web_identity_becomes_a_role(void **state)
{
	const struct fixture *fixture = *state;
	struct iap_credential found;
	struct iap_error err = { 0 };

	set_file(fixture, "AWS_WEB_IDENTITY_TOKEN_FILE", "jwt+/=\n");
	setenv("AWS_ROLE_ARN", "arn:aws:iam::1:role/x y", 1);
	set_url(fixture, "AWS_ENDPOINT_URL_STS", "/sts");
	assert_int_equal(find_once(fixture, iap_credentials_aws, NULL, &found, &err), IAP_OK);
	assert_string_equal(found.access_key, "arn:aws:iam::1:role/x y");
	assert_string_equal(found.token, "t");
	assert_true(found.until_ms > iap_clock_now_ms() + 3500000);
	set_file(fixture, "AWS_WEB_IDENTITY_TOKEN_FILE", "another");
	assert_int_equal(find_once(fixture, iap_credentials_aws, NULL, &found, &err), IAP_UNAVAILABLE);
	assert_non_null(strstr(err.detail, "web identity: the token service answered 400 "
	    "InvalidIdentityToken: not that one"));
}

static void
a_profile_is_chosen_by_name(void **state)
{
	const struct fixture *fixture = *state;
	struct iap_credential found;
	struct iap_error err = { 0 };

	set_file(fixture, "AWS_SHARED_CREDENTIALS_FILE", "[default]\naws_access_key_id = D\n"
	    "aws_secret_access_key = d\n\n[other]\naws_access_key_id = O\naws_secret_access_key = o\n");
	assert_int_equal(find_once(fixture, iap_credentials_aws, NULL, &found, &err), IAP_OK);
	assert_string_equal(found.access_key, "D");
	setenv("AWS_PROFILE", "other", 1);
	assert_int_equal(find_once(fixture, iap_credentials_aws, NULL, &found, &err), IAP_OK);
	assert_string_equal(found.access_key, "O");
	setenv("AWS_PROFILE", "third", 1);
	assert_int_equal(find_once(fixture, iap_credentials_aws, NULL, &found, &err), IAP_UNAVAILABLE);
	assert_non_null(strstr(err.detail, "no keys for profile third"));
}

static void
a_container_asks_its_agent(void **state)
{
	const struct fixture *fixture = *state;
	struct iap_credential found;
	struct iap_error err = { 0 };

	set_url(fixture, "AWS_CONTAINER_CREDENTIALS_FULL_URI", "/container");
	assert_int_equal(find_once(fixture, iap_credentials_aws, NULL, &found, &err), IAP_UNAVAILABLE);
	assert_non_null(strstr(err.detail, "the container: answered 401: who are you?"));
	set_file(fixture, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "pod");
	assert_int_equal(find_once(fixture, iap_credentials_aws, NULL, &found, &err), IAP_OK);
	assert_string_equal(found.secret_key, "secret");
	setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1.example.org/x", 1);
	assert_int_equal(find_once(fixture, iap_credentials_aws, NULL, &found, &err), IAP_UNAVAILABLE);
	assert_non_null(strstr(err.detail, "neither https nor this machine"));
}

static void
an_instance_is_asked_in_version_2_only(void **state)
{
	const struct fixture *fixture = *state;
	struct iap_credential found;
	struct iap_error err = { 0 };

	unsetenv("AWS_EC2_METADATA_DISABLED");
	set_url(fixture, "AWS_EC2_METADATA_SERVICE_ENDPOINT", "/imds");
	assert_int_equal(find_once(fixture, iap_credentials_aws, NULL, &found, &err), IAP_OK);
	assert_string_equal(found.access_key, "AK1");
	assert_string_equal(found.from, "instance metadata");
	set_url(fixture, "AWS_EC2_METADATA_SERVICE_ENDPOINT", "/imds1");
	assert_int_equal(find_once(fixture, iap_credentials_aws, NULL, &found, &err), IAP_UNAVAILABLE);
	assert_non_null(strstr(err.detail, "IMDSv2 gave no session: 403"));
	assert_int_equal(count_of(fixture, "/imds1/latest/meta-data/iam/security-credentials/"), 0);
	set_url(fixture, "AWS_EC2_METADATA_SERVICE_ENDPOINT", "/norole");
	assert_int_equal(find_once(fixture, iap_credentials_aws, NULL, &found, &err), IAP_UNAVAILABLE);
	assert_non_null(strstr(err.detail, "there are no credentials: asked sources.d, the environment, "
	    "web identity, the shared profile, the container, instance metadata"));
	/* Nobody there: a machine that is no instance at all. */
	setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1", 1);
	assert_int_equal(find_once(fixture, iap_credentials_aws, NULL, &found, &err), IAP_UNAVAILABLE);
	assert_non_null(strstr(err.detail, "there are no credentials"));
}

static void
they_are_refreshed_before_they_end(void **state)
{
	const struct fixture *fixture = *state;
	const struct iap_credentials_conf conf = { .region = "eu-west-1" };
	struct iap_credentials *credentials = iap_credentials_open(&conf, iap_credentials_aws);
	struct iap_credential first, second;
	struct iap_error err = { 0 };

	set_url(fixture, "AWS_CONTAINER_CREDENTIALS_FULL_URI", "/container");
	setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "pod", 1);
	assert_int_equal(iap_credentials_find(credentials, fixture->arena, 0, &first, &err), IAP_OK);
	assert_int_equal(iap_credentials_find(credentials, fixture->arena, 0, &second, &err), IAP_OK);
	assert_true(first.number == second.number);
	/* One that the store refused is not given again. */
	assert_int_equal(iap_credentials_find(credentials, fixture->arena, first.number, &second, &err),
	    IAP_OK);
	assert_true(first.number != second.number);
	assert_string_not_equal(first.access_key, second.access_key);
	iap_credentials_close(&credentials);
	/* With a minute left each use asks for the next. */
	set_url(fixture, "AWS_CONTAINER_CREDENTIALS_FULL_URI", "/container-short");
	credentials = iap_credentials_open(&conf, iap_credentials_aws);
	assert_int_equal(iap_credentials_find(credentials, fixture->arena, 0, &first, &err), IAP_OK);
	assert_int_equal(iap_credentials_find(credentials, fixture->arena, 0, &second, &err), IAP_OK);
	assert_true(first.number != second.number);
	iap_credentials_close(&credentials);
	/* When that fails, the old one serves as long as it holds, and the agent is left alone. */
	set_url(fixture, "AWS_CONTAINER_CREDENTIALS_FULL_URI", "/container-dying");
	credentials = iap_credentials_open(&conf, iap_credentials_aws);
	assert_int_equal(iap_credentials_find(credentials, fixture->arena, 0, &first, &err), IAP_OK);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(iap_credentials_find(credentials, fixture->arena, 0, &second, &err), IAP_OK);
		assert_true(first.number == second.number);
	}
	assert_int_equal(count_of(fixture, "/container-dying"), 2);
	iap_credentials_close(&credentials);
}

static void *
find_in_thread(void *context)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(65536);
	struct iap_credential found;
	struct iap_error err = { 0 };

	return iap_credentials_find(context, arena, 0, &found, &err) == IAP_OK &&
	    strcmp(found.access_key, "AK1") == 0 ? context : NULL;
}

static void
one_thread_refreshes_for_all(void **state)
{
	const struct fixture *fixture = *state;
	const struct iap_credentials_conf conf = { .region = "eu-west-1" };
	struct iap_credentials *credentials = iap_credentials_open(&conf, iap_credentials_aws);
	pthread_t threads[THREADS];

	set_url(fixture, "AWS_CONTAINER_CREDENTIALS_FULL_URI", "/container-slow");
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, find_in_thread, credentials), 0);
	for (size_t i = 0; i < THREADS; i++) {
		void *result = NULL;

		assert_int_equal(pthread_join(threads[i], &result), 0);
		assert_ptr_equal(result, credentials);
	}
	assert_int_equal(count_of(fixture, "/container-slow"), 1);
	iap_credentials_close(&credentials);
}

static void
azure_gives_tokens_to_workloads_apps_and_machines(void **state)
{
	const struct fixture *fixture = *state;
	struct iap_credential found;
	struct iap_error err = { 0 };

	set_url(fixture, "AZURE_POD_IDENTITY_AUTHORITY_HOST", "/azure");
	setenv("AZURE_CLIENT_ID", "c-1", 1);
	assert_int_equal(find_once(fixture, iap_credentials_azure, NULL, &found, &err), IAP_OK);
	assert_string_equal(found.bearer, "managed c-1");
	assert_true(found.until_ms > iap_clock_now_ms() + 3500000);
	set_url(fixture, "IDENTITY_ENDPOINT", "/app");
	setenv("IDENTITY_HEADER", "hush", 1);
	assert_int_equal(find_once(fixture, iap_credentials_azure, NULL, &found, &err), IAP_OK);
	assert_string_equal(found.bearer, "app");
	assert_true(found.until_ms == INT64_C(4000000000000));
	set_file(fixture, "AZURE_FEDERATED_TOKEN_FILE", "jwt+/=");
	setenv("AZURE_TENANT_ID", "tenant", 1);
	set_url(fixture, "AZURE_AUTHORITY_HOST", "/");
	assert_int_equal(find_once(fixture, iap_credentials_azure, NULL, &found, &err), IAP_OK);
	assert_string_equal(found.bearer, "workload c-1");
	set_file(fixture, "AZURE_FEDERATED_TOKEN_FILE", "another");
	assert_int_equal(find_once(fixture, iap_credentials_azure, NULL, &found, &err), IAP_UNAVAILABLE);
	assert_non_null(strstr(err.detail, "workload identity: answered 401: AADSTS700016"));
}

static void
an_azure_file_has_one_secret(void **state)
{
	const struct fixture *fixture = *state;
	struct iap_credential found;
	struct iap_error err = { 0 };

	set_file(fixture, "HOME", "sas = ?sv=2021-12-02&se=2030-01-01&sig=a%2Bb%3D\n");
	assert_int_equal(find_once(fixture, iap_credentials_azure, getenv("HOME"), &found, &err), IAP_OK);
	assert_string_equal(found.sas, "sv=2021-12-02&se=2030-01-01&sig=a%2Bb%3D");
	set_file(fixture, "HOME", "account_key = a==\nsas = b\n");
	assert_int_equal(find_once(fixture, iap_credentials_azure, getenv("HOME"), &found, &err),
	    IAP_UNAVAILABLE);
	assert_non_null(strstr(err.detail, "either account_key or sas"));
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_file_is_the_only_source_where_one_is_named, begin, end),
		cmocka_unit_test_setup_teardown(the_environment_comes_first, begin, end),
		cmocka_unit_test_setup_teardown(a_web_identity_becomes_a_role, begin, end),
		cmocka_unit_test_setup_teardown(a_profile_is_chosen_by_name, begin, end),
		cmocka_unit_test_setup_teardown(a_container_asks_its_agent, begin, end),
		cmocka_unit_test_setup_teardown(an_instance_is_asked_in_version_2_only, begin, end),
		cmocka_unit_test_setup_teardown(they_are_refreshed_before_they_end, begin, end),
		cmocka_unit_test_setup_teardown(one_thread_refreshes_for_all, begin, end),
		cmocka_unit_test_setup_teardown(azure_gives_tokens_to_workloads_apps_and_machines, begin, end),
		cmocka_unit_test_setup_teardown(an_azure_file_has_one_secret, begin, end),
	};

	(void)argc;
	test_store_begin("faults", argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
