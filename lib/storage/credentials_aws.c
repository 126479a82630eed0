/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where AWS programs find their credentials, in the order of the AWS SDKs
 * ("AWS SDKs and Tools Reference Guide: standardized credential providers"):
 * environment, web identity, shared profile, container, instance. A file named
 * in sources.d comes before all of them and is then the only one.
 */
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "http/date.h"
#include "http/percent.h"
#include "storage/credentials_ask.h"
#include "xml/xml.h"

/* The value of `key`, with or without "aws_" before it. */
static const char *
find_key(struct iap_arena *arena, const struct iap_ini *ini, const char *section, const char *key)
{
	const struct iap_ini_entry *entry =
	    iap_ini_find(ini, section, iap_arena_format(arena, "aws_%s", key));

	if (entry == NULL)
		entry = iap_ini_find(ini, section, key);
	return entry == NULL || entry->value[0] == '\0' ? NULL : entry->value;
}

static bool
read_keys(struct iap_arena *arena, const struct iap_ini *ini, const char *section,
    struct iap_credential *out)
{
	out->access_key = find_key(arena, ini, section, "access_key_id");
	out->secret_key = find_key(arena, ini, section, "secret_access_key");
	out->token = find_key(arena, ini, section, "session_token");
	return out->access_key != NULL && out->secret_key != NULL;
}

static enum iap_status
find_in_file(const struct iap_credentials_conf *conf, struct iap_arena *arena,
    struct iap_credential *out, struct iap_error *err)
{
	struct iap_ini ini;

	if (iap_credentials_load_conf(conf, arena, &ini, out, err) != IAP_OK)
		return err->status;
	if (!read_keys(arena, &ini, "", out) && !read_keys(arena, &ini, "default", out))
		return iap_error_set(err, IAP_UNAVAILABLE, "%s has no access_key_id and "
		    "secret_access_key", conf->file);
	return IAP_OK;
}

static enum iap_status
find_in_environment(const struct iap_credentials_conf *conf, struct iap_arena *arena,
    struct iap_credential *out, struct iap_error *err)
{
	(void)conf;
	(void)arena;
	out->access_key = iap_credentials_env("AWS_ACCESS_KEY_ID");
	out->secret_key = iap_credentials_env("AWS_SECRET_ACCESS_KEY");
	out->token = iap_credentials_env("AWS_SESSION_TOKEN");
	return out->access_key != NULL && out->secret_key != NULL ? IAP_OK :
	    iap_credentials_refuse(err);
}

/* AssumeRoleWithWebIdentity ("AWS Security Token Service API Reference", 2011-06-15). */
static enum iap_status
read_role(struct iap_arena *arena, const struct iap_fetch_answer *answer,
    struct iap_credential *out, struct iap_error *err)
{
	const struct iap_xml *found;
	struct iap_xml *root = NULL;

	if (answer->body.length == 0 || iap_xml_parse(arena, answer->body.bytes,
	    answer->body.length, &root, err) != IAP_OK)
		return iap_error_set(err, IAP_UNAVAILABLE, "the token service answered %u",
		    answer->code);
	if (answer->code != 200) {
		found = iap_xml_find(root, "Error");
		return iap_error_set(err, IAP_UNAVAILABLE, "the token service answered %u %.60s: %.200s",
		    answer->code, found == NULL ? "" : iap_xml_text(found, "Code"),
		    found == NULL ? "" : iap_xml_text(found, "Message"));
	}
	found = iap_xml_find(iap_xml_find(root, "AssumeRoleWithWebIdentityResult"), "Credentials");
	out->access_key = iap_xml_text(found, "AccessKeyId");
	out->secret_key = iap_xml_text(found, "SecretAccessKey");
	out->token = iap_xml_text(found, "SessionToken");
	if (out->access_key == NULL || out->secret_key == NULL || out->token == NULL ||
	    iap_xml_text(found, "Expiration") == NULL ||
	    !iap_http_time_parse(iap_xml_text(found, "Expiration"), &out->until_ms))
		return iap_error_set(err, IAP_UNAVAILABLE,
		    "the token service's answer lacks a part of the credentials");
	return IAP_OK;
}

static enum iap_status
find_by_web_identity(const struct iap_credentials_conf *conf, struct iap_arena *arena,
    struct iap_credential *out, struct iap_error *err)
{
	const char *path = iap_credentials_env("AWS_WEB_IDENTITY_TOKEN_FILE");
	const char *role = iap_credentials_env("AWS_ROLE_ARN"), *token, *body;
	const char *name = iap_credentials_env("AWS_ROLE_SESSION_NAME");
	const char *url = iap_credentials_env("AWS_ENDPOINT_URL_STS");
	struct iap_fetch_answer answer;

	if (path == NULL || role == NULL)
		return iap_credentials_refuse(err);
	if (url == NULL)
		url = iap_arena_format(arena, "https://sts.%s.amazonaws.com/", conf->region);
	if (iap_credentials_load(arena, path, &token, err) != IAP_OK)
		return err->status;
	body = iap_arena_format(arena, "Action=AssumeRoleWithWebIdentity&Version=2011-06-15"
	    "&RoleArn=%s&RoleSessionName=%s&WebIdentityToken=%s", iap_percent_format(arena, role),
	    iap_percent_format(arena, name == NULL ? "iap" : name),
	    iap_percent_format(arena, token));
	if (iap_credentials_ask(conf, arena, iap_text_begins(url, "http://") ?
	    IAP_CREDENTIALS_BY_MACHINE : IAP_CREDENTIALS_BY_HTTPS, &(struct iap_fetch_request){
		.method = "POST",
		.url = url,
		.body = body,
		.body_size = strlen(body),
	    }, &answer, err) != IAP_OK)
		return iap_error_set(err, IAP_UNAVAILABLE, "%s: %s", url, answer.cause);
	return read_role(arena, &answer, out, err);
}

static enum iap_status
find_in_profile(const struct iap_credentials_conf *conf, struct iap_arena *arena,
    struct iap_credential *out, struct iap_error *err)
{
	const char *path = iap_credentials_env("AWS_SHARED_CREDENTIALS_FILE");
	const char *profile = iap_credentials_env("AWS_PROFILE");
	const char *home = iap_credentials_env("HOME");
	struct iap_ini ini;

	(void)conf;
	if (path == NULL && home == NULL)
		return iap_credentials_refuse(err);
	if (path == NULL)
		path = iap_arena_format(arena, "%s/.aws/credentials", home);
	if (iap_ini_load(arena, path, &ini, err) != IAP_OK) {
		if (err->status == IAP_NOT_FOUND || profile != NULL)
			return err->status;
		return iap_credentials_refuse(err);
	}
	out->from = iap_arena_format(arena, "%s", path);
	if (read_keys(arena, &ini, profile == NULL ? "default" : profile, out))
		return IAP_OK;
	return profile == NULL ? iap_credentials_refuse(err) :
	    iap_error_set(err, IAP_UNAVAILABLE, "%s has no keys for profile %s", path, profile);
}

/* The document that containers and instances are given. */
static enum iap_status
read_document(const struct iap_json *json, struct iap_credential *out, struct iap_error *err)
{
	const char *until = iap_json_text(iap_json_find(json, "Expiration"));

	out->access_key = iap_json_text(iap_json_find(json, "AccessKeyId"));
	out->secret_key = iap_json_text(iap_json_find(json, "SecretAccessKey"));
	out->token = iap_json_text(iap_json_find(json, "Token"));
	if (out->access_key == NULL || out->secret_key == NULL || out->token == NULL ||
	    until == NULL || !iap_http_time_parse(until, &out->until_ms))
		return iap_error_set(err, IAP_UNAVAILABLE, "the answer lacks a part of the credentials");
	return IAP_OK;
}

/* Hosts that a container may be sent to over plain http, as the SDKs allow them. */
static bool
check_container_url(const char *url)
{
	static const char *const allowed[] = {
		"https://", "http://127.0.0.1", "http://localhost", "http://[::1]",
		"http://169.254.170.2", "http://169.254.170.23", "http://[fd00:ec2::23]",
	};

	for (size_t i = 0; i < IAP_LENGTH(allowed); i++) {
		const char *rest = url + strlen(allowed[i]);

		if (iap_text_begins(url, allowed[i]) && (i == 0 || strchr(":/?", *rest) != NULL))
			return true;
	}
	return false;
}

static enum iap_status
find_in_container(const struct iap_credentials_conf *conf, struct iap_arena *arena,
    struct iap_credential *out, struct iap_error *err)
{
	const char *path = iap_credentials_env("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
	const char *url = iap_credentials_env("AWS_CONTAINER_CREDENTIALS_FULL_URI");
	const char *token = iap_credentials_env("AWS_CONTAINER_AUTHORIZATION_TOKEN"), *header;
	const char *file = iap_credentials_env("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
	struct iap_json *json;

	if (path != NULL)
		url = iap_arena_format(arena, "http://169.254.170.2%s", path);
	if (url == NULL)
		return iap_credentials_refuse(err);
	if (!check_container_url(url))
		return iap_error_set(err, IAP_UNAVAILABLE,
		    "AWS_CONTAINER_CREDENTIALS_FULL_URI is neither https nor this machine");
	if (file != NULL && iap_credentials_load(arena, file, &token, err) != IAP_OK)
		return err->status;
	header = iap_arena_format(arena, "Authorization: %s", token == NULL ? "" : token);
	if (iap_credentials_ask_json(conf, arena, iap_text_begins(url, "https://") ?
	    IAP_CREDENTIALS_BY_HTTPS : IAP_CREDENTIALS_BY_MACHINE, &(struct iap_fetch_request){
		.method = "GET",
		.url = url,
		.headers = &header,
		.header_count = token != NULL,
	    }, &json, err) != IAP_OK) {
		err->status = IAP_UNAVAILABLE;
		return IAP_UNAVAILABLE;
	}
	return read_document(json, out, err);
}

/* IMDSv2: without a session's token nothing is asked; version 1 is never spoken. */
static enum iap_status
find_in_instance(const struct iap_credentials_conf *conf, struct iap_arena *arena,
    struct iap_credential *out, struct iap_error *err)
{
	static const char *const ttl = "X-aws-ec2-metadata-token-ttl-seconds: 21600";
	const char *base = iap_credentials_env("AWS_EC2_METADATA_SERVICE_ENDPOINT"), *header, *url;
	const char *disabled = iap_credentials_env("AWS_EC2_METADATA_DISABLED");
	struct iap_fetch_request request = { .method = "PUT", .headers = &ttl, .header_count = 1 };
	struct iap_fetch_answer answer;
	struct iap_json *json;

	if (disabled != NULL && strcmp(disabled, "true") == 0)
		return iap_credentials_refuse(err);
	if (base == NULL)
		base = "http://169.254.169.254";
	request.url = iap_arena_format(arena, "%s/latest/api/token", base);
	if (iap_credentials_ask(conf, arena, IAP_CREDENTIALS_BY_MACHINE, &request, &answer, err) !=
	    IAP_OK)
		return err->status;
	if (answer.code != 200 || answer.body.length == 0)
		return iap_error_set(err, IAP_UNAVAILABLE, "IMDSv2 gave no session: %u", answer.code);
	header = iap_arena_format(arena, "X-aws-ec2-metadata-token: %s", answer.body.bytes);
	url = iap_arena_format(arena, "%s/latest/meta-data/iam/security-credentials/", base);
	request = (struct iap_fetch_request){ .method = "GET", .url = url, .headers = &header,
	    .header_count = 1 };
	if (iap_credentials_ask(conf, arena, IAP_CREDENTIALS_BY_MACHINE, &request, &answer, err) !=
	    IAP_OK)
		return iap_error_set(err, IAP_UNAVAILABLE, "%s", answer.cause);
	if (answer.code == 404)
		return iap_error_set(err, IAP_NOT_FOUND, "the instance has no role");
	if (answer.code != 200 || answer.body.length == 0)
		return iap_error_set(err, IAP_UNAVAILABLE, "answered %u for the role", answer.code);
	request.url = iap_arena_format(arena, "%s%s", url, iap_percent_format(arena,
	    iap_arena_copy_bytes(arena, answer.body.bytes, strcspn(answer.body.bytes, "\r\n"))));
	if (iap_credentials_ask_json(conf, arena, IAP_CREDENTIALS_BY_MACHINE, &request, &json,
	    err) != IAP_OK) {
		err->status = IAP_UNAVAILABLE;
		return IAP_UNAVAILABLE;
	}
	return read_document(json, out, err);
}

/* Where a file is named nothing else is asked: find_in_file() never says "not here" then. */
const struct iap_credentials_provider iap_credentials_aws[] = {
	{ "sources.d", find_in_file },
	{ "the environment", find_in_environment },
	{ "web identity", find_by_web_identity },
	{ "the shared profile", find_in_profile },
	{ "the container", find_in_container },
	{ "instance metadata", find_in_instance },
	{ NULL, NULL },
};
