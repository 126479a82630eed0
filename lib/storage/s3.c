/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Amazon S3 and what speaks like it (Amazon S3 API Reference, 2006-03-01).
 * Object names go through percent encoding both ways, so that every byte a
 * name may have, control characters too, survives the XML of a listing.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "http/date.h"
#include "http/percent.h"
#include "storage/cloud.h"

/* Bucket names as AWS allows them; a few compatible stores also allow capitals and "_". */
static bool
bucket_check(const char *bucket)
{
	size_t length = bucket == NULL ? 0 : strlen(bucket);

	return length >= 3 && length <= 255 && bucket[0] != '.' && strspn(bucket,
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_") == length;
}

/* Amazon answers both; names with a dot do not fit its certificate. */
static bool
is_virtual(const struct iap_cloud *cloud, const char *addressing)
{
	if (addressing != NULL)
		return strcmp(addressing, "virtual") == 0;
	return iap_text_ends(cloud->host, ".amazonaws.com") && strchr(cloud->container, '.') == NULL;
}

static enum iap_status s3_open(const struct iap_storage_conf *conf, struct iap_storage **out,
    struct iap_error *err);

const struct iap_storage_ops iap_storage_s3 = {
	.name = "s3",
	.kept = true,
	.open = s3_open,
	.close = iap_cloud_close,
	.stat = iap_cloud_stat,
	.list = iap_cloud_list,
	.read = iap_cloud_read,
	.load = iap_cloud_load,
};

static enum iap_status
s3_prepare(const struct iap_cloud *cloud, struct iap_arena *arena,
    const struct iap_cloud_ask *ask, const struct iap_credential *credential, int64_t time_ms,
    struct iap_fetch_request *out, struct iap_error *err)
{
	struct iap_sign_pair *headers = iap_arena_array(arena, IAP_CLOUD_HEADERS_MAX, sizeof *headers);
	const char **lines = iap_arena_array(arena, IAP_CLOUD_HEADERS_MAX, sizeof *lines);
	struct iap_sign_aws sign = {
		.method = ask->method,
		.path = iap_arena_format(arena, "%s%s", cloud->base, ask->name == NULL ? "" : ask->name),
		.query = ask->query,
		.query_count = ask->query_count,
		.headers = headers,
		.payload = iap_sign_aws_no_payload,
		.region = cloud->region,
		.service = "s3",
		.access_key = credential->access_key,
		.secret_key = credential->secret_key,
		.time_ms = time_ms,
	};
	size_t *count = &sign.header_count;
	const char *query;

	(void)err;
	iap_sign_pair_add(headers, count, "Host", cloud->host);
	iap_sign_pair_add(headers, count, "x-amz-content-sha256", sign.payload);
	iap_sign_pair_add(headers, count, "x-amz-date", iap_sign_aws_time(arena, time_ms));
	if (credential->token != NULL)
		iap_sign_pair_add(headers, count, "x-amz-security-token", credential->token);
	if (cloud->requester_pays)
		iap_sign_pair_add(headers, count, "x-amz-request-payer", "requester");
	if (ask->ranged)
		iap_sign_pair_add(headers, count, "Range",
		    iap_arena_format(arena, "bytes=%llu-%llu",
		    (unsigned long long)ask->first, (unsigned long long)ask->last));
	if (ask->etag != NULL)
		iap_sign_pair_add(headers, count, "If-Match", ask->etag);
	for (size_t i = 0; i < *count; i++)
		lines[i] = iap_arena_format(arena, "%s: %s", headers[i].name, headers[i].value);
	lines[*count] = iap_arena_format(arena, "Authorization: %s",
	    iap_sign_aws_format(arena, &sign));
	query = iap_sign_aws_query(arena, sign.query, sign.query_count);
	*out = (struct iap_fetch_request){
		.method = ask->method,
		.url = iap_arena_format(arena, "%s://%s%s%s%s", cloud->scheme, cloud->host,
		    iap_sign_aws_path(arena, sign.path), query[0] == '\0' ? "" : "?", query),
		.headers = lines,
		.header_count = *count + 1,
		.into = ask->into,
		.limit = ask->limit,
	};
	return IAP_OK;
}

/* An error as S3 answers it; texts are "" where it says nothing. */
struct refusal {
	const char *code;
	const char *message;
	const char *region; /* where the bucket lies */
};

static struct refusal
read_refusal(struct iap_arena *arena, const struct iap_fetch_answer *answer)
{
	struct refusal refusal = { "", "", iap_fetch_header(answer, "x-amz-bucket-region") };
	struct iap_error ignored = { 0 };
	struct iap_xml *root;
	const char *text;

	if (answer->body.length != 0 && iap_xml_parse(arena, answer->body.bytes,
	    answer->body.length, &root, &ignored) == IAP_OK) {
		if ((text = iap_xml_text(root, "Code")) != NULL)
			refusal.code = text;
		if ((text = iap_xml_text(root, "Message")) != NULL)
			refusal.message = text;
		if (refusal.region == NULL)
			refusal.region = iap_xml_text(root, "Region");
	}
	if (refusal.region == NULL)
		refusal.region = "";
	return refusal;
}

/* What refuses one request or object, and what the whole storage. */
static enum iap_cloud_verdict
judge_code(const struct iap_cloud *cloud, const struct iap_cloud_ask *ask,
    const struct iap_credential *credential, const struct refusal *refusal,
    struct iap_error *err)
{
	const char *code = refusal->code;

	if (strcmp(code, "RequestTimeTooSkewed") == 0) {
		iap_error_set(err, IAP_UNAVAILABLE,
		    "the clock of this machine is too far from the storage's");
		return IAP_CLOUD_SKEWED;
	}
	if (strcmp(code, "ExpiredToken") == 0 || strcmp(code, "TokenRefreshRequired") == 0) {
		iap_error_set(err, IAP_UNAVAILABLE, "the session token from %s has expired",
		    credential->from);
		return IAP_CLOUD_EXPIRED;
	}
	if (strcmp(code, "InvalidToken") == 0) {
		iap_error_set(err, IAP_UNAVAILABLE, "the session token from %s is not one the "
		    "storage gave", credential->from);
		return IAP_CLOUD_EXPIRED;
	}
	if (strcmp(code, "SignatureDoesNotMatch") == 0) {
		iap_error_set(err, IAP_UNAVAILABLE, "the secret key of access key %s from %s is wrong",
		    credential->access_key, credential->from);
		return IAP_CLOUD_EXPIRED;
	}
	if (strcmp(code, "InvalidAccessKeyId") == 0) {
		iap_error_set(err, IAP_UNAVAILABLE, "the storage does not know the access key %s "
		    "from %s", credential->access_key, credential->from);
		return IAP_CLOUD_EXPIRED;
	}
	if (strcmp(code, "NoSuchBucket") == 0)
		iap_error_set(err, IAP_UNAVAILABLE, "there is no bucket %s at %s", cloud->container,
		    cloud->host);
	else if (strcmp(code, "NoSuchKey") == 0)
		iap_error_set(err, IAP_NOT_FOUND, "no such object");
	else if (strcmp(code, "InvalidObjectState") == 0)
		iap_error_set(err, IAP_FORBIDDEN, "it lies in a cold storage class and has to be "
		    "restored before it can be read");
	else if (strcmp(code, "AccessDenied") == 0)
		iap_error_set(err, IAP_FORBIDDEN, "access key %s from %s has no permission to %s",
		    credential->access_key, credential->from,
		    ask->name == NULL ? "list the bucket (s3:ListBucket)" :
		    "read it (s3:GetObject)");
	else
		err->status = IAP_OK;
	return IAP_CLOUD_FINAL;
}

static enum iap_cloud_verdict
s3_judge(const struct iap_cloud *cloud, struct iap_arena *arena,
    const struct iap_cloud_ask *ask, const struct iap_credential *credential,
    const struct iap_fetch_answer *answer, struct iap_error *err)
{
	struct refusal refusal = read_refusal(arena, answer);
	enum iap_cloud_verdict verdict = judge_code(cloud, ask, credential, &refusal, err);

	if (err->status != IAP_OK)
		return verdict;
	if (refusal.region[0] != '\0' && strcmp(refusal.region, cloud->region) != 0 &&
	    (answer->code == 301 || answer->code == 307 || answer->code == 400))
		iap_error_set(err, IAP_UNAVAILABLE, "bucket %s lies in the region %.40s: set "
		    "aws_region and its endpoint", cloud->container, refusal.region);
	else if (answer->code == 404 && ask->name != NULL)
		iap_error_set(err, IAP_NOT_FOUND, "no such object");
	else if (answer->code == 403)
		iap_error_set(err, IAP_FORBIDDEN, "403 %.60s %.200s", refusal.code, refusal.message);
	else if (answer->code == 412)
		iap_error_set(err, IAP_UNAVAILABLE, "it changed while it was read");
	else
		iap_error_set(err, IAP_UNAVAILABLE, "%s answered %u %.60s %.200s", cloud->host,
		    answer->code, refusal.code, refusal.message);
	return IAP_CLOUD_FINAL;
}

static void
s3_ask_page(struct iap_cloud_ask *ask, const char *prefix, const char *marker)
{
	iap_sign_pair_add(ask->query, &ask->query_count, "list-type", "2");
	iap_sign_pair_add(ask->query, &ask->query_count, "encoding-type", "url");
	iap_sign_pair_add(ask->query, &ask->query_count, "delimiter", "/");
	iap_sign_pair_add(ask->query, &ask->query_count, "max-keys", "1000");
	if (prefix[0] != '\0')
		iap_sign_pair_add(ask->query, &ask->query_count, "prefix", prefix);
	if (marker != NULL)
		iap_sign_pair_add(ask->query, &ask->query_count, "continuation-token", marker);
}

/* A name of a listing, decoded where the store says that it encoded it; NULL: not UTF-8. */
static const char *
read_name(struct iap_arena *arena, const struct iap_xml *page, const char *text)
{
	const char *encoding = iap_xml_text(page, "EncodingType");

	if (text == NULL || encoding == NULL || strcmp(encoding, "url") != 0)
		return text;
	return iap_percent_parse(arena, text, strlen(text), IAP_PERCENT_PLUS_IS_SPACE);
}

static bool
read_object(struct iap_arena *arena, const struct iap_xml *page, const struct iap_xml *item,
    struct iap_cloud_found *found)
{
	const char *name = iap_xml_text(item, "Key"), *size = iap_xml_text(item, "Size");
	const char *changed = iap_xml_text(item, "LastModified");
	int64_t ms;

	if (name == NULL || size == NULL || changed == NULL ||
	    !iap_text_parse_u64(size, &found->size) || !iap_http_time_parse(changed, &ms))
		return false;
	/* Whole seconds, as the header Last-Modified has them: the two are compared. */
	found->mtime_ns = ms / 1000 * 1000000000;
	found->name = read_name(arena, page, name);
	return true;
}

static enum iap_status
s3_read_page(struct iap_arena *arena, const struct iap_xml *page, iap_cloud_sink *sink,
    void *context, const char **marker_out, struct iap_error *err)
{
	const char *truncated = iap_xml_text(page, "IsTruncated");
	const struct iap_xml *item;

	if (strcmp(page->name, "ListBucketResult") != 0)
		return iap_error_set(err, IAP_CORRUPT, "a listing was asked for, but <%.40s> came",
		    page->name);
	for (item = iap_xml_find(page, "Contents"); item != NULL; item = iap_xml_find_next(item)) {
		struct iap_cloud_found found = { 0 };

		if (!read_object(arena, page, item, &found))
			return iap_error_set(err, IAP_CORRUPT,
			    "an object of the listing lacks its Key, Size or LastModified");
		sink(context, &found);
	}
	item = iap_xml_find(page, "CommonPrefixes");
	for (; item != NULL; item = iap_xml_find_next(item)) {
		const char *name = iap_xml_text(item, "Prefix");

		sink(context, &(struct iap_cloud_found){ .name = read_name(arena, page, name),
		    .directory = true });
	}
	*marker_out = NULL;
	if (truncated == NULL || strcmp(truncated, "true") != 0)
		return IAP_OK;
	*marker_out = iap_xml_text(page, "NextContinuationToken");
	return *marker_out != NULL ? IAP_OK :
	    iap_error_set(err, IAP_CORRUPT, "a listing that goes on does not say where");
}

static const struct iap_cloud_dialect dialect = {
	.prepare = s3_prepare,
	.judge = s3_judge,
	.ask_page = s3_ask_page,
	.read_page = s3_read_page,
	.cause_in_body = true,
};

static enum iap_status
s3_open(const struct iap_storage_conf *conf, struct iap_storage **out, struct iap_error *err)
{
	struct iap_cloud *cloud;

	if (!bucket_check(conf->bucket))
		return iap_error_set(err, IAP_INVALID, "\"%.100s\" is no name of a bucket",
		    conf->bucket == NULL ? "" : conf->bucket);
	if (conf->addressing != NULL && strcmp(conf->addressing, "path") != 0 &&
	    strcmp(conf->addressing, "virtual") != 0)
		return iap_error_set(err, IAP_INVALID, "addressing is neither path nor virtual");
	if (iap_cloud_open(conf, &iap_storage_s3, &dialect, iap_credentials_aws, &cloud, err) !=
	    IAP_OK) {
		iap_cloud_close(&cloud->storage);
		return err->status;
	}
	cloud->base = "/";
	if (is_virtual(cloud, conf->addressing))
		cloud->host = iap_arena_format(cloud->arena, "%s.%s", cloud->container, cloud->host);
	else
		cloud->base = iap_arena_format(cloud->arena, "/%s/", cloud->container);
	*out = &cloud->storage;
	return IAP_OK;
}
