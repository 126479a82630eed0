/* SPDX-License-Identifier: Apache-2.0 */
#include "storage/credentials_ask.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "fetch/retry.h"

enum {
	ANSWER_LIMIT = 64 * 1024,
	FILE_LIMIT = 64 * 1024,
	MACHINE_CONNECT_MS = 1000, /* off the platform nobody answers at all */
	STALL_S = 5,
	BUDGET_MS = 10000,
};

const char *
iap_credentials_env(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && value[0] != '\0' ? value : NULL;
}

static void
close_fetch(struct iap_fetch **fetch)
{
	iap_fetch_close(fetch);
}

enum iap_status
iap_credentials_ask(const struct iap_credentials_conf *conf, struct iap_arena *arena,
    enum iap_credentials_way way, const struct iap_fetch_request *request,
    struct iap_fetch_answer *answer, struct iap_error *err)
{
	bool machine = way == IAP_CREDENTIALS_BY_MACHINE;
	IAP_CLEANUP(close_fetch) struct iap_fetch *fetch = iap_fetch_open(&(struct iap_fetch_conf){
		.ca_file = conf->ca_file,
		.plain = machine,
		.metadata = machine,
		.connect_ms = machine ? MACHINE_CONNECT_MS : 0,
		.stall_s = STALL_S,
	});
	struct iap_fetch_request bounded = *request;
	struct iap_retry retry;

	bounded.limit = ANSWER_LIMIT;
	iap_retry_begin(&retry, BUDGET_MS);
	do {
		enum iap_status status = iap_fetch_send(fetch, arena, &bounded, answer, err);

		if (status != IAP_OK && machine && answer->unreachable)
			return iap_error_set(err, IAP_NOT_FOUND, "%s", answer->cause);
	} while (iap_retry_check(answer) && iap_retry_again(&retry, iap_retry_after_ms(answer)));
	return answer->code == 0 ? err->status : IAP_OK;
}

enum iap_status
iap_credentials_ask_json(const struct iap_credentials_conf *conf, struct iap_arena *arena,
    enum iap_credentials_way way, const struct iap_fetch_request *request, struct iap_json **out,
    struct iap_error *err)
{
	struct iap_fetch_answer answer;
	struct iap_error ignored = { 0 };
	const char *detail = NULL;

	if (iap_credentials_ask(conf, arena, way, request, &answer, err) != IAP_OK)
		return err->status;
	if (answer.body.length == 0 || iap_json_parse(arena, answer.body.bytes, answer.body.length,
	    out, &ignored) != IAP_OK)
		*out = NULL;
	if (answer.code == 200 && *out != NULL)
		return IAP_OK;
	/* RFC 6749 section 5.2, and what metadata services of containers say. */
	detail = iap_json_text(iap_json_find(*out, "error_description"));
	if (detail == NULL)
		detail = iap_json_text(iap_json_find(*out, "message"));
	return iap_error_set(err, IAP_UNAVAILABLE, "answered %u%s%.200s", answer.code,
	    detail == NULL ? "" : ": ", detail == NULL ? "" : detail);
}

enum iap_status
iap_credentials_load(struct iap_arena *arena, const char *path, const char **text_out,
    struct iap_error *err)
{
	char *bytes;
	size_t size;

	if (iap_file_load(arena, path, FILE_LIMIT, &bytes, &size, err) != IAP_OK) {
		err->status = IAP_UNAVAILABLE;
		return IAP_UNAVAILABLE;
	}
	while (size != 0 && (bytes[size - 1] == '\n' || bytes[size - 1] == '\r'))
		bytes[--size] = '\0';
	*text_out = bytes;
	return IAP_OK;
}

enum iap_status
iap_credentials_refuse(struct iap_error *err)
{
	return iap_error_set(err, IAP_NOT_FOUND, "not offered here");
}

enum iap_status
iap_credentials_load_conf(const struct iap_credentials_conf *conf, struct iap_arena *arena,
    struct iap_ini *ini, struct iap_credential *out, struct iap_error *err)
{
	char *text;

	if (conf->file == NULL)
		return iap_credentials_refuse(err);
	out->from = iap_arena_format(arena, "the file %s", conf->file);
	if (iap_file_load_secret(arena, conf->file, &text, err) != IAP_OK ||
	    iap_ini_parse(arena, conf->file, text, strlen(text), ini, err) != IAP_OK)
		return err->status = IAP_UNAVAILABLE;
	return IAP_OK;
}
