/* SPDX-License-Identifier: Apache-2.0 */
/* Parameters as a route declares them, and their values once they were found to be good. */
#ifndef IAP_WEB_PARAMS_H
#define IAP_WEB_PARAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "model/interaction_filter.h"

struct iap_request;

enum iap_param_type {
	IAP_PARAM_TEXT,      /* at most `most` bytes, no control characters */
	IAP_PARAM_NUMBER,    /* a whole number, `least` to `most` */
	IAP_PARAM_TIME,      /* RFC 3339, or a date or local time of the site's zone */
	IAP_PARAM_TIME_END,  /* as above; of a date or local time its end */
	IAP_PARAM_FLAG,      /* true, false, 1 or 0 */
	IAP_PARAM_CHOICE,    /* one of `choices` */
	IAP_PARAM_ATTRIBUTES /* attr.KEY: any number of them, with different keys */
};

struct iap_param_def {
	const char *name;
	enum iap_param_type type;
	int64_t least, most;
	const char *const *choices; /* NULL ends them */
	bool narrows; /* a filter: pages show it as one that can be taken away */
};

struct iap_param {
	const char *text; /* as given; NULL: not given, or empty */
	int64_t number;   /* of numbers, flags (0, 1), times (ms), choices (position) */
};

struct iap_params {
	const struct iap_param *values; /* as many as the route declares, in its order */
	const struct iap_attribute_filter *attributes;
	size_t attribute_count;
};

/* The longest attr.KEY and its value. */
enum { IAP_PARAM_ATTRIBUTE_MAX = 2000, IAP_PARAM_ATTRIBUTES_MAX = 16 };

/*
 * Reads the query into req->params as req->route declares. IAP_INVALID, with a
 * problem that names the parameter, for a value that is not what was declared,
 * a parameter that is there twice, and, unless the route is a page, an unknown one.
 */
IAP_MUST_CHECK enum iap_status iap_params_parse(struct iap_request *req, struct iap_error *err);

/* A number that may not be there. */
struct iap_maybe_i64 iap_param_number(const struct iap_param *param);

#endif
