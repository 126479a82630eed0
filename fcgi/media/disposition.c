/* SPDX-License-Identifier: Apache-2.0 */
#include "media/disposition.h"

#include <string.h>

#include "base/buf.h"

/* What no system takes in a file name, or what would end the quoted text. */
static char
harmless(char c)
{
	return (unsigned char)c < 0x20 || c == 0x7f || strchr("\"\\/:*?<>|%", c) != NULL ? '_' : c;
}

const char *
iap_disposition_format(struct iap_arena *arena, const char *name)
{
	/* attr-char of RFC 8187 */
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789!#$&+-.^_`|~";
	struct iap_buf buf;

	iap_buf_open(&buf, arena);
	iap_buf_text(&buf, "attachment; filename=\"");
	for (const char *c = name; *c != '\0'; c++)
		if (((unsigned char)*c & 0xc0) != 0x80)
			iap_buf_char(&buf, (unsigned char)*c >= 0x80 ? '_' : harmless(*c));
	iap_buf_text(&buf, "\"; filename*=UTF-8''");
	for (const char *c = name; *c != '\0'; c++) {
		char safe = (unsigned char)*c >= 0x80 ? *c : harmless(*c);

		if (strchr(plain, safe) != NULL)
			iap_buf_char(&buf, safe);
		else
			iap_buf_format(&buf, "%%%02X", (unsigned char)safe);
	}
	return buf.bytes;
}
