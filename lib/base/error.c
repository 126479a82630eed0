/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const names[] = {
	[IAP_OK] = "ok",
	[IAP_INVALID] = "invalid",
	[IAP_UNAUTHENTICATED] = "unauthenticated",
	[IAP_FORBIDDEN] = "forbidden",
	[IAP_NOT_FOUND] = "not_found",
	[IAP_CONFLICT] = "conflict",
	[IAP_TOO_MANY] = "too_many",
	[IAP_UNAVAILABLE] = "unavailable",
	[IAP_CORRUPT] = "corrupt",
	[IAP_FAILED] = "failed",
};
_Static_assert(IAP_LENGTH(names) == IAP_STATUS_COUNT, "every status has a name");

const char *
iap_status_name(enum iap_status status)
{
	return names[status];
}

enum iap_status
iap_error_set(struct iap_error *err, enum iap_status status, const char *format, ...)
{
	va_list values;

	err->status = status;
	va_start(values, format);
	vsnprintf(err->detail, sizeof err->detail, format, values);
	va_end(values);
	return status;
}

enum iap_status
iap_error_errno(struct iap_error *err, enum iap_status status, int number,
    const char *format, ...)
{
	char reason[128];
	va_list values;
	size_t used;

	err->status = status;
	va_start(values, format);
	vsnprintf(err->detail, sizeof err->detail, format, values);
	va_end(values);
	used = strlen(err->detail);
	snprintf(err->detail + used, sizeof err->detail - used, ": %s",
	    strerror_r(number, reason, sizeof reason));
	return status;
}

enum iap_status
iap_error_context(struct iap_error *err, const char *format, ...)
{
	char before[sizeof err->detail];
	size_t used, left, length;
	va_list values;

	va_start(values, format);
	vsnprintf(before, sizeof before, format, values);
	va_end(values);
	/* A context that filled the whole text would hide the cause. */
	before[sizeof before / 2] = '\0';
	used = strlen(before);
	memcpy(before + used, ": ", 2);
	left = sizeof before - used - 3;
	length = strnlen(err->detail, left);
	memcpy(before + used + 2, err->detail, length);
	before[used + 2 + length] = '\0';
	memcpy(err->detail, before, sizeof before);
	return err->status;
}
