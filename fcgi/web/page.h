/* SPDX-License-Identifier: Apache-2.0 */
/* Turns an answer of the API into a page: the same JSON, and what every page needs beside it. */
#ifndef IAP_WEB_PAGE_H
#define IAP_WEB_PAGE_H

#include "base/error.h"
#include "web/request.h"
#include "web/response.h"

/*
 * Replaces the JSON object in res->body by the page `page` that shows it (see
 * tests/fcgi/web/fixtures/README.md for what is added to it).
 */
IAP_MUST_CHECK enum iap_status iap_page_render(struct iap_request *req, const char *page,
    struct iap_response *res, struct iap_error *err);

/* Writes the session as the API answers it, as members of an open object. */
void iap_page_write_session(struct iap_request *req, struct iap_json_writer *json);

/* Writes the member `options` of lists of calls: what there is to choose from in this scope. */
IAP_MUST_CHECK enum iap_status iap_page_write_options(struct iap_request *req,
    struct iap_json_writer *json, struct iap_error *err);

/*
 * This page's address with its parameters but `without` and `after`; then
 * `name` = `value` when `name` is not NULL.
 */
const char *iap_page_url(struct iap_request *req, const char *without, const char *name,
    const char *value);

/* Whether `path` is an address of this site that somebody may be sent to after signing in. */
bool iap_page_check_path(const char *path);

#endif
