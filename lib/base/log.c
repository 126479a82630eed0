/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/macros.h"

enum { LINE_SIZE = 2048 };

/* One write() a line, so that the lines of several processes do not mix. */
static void IAP_PRINTF(2, 0)
write_line(const char *level, const char *format, va_list values)
{
	char line[LINE_SIZE];
	size_t used;
	ssize_t written;

	snprintf(line, sizeof line, "%s ", level);
	used = strlen(line);
	vsnprintf(line + used, sizeof line - used - 1, format, values);
	for (char *c = line; *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';
	used = strlen(line);
	line[used] = '\n';
	written = write(STDERR_FILENO, line, used + 1);
	(void)written; /* there is nowhere left to complain */
}

void
iap_log_error(const char *format, ...)
{
	va_list values;

	va_start(values, format);
	write_line("error", format, values);
	va_end(values);
}

void
iap_log_warning(const char *format, ...)
{
	va_list values;

	va_start(values, format);
	write_line("warning", format, values);
	va_end(values);
}

void
iap_log_info(const char *format, ...)
{
	va_list values;

	va_start(values, format);
	write_line("info", format, values);
	va_end(values);
}

void
iap_log_die(const char *format, ...)
{
	va_list values;

	va_start(values, format);
	write_line("error", format, values);
	va_end(values);
	abort();
}
