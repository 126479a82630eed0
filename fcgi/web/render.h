/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages: a model (a JSON tree, see tests/fcgi/web/fixtures) through a template.
 * What a template may say stands in web/template.h. Values are escaped for the
 * place where they stand; there is no raw one.
 */
#ifndef IAP_WEB_RENDER_H
#define IAP_WEB_RENDER_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "json/json.h"

struct iap_templates;

/*
 * Reads and parses every *.html below the folder `dir`, and takes `site_zone`
 * (a name of the tz database, NULL is UTC) for all times of this process.
 * IAP_INVALID with file and line when a template is not well-formed, sets a
 * value where it cannot be escaped, or includes one that does not exist;
 * also when the zone is unknown. The caller frees *out.
 */
IAP_MUST_CHECK enum iap_status iap_templates_load(const char *dir, const char *site_zone,
    struct iap_templates **out, struct iap_error *err);

/* Ends *templates and sets it to NULL; NULL in it is allowed. */
void iap_templates_free(struct iap_templates **templates);

/*
 * Adds to `out` the page `page` ("interactions": templates/interactions.html)
 * inside layout.html, filled from `model`. A name the model does not have is
 * empty text; a value that does not fit its look (`{{date}}` of what is no
 * time) is shown as it is. IAP_NOT_FOUND when there is no such template.
 */
IAP_MUST_CHECK enum iap_status iap_render(const struct iap_templates *templates,
    struct iap_arena *arena, const char *page, const struct iap_json *model,
    struct iap_buf *out, struct iap_error *err);

#endif
