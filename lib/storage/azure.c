/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Azure Blob Storage (REST API, version 2021-12-02): the account is the first
 * label of the endpoint's host. Requests are signed with the account's key,
 * carry a shared access signature, or a token of Microsoft Entra ID.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "http/date.h"
#include "http/percent.h"
#include "http/stamp.h"
#include "storage/cloud.h"
#include "storage/sign_azure.h"

static const char version[] = "2021-12-02";

enum { SKEW_MS = 5 * 60 * 1000 }; /* less than that is not what Azure minds */

static enum iap_status azure_open(const struct iap_storage_conf *conf, struct iap_storage **out,
    struct iap_error *err);

const struct iap_storage_ops iap_storage_azure = {
	.name = "azure",
	.kept = true,
	.open = azure_open,
	.close = iap_cloud_close,
	.stat = iap_cloud_stat,
	.list = iap_cloud_list,
	.read = iap_cloud_read,
	.load = iap_cloud_load,
};

static const char *
account_of(const struct iap_cloud *cloud, struct iap_arena *arena)
{
	return iap_arena_copy_bytes(arena, cloud->host, strcspn(cloud->host, "."));
}

/* The header Authorization; NULL in *out when the query is what proves the right. */
static enum iap_status
authorize(struct iap_arena *arena, const struct iap_sign_azure *sign,
    const struct iap_credential *credential, char **out, struct iap_error *err)
{
	*out = NULL;
	if (credential->sas != NULL)
		return IAP_OK;
	if (credential->bearer != NULL) {
		*out = iap_arena_format(arena, "Bearer %s", credential->bearer);
		return IAP_OK;
	}
	if (iap_sign_azure_format(arena, sign, out, err) != IAP_OK)
		return iap_error_context(err, "%s", credential->from);
	return IAP_OK;
}

static const char *
url_of(const struct iap_cloud *cloud, struct iap_arena *arena, const struct iap_sign_azure *sign,
    const struct iap_credential *credential)
{
	const char *query = iap_sign_aws_query(arena, sign->query, sign->query_count);
	const char *sas = credential->sas == NULL ? "" : credential->sas;

	return iap_arena_format(arena, "%s://%s%s%s%s%s%s", cloud->scheme, cloud->host, sign->path,
	    query[0] == '\0' && sas[0] == '\0' ? "" : "?", query,
	    query[0] == '\0' || sas[0] == '\0' ? "" : "&", sas);
}

static enum iap_status
azure_prepare(const struct iap_cloud *cloud, struct iap_arena *arena,
    const struct iap_cloud_ask *ask, const struct iap_credential *credential, int64_t time_ms,
    struct iap_fetch_request *out, struct iap_error *err)
{
	struct iap_sign_pair *headers = iap_arena_array(arena, IAP_CLOUD_HEADERS_MAX, sizeof *headers);
	const char **lines = iap_arena_array(arena, IAP_CLOUD_HEADERS_MAX, sizeof *lines);
	struct iap_sign_azure sign = {
		.method = ask->method,
		.account = account_of(cloud, arena),
		.path = iap_sign_aws_path(arena, ask->name == NULL ? cloud->base :
		    iap_arena_format(arena, "%s/%s", cloud->base, ask->name)),
		.query = ask->query,
		.query_count = ask->query_count,
		.headers = headers,
		.account_key = credential->account_key,
	};
	size_t *count = &sign.header_count;
	char *authorization;

	iap_sign_pair_add(headers, count, "x-ms-date", iap_http_stamp_format(arena, time_ms));
	iap_sign_pair_add(headers, count, "x-ms-version", version);
	if (ask->ranged)
		iap_sign_pair_add(headers, count, "x-ms-range",
		    iap_arena_format(arena, "bytes=%llu-%llu",
		    (unsigned long long)ask->first, (unsigned long long)ask->last));
	if (ask->etag != NULL)
		iap_sign_pair_add(headers, count, "If-Match", ask->etag);
	if (authorize(arena, &sign, credential, &authorization, err) != IAP_OK)
		return err->status;
	*out = (struct iap_fetch_request){
		.method = ask->method,
		.url = url_of(cloud, arena, &sign, credential),
		.headers = lines,
		.header_count = *count,
		.into = ask->into,
		.limit = ask->limit,
	};
	for (size_t i = 0; i < *count; i++)
		lines[i] = iap_arena_format(arena, "%s: %s", headers[i].name, headers[i].value);
	if (authorization != NULL)
		lines[out->header_count++] = iap_arena_format(arena, "Authorization: %s", authorization);
	return IAP_OK;
}

/* When a shared access signature ends ("se"); false when it does not say. */
static bool
read_end(struct iap_arena *arena, const char *sas, int64_t *end_ms)
{
	const char *at = iap_text_begins(sas, "se=") ? sas : strstr(sas, "&se=");
	const char *text;

	if (at == NULL)
		return false;
	at = strchr(at, '=') + 1;
	text = iap_percent_parse(arena, at, strcspn(at, "&"), IAP_PERCENT_PLUS_IS_PLUS);
	return text != NULL && (iap_http_time_parse(text, end_ms) ||
	    iap_http_time_parse(iap_arena_format(arena, "%sT00:00:00Z", text), end_ms));
}

static bool
has_ended(const struct iap_cloud *cloud, struct iap_arena *arena,
    const struct iap_credential *credential, int64_t *end_ms)
{
	return credential->sas != NULL && read_end(arena, credential->sas, end_ms) &&
	    *end_ms < iap_clock_now_ms() + atomic_load(&cloud->storage.skew_ms);
}

/* Who we are is not believed. */
static enum iap_cloud_verdict
judge_identity(const struct iap_cloud *cloud, struct iap_arena *arena,
    const struct iap_credential *credential, const struct iap_fetch_answer *answer,
    struct iap_error *err)
{
	int64_t there_ms, here_ms = iap_clock_now_ms() + atomic_load(&cloud->storage.skew_ms), end_ms;

	if (iap_http_stamp_parse(iap_fetch_header(answer, "Date"), &there_ms) &&
	    llabs(there_ms - here_ms) > SKEW_MS) {
		iap_error_set(err, IAP_UNAVAILABLE,
		    "the clock of this machine is too far from the storage's");
		return IAP_CLOUD_SKEWED;
	}
	if (has_ended(cloud, arena, credential, &end_ms))
		iap_error_set(err, IAP_UNAVAILABLE, "the shared access signature from %s ended on %s",
		    credential->from, iap_clock_format(arena, end_ms));
	else if (credential->sas != NULL)
		iap_error_set(err, IAP_UNAVAILABLE, "the shared access signature from %s is not one of "
		    "this account", credential->from);
	else if (credential->bearer != NULL)
		iap_error_set(err, IAP_UNAVAILABLE, "the storage does not accept the token from %s",
		    credential->from);
	else
		iap_error_set(err, IAP_UNAVAILABLE, "the account key of %s from %s is wrong",
		    account_of(cloud, arena), credential->from);
	return IAP_CLOUD_EXPIRED;
}

/* Who we are is believed, but may not do this. */
static void
judge_right(const struct iap_cloud *cloud, struct iap_arena *arena,
    const struct iap_cloud_ask *ask, const struct iap_credential *credential,
    const char *code, struct iap_error *err)
{
	const char *act = ask->name == NULL ? "list the container" : "read it";

	if (credential->sas != NULL && strcmp(code, "AuthorizationFailure") == 0)
		iap_error_set(err, IAP_UNAVAILABLE, "the shared access signature from %s is not one of "
		    "this account, or the account does not let this machine in", credential->from);
	else if (credential->sas != NULL)
		iap_error_set(err, IAP_FORBIDDEN, "the shared access signature from %s does not allow "
		    "to %s", credential->from, act);
	else if (credential->bearer != NULL)
		iap_error_set(err, IAP_FORBIDDEN, "the identity from %s has no permission to %s (role "
		    "Storage Blob Data Reader)", credential->from, act);
	else
		iap_error_set(err, IAP_UNAVAILABLE, "the account key of %s from %s is wrong, or the "
		    "account does not let this machine in (%.60s)", account_of(cloud, arena),
		    credential->from, code);
}

static const char *
code_of(struct iap_arena *arena, const struct iap_fetch_answer *answer)
{
	const char *code = iap_fetch_header(answer, "x-ms-error-code");
	struct iap_error ignored = { 0 };
	struct iap_xml *root;

	if (code == NULL && answer->body.length != 0 && iap_xml_parse(arena, answer->body.bytes,
	    answer->body.length, &root, &ignored) == IAP_OK)
		code = iap_xml_text(root, "Code");
	return code == NULL ? "" : code;
}

static enum iap_cloud_verdict
azure_judge(const struct iap_cloud *cloud, struct iap_arena *arena,
    const struct iap_cloud_ask *ask, const struct iap_credential *credential,
    const struct iap_fetch_answer *answer, struct iap_error *err)
{
	const char *code = code_of(arena, answer);
	int64_t end_ms;

	if (answer->code == 403 && has_ended(cloud, arena, credential, &end_ms))
		return judge_identity(cloud, arena, credential, answer, err);
	if (strcmp(code, "AuthenticationFailed") == 0 ||
	    strcmp(code, "InvalidAuthenticationInfo") == 0 || answer->code == 401)
		return judge_identity(cloud, arena, credential, answer, err);
	if (iap_text_begins(code, "Authorization") || answer->code == 403)
		judge_right(cloud, arena, ask, credential, code, err);
	else if (strcmp(code, "ContainerNotFound") == 0)
		iap_error_set(err, IAP_UNAVAILABLE, "there is no container %s at %s", cloud->container,
		    cloud->host);
	else if (answer->code == 404 && ask->name != NULL)
		iap_error_set(err, IAP_NOT_FOUND, "no such object");
	else if (strcmp(code, "BlobArchived") == 0 || strcmp(code, "BlobBeingRehydrated") == 0)
		iap_error_set(err, IAP_FORBIDDEN, "it lies in the archive tier and has to be "
		    "rehydrated before it can be read");
	else if (answer->code == 412)
		iap_error_set(err, IAP_UNAVAILABLE, "it changed while it was read");
	else
		iap_error_set(err, IAP_UNAVAILABLE, "%s answered %u %.60s", cloud->host, answer->code,
		    code);
	return IAP_CLOUD_FINAL;
}

static void
azure_ask_page(struct iap_cloud_ask *ask, const char *prefix, const char *marker)
{
	iap_sign_pair_add(ask->query, &ask->query_count, "restype", "container");
	iap_sign_pair_add(ask->query, &ask->query_count, "comp", "list");
	iap_sign_pair_add(ask->query, &ask->query_count, "delimiter", "/");
	iap_sign_pair_add(ask->query, &ask->query_count, "maxresults", "1000");
	if (prefix[0] != '\0')
		iap_sign_pair_add(ask->query, &ask->query_count, "prefix", prefix);
	if (marker != NULL)
		iap_sign_pair_add(ask->query, &ask->query_count, "marker", marker);
}

/* Names that XML cannot hold come percent-encoded, and say so. */
static const char *
read_name(struct iap_arena *arena, const struct iap_xml *item)
{
	const struct iap_xml *name = iap_xml_find(item, "Name");
	const char *encoded = iap_xml_attribute(name, "Encoded");

	if (name == NULL)
		return NULL;
	if (encoded == NULL || strcmp(encoded, "true") != 0)
		return name->text;
	return iap_percent_parse(arena, name->text, strlen(name->text), IAP_PERCENT_PLUS_IS_PLUS);
}

static enum iap_status
read_blob(struct iap_arena *arena, const struct iap_xml *item, iap_cloud_sink *sink,
    void *context, struct iap_error *err)
{
	const struct iap_xml *properties = iap_xml_find(item, "Properties");
	const char *size = iap_xml_text(properties, "Content-Length");
	const char *type = iap_xml_text(properties, "ResourceType");
	struct iap_cloud_found found = { .name = read_name(arena, item) };
	int64_t ms;

	/* Accounts with real directories list them as blobs too. */
	if (type != NULL && strcmp(type, "directory") == 0)
		return IAP_OK;
	if (size == NULL || !iap_text_parse_u64(size, &found.size) ||
	    !iap_http_stamp_parse(iap_xml_text(properties, "Last-Modified"), &ms))
		return iap_error_set(err, IAP_CORRUPT,
		    "a blob of the listing lacks its Content-Length or Last-Modified");
	found.mtime_ns = ms * 1000000;
	sink(context, &found);
	return IAP_OK;
}

static enum iap_status
azure_read_page(struct iap_arena *arena, const struct iap_xml *page, iap_cloud_sink *sink,
    void *context, const char **marker_out, struct iap_error *err)
{
	const struct iap_xml *blobs = iap_xml_find(page, "Blobs");
	const char *marker = iap_xml_text(page, "NextMarker");

	if (strcmp(page->name, "EnumerationResults") != 0 || blobs == NULL)
		return iap_error_set(err, IAP_CORRUPT, "a listing was asked for, but <%.40s> came",
		    page->name);
	for (const struct iap_xml *item = blobs->first; item != NULL; item = item->next) {
		if (strcmp(item->name, "BlobPrefix") == 0)
			sink(context, &(struct iap_cloud_found){ .name = read_name(arena, item),
			    .directory = true });
		else if (strcmp(item->name, "Blob") == 0 &&
		    read_blob(arena, item, sink, context, err) != IAP_OK)
			return err->status;
	}
	*marker_out = marker != NULL && marker[0] != '\0' ? marker : NULL;
	return IAP_OK;
}

static const struct iap_cloud_dialect dialect = {
	.prepare = azure_prepare,
	.judge = azure_judge,
	.ask_page = azure_ask_page,
	.read_page = azure_read_page,
};

/* "Naming and Referencing Containers, Blobs, and Metadata". */
static bool
container_check(const char *container)
{
	size_t length = container == NULL ? 0 : strlen(container);

	if (length != 0 && (strcmp(container, "$root") == 0 || strcmp(container, "$web") == 0))
		return true;
	return length >= 3 && length <= 63 &&
	    strspn(container, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

static enum iap_status
azure_open(const struct iap_storage_conf *conf, struct iap_storage **out, struct iap_error *err)
{
	struct iap_cloud *cloud;

	if (!container_check(conf->bucket))
		return iap_error_set(err, IAP_INVALID, "\"%.100s\" is no name of a container",
		    conf->bucket == NULL ? "" : conf->bucket);
	if (iap_cloud_open(conf, &iap_storage_azure, &dialect, iap_credentials_azure, &cloud, err) !=
	    IAP_OK) {
		iap_cloud_close(&cloud->storage);
		return err->status;
	}
	if (strchr(cloud->host, '.') == NULL) {
		iap_cloud_close(&cloud->storage);
		return iap_error_set(err, IAP_INVALID,
		    "endpoint %s does not begin with the account, as ACCOUNT.blob.core.windows.net does",
		    conf->endpoint);
	}
	cloud->base = iap_arena_format(cloud->arena, "/%s", cloud->container);
	*out = &cloud->storage;
	return IAP_OK;
}
