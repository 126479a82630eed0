/* SPDX-License-Identifier: Apache-2.0 */
#include "http/stamp.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"

static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
static const char days[] = "SunMonTueWedThuFriSat";

bool
iap_http_stamp_parse(const char *text, int64_t *time_ms_out)
{
	char day_name[4], month_name[4];
	int day, year, hour, minute, second, end = 0;
	const char *month;

	if (text == NULL || strlen(text) != strlen("Sun, 06 Nov 1994 08:49:37 GMT") ||
	    sscanf(text, "%3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT%n", day_name, &day,
	    month_name, &year, &hour, &minute, &second, &end) != 7 || text[end] != '\0' || end == 0)
		return false;
	month = strstr(months, month_name);
	if (month == NULL || (month - months) % 3 != 0 || day < 1 || day > 31 || year < 1 ||
	    hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60)
		return false;
	*time_ms_out = (iap_clock_days(year, (int)((month - months) / 3) + 1, day) * 86400 +
	    hour * 3600 + minute * 60 + second) * 1000;
	return true;
}

char *
iap_http_stamp_format(struct iap_arena *arena, int64_t time_ms)
{
	time_t seconds = (time_t)(time_ms / 1000);
	struct tm tm;

	/* Not strftime(): its names are those of the process's language. */
	gmtime_r(&seconds, &tm);
	return iap_arena_format(arena, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT",
	    days + tm.tm_wday * 3, tm.tm_mday, months + tm.tm_mon * 3, tm.tm_year + 1900,
	    tm.tm_hour, tm.tm_min, tm.tm_sec);
}
