/* SPDX-License-Identifier: Apache-2.0 */
#include "media/armour.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"

enum { EDGE = 4096, PIECE = 8192, LINE_MAX_CHARS = 2048 };

struct armour {
	struct iap_reader reader;
	struct iap_reader *text;
	uint64_t body;     /* offset of the first character */
	uint64_t chars;    /* of base64, with '=' */
	uint64_t line;     /* characters a line; 0: all in one */
	uint64_t eol;      /* bytes between two lines */
};

/* 0 to 63, or -1. */
static int
value_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Decodes four characters; the bytes they stand for, or 0 when malformed. */
static size_t
decode_group(const char group[4], unsigned char out[3])
{
	size_t pads = group[3] != '=' ? 0 : group[2] != '=' ? 1 : 2;
	unsigned int bits = 0;

	for (size_t i = 0; i < 4; i++) {
		int value = i >= 4 - pads ? 0 : value_of(group[i]);

		if (value < 0)
			return 0;
		bits = bits << 6 | (unsigned int)value;
	}
	out[0] = (unsigned char)(bits >> 16);
	out[1] = (unsigned char)(bits >> 8);
	out[2] = (unsigned char)bits;
	return 3 - pads;
}

bool
iap_armour_decode(const char *text, size_t size, unsigned char *out, size_t *size_out)
{
	char group[4];
	size_t held = 0, bytes = 3;

	*size_out = 0;
	for (size_t i = 0; i < size && text[i] != '-'; i++) {
		if (is_space(text[i]))
			continue;
		/* Nothing may follow a group with '='. */
		if (bytes != 3)
			return false;
		group[held++] = text[i];
		if (held < 4)
			continue;
		held = 0;
		bytes = decode_group(group, out + *size_out);
		if (bytes == 0)
			return false;
		*size_out += bytes;
	}
	return held == 0;
}

bool
iap_armour_check(const void *bytes, size_t size)
{
	static const char *const begins[] = { "-----BEGIN PKCS7-----", "-----BEGIN CMS-----",
		"-----BEGIN PKCS #7", "MIME-Version: 1.0" };
	char text[64] = "";

	memcpy(text, bytes, size < sizeof text - 1 ? size : sizeof text - 1);
	for (size_t i = 0; i < IAP_LENGTH(begins); i++)
		if (iap_text_begins(text, begins[i]))
			return true;
	return false;
}

size_t
iap_armour_body(const char *text, size_t size)
{
	const char *begin = memmem(text, size, "-----BEGIN ", 11);
	const char *at;

	if (begin != NULL) {
		at = memchr(begin, '\n', size - (size_t)(begin - text));
		return at == NULL ? size : (size_t)(at - text) + 1;
	}
	if (size < 5 || memcmp(text, "MIME-", 5) != 0)
		return 0;
	at = memmem(text, size, "\n\n", 2);
	if (at != NULL)
		return (size_t)(at - text) + 2;
	at = memmem(text, size, "\r\n\r\n", 4);
	return at == NULL ? size : (size_t)(at - text) + 4;
}

/* Finds the length of the lines from the first of them. */
static enum iap_status
measure_lines(struct armour *armour, struct iap_error *err)
{
	char text[EDGE];
	size_t got, at, end;

	if (iap_reader_read_at(armour->text, 0, text, sizeof text, &got, err) != IAP_OK)
		return err->status;
	at = iap_armour_body(text, got);
	for (end = at; end < got && !is_space(text[end]); end++)
		;
	armour->body = at;
	if (end == got)
		return IAP_OK;
	armour->line = end - at;
	for (; end < got && is_space(text[end]); end++)
		armour->eol++;
	if (armour->line == 0 || armour->line % 4 != 0 || armour->line > LINE_MAX_CHARS ||
	    armour->eol > 2)
		return iap_error_set(err, IAP_CORRUPT, "armour: irregular lines");
	return IAP_OK;
}

/* Finds the last character, and so how many there are and how many bytes they make. */
static enum iap_status
measure_end(struct armour *armour, struct iap_error *err)
{
	uint64_t from = armour->text->size > EDGE ? armour->text->size - EDGE : 0;
	char text[EDGE];
	uint64_t span;
	size_t got, end, pads = 0;
	char *foot;

	if (iap_reader_read_at(armour->text, from, text, sizeof text, &got, err) != IAP_OK)
		return err->status;
	foot = memmem(text, got, "-----END", 8);
	end = foot == NULL ? got : (size_t)(foot - text);
	while (end > 0 && is_space(text[end - 1]))
		end--;
	for (; pads < 2 && pads < end && text[end - pads - 1] == '='; pads++)
		;
	if (from + end < armour->body)
		return iap_error_set(err, IAP_CORRUPT, "armour: nothing in it");
	span = from + end - armour->body;
	if (armour->line != 0 && span > armour->line)
		span = span / (armour->line + armour->eol) * armour->line +
		    span % (armour->line + armour->eol);
	if (span % 4 != 0)
		return iap_error_set(err, IAP_CORRUPT, "armour: cut off");
	armour->chars = span;
	armour->reader.size = span / 4 * 3 - (span == 0 ? 0 : pads);
	return IAP_OK;
}

static uint64_t
position(const struct armour *armour, uint64_t character)
{
	if (armour->line == 0)
		return armour->body + character;
	return armour->body + character / armour->line * (armour->line + armour->eol) +
	    character % armour->line;
}

/* Decodes whole groups of `text`, which begins at `character`, into `out`. */
static bool
decode_lines(const struct armour *armour, uint64_t character, const char *text, size_t size,
    unsigned char *out, size_t *size_out)
{
	char group[4];
	size_t held = 0;

	*size_out = 0;
	for (size_t i = 0; i < size; character++) {
		group[held++] = text[i++];
		if (held == 4) {
			size_t bytes = decode_group(group, out + *size_out);

			if (bytes == 0 || (bytes < 3 && character + 1 != armour->chars))
				return false;
			*size_out += bytes;
			held = 0;
		}
		if (armour->line == 0 || (character + 1) % armour->line != 0)
			continue;
		for (uint64_t e = 0; e < armour->eol && i < size; e++)
			if (!is_space(text[i++]))
				return false;
	}
	return true;
}

static enum iap_status
armour_read_at(struct iap_reader *reader, uint64_t offset, void *bytes, size_t size,
    size_t *got, struct iap_error *err)
{
	struct armour *armour = (struct armour *)reader;
	uint64_t first = offset / 3 * 4, last, begin;
	unsigned char plain[PIECE];
	char text[PIECE];
	size_t used, decoded, skip = (size_t)(offset % 3);

	if (size > reader->size - offset)
		size = (size_t)(reader->size - offset);
	last = (offset + size + 2) / 3 * 4;
	begin = position(armour, first);
	used = last > armour->chars ? 0 : (size_t)((last - first) / 4);
	/* As many groups as fit with their line ends. */
	while (used > 1 && position(armour, first + used * 4 - 1) + 1 - begin > sizeof text)
		used = used / 2;
	if (used == 0)
		return iap_error_set(err, IAP_CORRUPT, "armour: cut off");
	last = position(armour, first + used * 4 - 1) + 1;
	if (iap_reader_read_at(armour->text, begin, text, (size_t)(last - begin), &used, err)
	    != IAP_OK)
		return err->status;
	if (used != last - begin ||
	    !decode_lines(armour, first, text, used, plain, &decoded) || decoded <= skip)
		return iap_error_set(err, IAP_CORRUPT, "armour: not base64 near %llu",
		    (unsigned long long)begin);
	*got = decoded - skip < size ? decoded - skip : size;
	memcpy(bytes, plain + skip, *got);
	return IAP_OK;
}

static void
armour_close(struct iap_reader *reader)
{
	struct armour *armour = (struct armour *)reader;

	iap_reader_close(&armour->text);
	free(armour);
}

static const struct iap_reader_ops armour_ops = {
	.read_at = armour_read_at,
	.close = armour_close,
};

enum iap_status
iap_armour_open(struct iap_reader **text, struct iap_reader **out, struct iap_error *err)
{
	struct armour *armour = calloc(1, sizeof *armour);

	if (armour == NULL)
		iap_log_die("out of memory");
	armour->reader.ops = &armour_ops;
	armour->reader.mtime_ns = (*text)->mtime_ns;
	armour->text = *text;
	if (measure_lines(armour, err) != IAP_OK || measure_end(armour, err) != IAP_OK) {
		free(armour);
		return err->status;
	}
	*text = NULL;
	*out = &armour->reader;
	return IAP_OK;
}
