/* SPDX-License-Identifier: Apache-2.0 */
#include "media/ber.h"

enum { DEPTH_MAX = 16 };

/* Larger than any object, small enough that sums do not overflow. */
static const uint64_t far_away = (uint64_t)1 << 62;

size_t
iap_ber_header(const unsigned char *bytes, size_t size, struct iap_ber_element *out,
    bool *short_out)
{
	size_t count, used = 2;

	*short_out = size < 2;
	if (size < 2 || (bytes[0] & 0x1f) == 0x1f)
		return 0;
	*out = (struct iap_ber_element){ .tag = bytes[0] };
	if (bytes[1] < 0x80) {
		out->length = bytes[1];
	} else if (bytes[1] == 0x80) {
		/* Only what is made of elements can be ended by one. */
		out->indefinite = true;
		if ((bytes[0] & 0x20) == 0)
			return 0;
	} else {
		count = bytes[1] & 0x7f;
		if (count > 8)
			return 0;
		*short_out = size < 2 + count;
		if (*short_out)
			return 0;
		for (size_t i = 0; i < count; i++)
			out->length = out->length << 8 | bytes[2 + i];
		used += count;
	}
	out->content = used;
	return out->length < far_away ? used : 0;
}

struct iap_ber_scope
iap_ber_root(void)
{
	return (struct iap_ber_scope){ .end = far_away };
}

static enum iap_status
cut_off(struct iap_ber *ber, uint64_t at, struct iap_error *err)
{
	ber->starved = ber->size < ber->total;
	return iap_error_set(err, IAP_CORRUPT, "cms: cut off at %llu", (unsigned long long)at);
}

static enum iap_status
malformed(uint64_t at, struct iap_error *err)
{
	return iap_error_set(err, IAP_CORRUPT, "cms: malformed at %llu", (unsigned long long)at);
}

enum iap_status
iap_ber_peek(struct iap_ber *ber, const struct iap_ber_scope *scope,
    struct iap_ber_element *out, struct iap_error *err)
{
	bool is_short = false;

	if (!scope->indefinite && scope->at >= scope->end)
		return iap_error_set(err, IAP_NOT_FOUND, "cms: nothing more at %llu",
		    (unsigned long long)scope->at);
	if (scope->at >= ber->size)
		return cut_off(ber, scope->at, err);
	if (iap_ber_header(ber->bytes + scope->at, ber->size - (size_t)scope->at, out,
	    &is_short) == 0)
		return is_short ? cut_off(ber, scope->at, err) : malformed(scope->at, err);
	if (out->tag == 0) {
		if (!scope->indefinite || out->length != 0)
			return malformed(scope->at, err);
		return iap_error_set(err, IAP_NOT_FOUND, "cms: nothing more at %llu",
		    (unsigned long long)scope->at);
	}
	out->begin = scope->at;
	out->content += scope->at;
	if (out->content > scope->end || out->length > scope->end - out->content)
		return malformed(scope->at, err);
	return IAP_OK;
}

struct iap_ber_scope
iap_ber_enter(const struct iap_ber_scope *scope, const struct iap_ber_element *element)
{
	return (struct iap_ber_scope){
		.at = element->content,
		.end = element->indefinite ? scope->end : element->content + element->length,
		.indefinite = element->indefinite,
	};
}

enum iap_status
iap_ber_skip(struct iap_ber *ber, struct iap_ber_scope *scope,
    const struct iap_ber_element *element, struct iap_error *err)
{
	struct iap_ber_scope inner[DEPTH_MAX];
	size_t depth = 0;

	if (!element->indefinite) {
		scope->at = element->content + element->length;
		return IAP_OK;
	}
	inner[0] = iap_ber_enter(scope, element);
	for (;;) {
		struct iap_ber_element child;
		enum iap_status status = iap_ber_peek(ber, &inner[depth], &child, err);

		if (status == IAP_OK && !child.indefinite) {
			inner[depth].at = child.content + child.length;
		} else if (status == IAP_OK) {
			if (depth + 1 == DEPTH_MAX)
				return malformed(child.begin, err);
			inner[depth + 1] = iap_ber_enter(&inner[depth], &child);
			depth++;
		} else if (status != IAP_NOT_FOUND) {
			return status;
		} else {
			/* All scopes on this stack are indefinite: behind their 00 00. */
			uint64_t behind = inner[depth].at + 2;

			if (depth == 0) {
				scope->at = behind;
				return IAP_OK;
			}
			inner[--depth].at = behind;
		}
	}
}

enum iap_status
iap_ber_take(struct iap_ber *ber, struct iap_ber_scope *scope, unsigned char tag,
    struct iap_ber_element *out, struct iap_error *err)
{
	enum iap_status status = iap_ber_peek(ber, scope, out, err);

	if (status != IAP_OK)
		return status == IAP_NOT_FOUND ? malformed(scope->at, err) : status;
	if (out->tag != tag || out->indefinite)
		return malformed(scope->at, err);
	if (out->content + out->length > ber->size)
		return cut_off(ber, out->begin, err);
	scope->at = out->content + out->length;
	return IAP_OK;
}

enum iap_status
iap_ber_open(struct iap_ber *ber, struct iap_ber_scope *scope, unsigned char tag,
    struct iap_ber_scope *inner, struct iap_error *err)
{
	struct iap_ber_element element;
	enum iap_status status = iap_ber_peek(ber, scope, &element, err);

	if (status != IAP_OK)
		return status == IAP_NOT_FOUND ? malformed(scope->at, err) : status;
	if (element.tag != tag)
		return malformed(scope->at, err);
	*inner = iap_ber_enter(scope, &element);
	return iap_ber_skip(ber, scope, &element, err);
}
