/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where programs on Azure find their credentials: a file named in sources.d
 * (account key or shared access signature) and else workload identity
 * (Kubernetes), then managed identity (App Service, virtual machines).
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "http/percent.h"
#include "storage/credentials_ask.h"

/* For what the tokens are asked. */
static const char resource[] = "https%3A%2F%2Fstorage.azure.com%2F";

static const char *
find_value(const struct iap_ini *ini, const char *key)
{
	const struct iap_ini_entry *entry = iap_ini_find(ini, "", key);

	return entry == NULL || entry->value[0] == '\0' ? NULL : entry->value;
}

static enum iap_status
find_in_file(const struct iap_credentials_conf *conf, struct iap_arena *arena,
    struct iap_credential *out, struct iap_error *err)
{
	struct iap_ini ini;

	if (iap_credentials_load_conf(conf, arena, &ini, out, err) != IAP_OK)
		return err->status;
	out->account_key = find_value(&ini, "account_key");
	out->sas = find_value(&ini, "sas");
	if (out->sas != NULL && out->sas[0] == '?')
		out->sas++;
	if ((out->account_key == NULL) == (out->sas == NULL))
		return iap_error_set(err, IAP_UNAVAILABLE, "%s has to have either account_key or sas",
		    conf->file);
	return IAP_OK;
}

/* access_token, and when it ends: at a time (expires_on) or after a while (expires_in). */
static enum iap_status
read_token(const struct iap_json *json, struct iap_credential *out, struct iap_error *err)
{
	int64_t seconds;

	out->bearer = iap_json_text(iap_json_find(json, "access_token"));
	if (iap_json_i64(iap_json_find(json, "expires_on"), &seconds))
		out->until_ms = seconds * 1000;
	else if (iap_json_i64(iap_json_find(json, "expires_in"), &seconds))
		out->until_ms = iap_clock_now_ms() + seconds * 1000;
	if (out->bearer == NULL || out->until_ms == 0)
		return iap_error_set(err, IAP_UNAVAILABLE, "the answer lacks a part of the token");
	return IAP_OK;
}

/* A federated token of the cluster for one of Entra ID (RFC 7523 section 2.2). */
static enum iap_status
find_by_workload(const struct iap_credentials_conf *conf, struct iap_arena *arena,
    struct iap_credential *out, struct iap_error *err)
{
	const char *path = iap_credentials_env("AZURE_FEDERATED_TOKEN_FILE");
	const char *client = iap_credentials_env("AZURE_CLIENT_ID");
	const char *tenant = iap_credentials_env("AZURE_TENANT_ID");
	const char *authority = iap_credentials_env("AZURE_AUTHORITY_HOST"), *token, *body;
	struct iap_json *json;

	if (path == NULL || client == NULL || tenant == NULL)
		return iap_credentials_refuse(err);
	if (authority == NULL)
		authority = "https://login.microsoftonline.com/";
	if (iap_credentials_load(arena, path, &token, err) != IAP_OK)
		return err->status;
	body = iap_arena_format(arena, "grant_type=client_credentials&client_id=%s"
	    "&scope=%s.default&client_assertion_type="
	    "urn%%3Aietf%%3Aparams%%3Aoauth%%3Aclient-assertion-type%%3Ajwt-bearer"
	    "&client_assertion=%s", iap_percent_format(arena, client), resource,
	    iap_percent_format(arena, token));
	if (iap_credentials_ask_json(conf, arena, iap_text_begins(authority, "http://") ?
	    IAP_CREDENTIALS_BY_MACHINE : IAP_CREDENTIALS_BY_HTTPS, &(struct iap_fetch_request){
		.method = "POST",
		.url = iap_arena_format(arena, "%s%s%s/oauth2/v2.0/token", authority,
		    iap_text_ends(authority, "/") ? "" : "/", iap_percent_format(arena, tenant)),
		.body = body,
		.body_size = strlen(body),
	    }, &json, err) != IAP_OK) {
		err->status = IAP_UNAVAILABLE;
		return IAP_UNAVAILABLE;
	}
	return read_token(json, out, err);
}

static const char *
client_query(struct iap_arena *arena)
{
	const char *client = iap_credentials_env("AZURE_CLIENT_ID");

	return client == NULL ? "" :
	    iap_arena_format(arena, "&client_id=%s", iap_percent_format(arena, client));
}

/* App Service and its relatives: address and secret are in the environment. */
static enum iap_status
find_in_app_service(const struct iap_credentials_conf *conf, struct iap_arena *arena,
    struct iap_credential *out, struct iap_error *err)
{
	const char *endpoint = iap_credentials_env("IDENTITY_ENDPOINT");
	const char *secret = iap_credentials_env("IDENTITY_HEADER"), *header;
	struct iap_json *json;

	if (endpoint == NULL || secret == NULL)
		return iap_credentials_refuse(err);
	header = iap_arena_format(arena, "X-IDENTITY-HEADER: %s", secret);
	if (iap_credentials_ask_json(conf, arena, IAP_CREDENTIALS_BY_MACHINE,
	    &(struct iap_fetch_request){
		.method = "GET",
		.url = iap_arena_format(arena, "%s?api-version=2019-08-01&resource=%s%s",
		    endpoint, resource, client_query(arena)),
		.headers = &header,
		.header_count = 1,
	    }, &json, err) != IAP_OK) {
		err->status = IAP_UNAVAILABLE;
		return IAP_UNAVAILABLE;
	}
	return read_token(json, out, err);
}

/* Virtual machines: the Instance Metadata Service. */
static enum iap_status
find_in_instance(const struct iap_credentials_conf *conf, struct iap_arena *arena,
    struct iap_credential *out, struct iap_error *err)
{
	static const char *const header = "Metadata: true";
	const char *base = iap_credentials_env("AZURE_POD_IDENTITY_AUTHORITY_HOST");
	struct iap_json *json;

	if (iap_credentials_ask_json(conf, arena, IAP_CREDENTIALS_BY_MACHINE,
	    &(struct iap_fetch_request){
		.method = "GET",
		.url = iap_arena_format(arena, "%s/metadata/identity/oauth2/token?api-version=2018-02-01"
		    "&resource=%s%s", base == NULL ? "http://169.254.169.254" : base, resource,
		    client_query(arena)),
		.headers = &header,
		.header_count = 1,
	    }, &json, err) != IAP_OK)
		return err->status;
	return read_token(json, out, err);
}

/* Where a file is named nothing else is asked: find_in_file() never says "not here" then. */
const struct iap_credentials_provider iap_credentials_azure[] = {
	{ "sources.d", find_in_file },
	{ "workload identity", find_by_workload },
	{ "the App Service's identity", find_in_app_service },
	{ "managed identity", find_in_instance },
	{ NULL, NULL },
};
