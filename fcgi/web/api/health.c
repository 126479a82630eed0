/* SPDX-License-Identifier: Apache-2.0 */
/* For those who watch IAP: is it alive, is it ready, how much is there. */
#include "web/api/api.h"

#include <inttypes.h>

#include "model/schema.h"
#include "model/source_list.h"

static enum iap_status
say(struct iap_response *res, const char *word)
{
	struct iap_json_writer *json = iap_response_json(res);

	iap_json_write_object_begin(json, NULL);
	iap_json_write_text(json, "status", word);
	iap_json_write_object_end(json);
	return IAP_OK;
}

enum iap_status
iap_api_healthz_get(struct iap_request *req, struct iap_response *res, struct iap_error *err)
{
	(void)req;
	(void)err;
	return say(res, "alive");
}

enum iap_status
iap_api_readyz_get(struct iap_request *req, struct iap_response *res, struct iap_error *err)
{
	if (iap_schema_check(req->db, err) != IAP_OK) {
		req->problem.detail = iap_arena_copy(req->arena, err->detail);
		return iap_error_set(err, IAP_UNAVAILABLE, "%s", req->problem.detail);
	}
	return say(res, "ready");
}

static void
write_metric(struct iap_buf *out, const char *name, const char *type, const char *help,
    int64_t value)
{
	iap_buf_format(out, "# HELP %s %s\n# TYPE %s %s\n%s %" PRId64 "\n", name, help, name, type,
	    name, value);
}

enum iap_status
iap_api_metrics_get(struct iap_request *req, struct iap_response *res, struct iap_error *err)
{
	struct iap_figures figures;

	if (iap_figures_find(req->db, req->arena, &figures, err) != IAP_OK)
		return err->status;
	res->type = "text/plain; version=0.0.4; charset=utf-8";
	write_metric(&res->body, "iap_interactions", "gauge",
	    "Calls in the archive, about.", (int64_t)figures.interactions);
	write_metric(&res->body, "iap_failed_recordings", "gauge",
	    "Calls that were checked and cannot be played whole.", (int64_t)figures.failed);
	write_metric(&res->body, "iap_faults", "gauge",
	    "Documents and objects that could not be read.", (int64_t)figures.faults);
	write_metric(&res->body, "iap_sources", "gauge",
	    "Archives that are read.", (int64_t)figures.sources);
	write_metric(&res->body, "iap_sessions", "gauge",
	    "Sessions that are stored, ended ones of the last hours too.",
	    (int64_t)figures.sessions);
	write_metric(&res->body, "iap_passes_running", "gauge",
	    "Passes under way.", (int64_t)figures.passes_running);
	if (figures.last_pass_ms.set)
		write_metric(&res->body, "iap_last_pass_timestamp_seconds", "gauge",
		    "When the last pass that went through ended.",
		    figures.last_pass_ms.value / 1000);
	return IAP_OK;
}
