/* SPDX-License-Identifier: Apache-2.0 */
#include "media/range.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

/* Reads digits at *at; false when there is none. A number too large stays at the largest. */
static bool
take_digits(const char **at, uint64_t *out)
{
	bool any = false;

	for (*out = 0; **at >= '0' && **at <= '9'; (*at)++) {
		any = true;
		if (__builtin_mul_overflow(*out, (uint64_t)10, out) ||
		    __builtin_add_overflow(*out, (uint64_t)(**at - '0'), out))
			*out = UINT64_MAX;
	}
	return any;
}

static void
skip_space(const char **at)
{
	*at += strspn(*at, " \t");
}

/* One range-spec; false when it is malformed. Its kind says whether it can be satisfied. */
static bool
take_range(const char **at, uint64_t size, struct iap_range *out)
{
	bool has_first, has_last;
	uint64_t first, last;

	has_first = take_digits(at, &first);
	if (**at != '-')
		return false;
	(*at)++;
	has_last = take_digits(at, &last);
	if ((!has_first && !has_last) || (has_first && has_last && last < first))
		return false;
	if (!has_first) {
		first = last < size ? size - last : 0;
		if (last == 0)
			first = size;
		last = UINT64_MAX;
	} else if (!has_last) {
		last = UINT64_MAX;
	}
	*out = (struct iap_range){
		.kind = first < size ? IAP_RANGE_PART : IAP_RANGE_UNSATISFIABLE,
		.first = first,
		.last = last < size ? last : size - 1,
	};
	return true;
}

struct iap_range
iap_range_parse(const char *field, uint64_t size)
{
	const struct iap_range refused = { .kind = IAP_RANGE_UNSATISFIABLE };
	struct iap_range range, found = refused;

	if (field == NULL)
		return (struct iap_range){ .kind = IAP_RANGE_NONE };
	skip_space(&field);
	if (strncasecmp(field, "bytes", 5) != 0 || field[5 + strspn(field + 5, " \t")] != '=')
		return (struct iap_range){ .kind = IAP_RANGE_NONE };
	for (field = strchr(field, '=') + 1;; field++) {
		skip_space(&field);
		if (!take_range(&field, size, &range))
			return refused;
		if (found.kind != IAP_RANGE_PART)
			found = range;
		skip_space(&field);
		if (*field == '\0')
			return found;
		if (*field != ',')
			return refused;
	}
}

bool
iap_range_check(const char *field, const char *etag, const char *date)
{
	return field == NULL || strcmp(field, etag) == 0 || strcmp(field, date) == 0;
}
