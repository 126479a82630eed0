/* SPDX-License-Identifier: Apache-2.0 */
#include "web/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

enum { DAY_SECONDS = 86400 };

/* A date and a time of day as written, with how long the smallest named part lasts. */
struct written {
	int year, month, day, hour, minute, second, ms;
	int64_t span_ms;
	bool has_offset;
	int offset_seconds;
};

static bool
is_known(const char *name)
{
	static const char *const folders[] = { "/usr/share/zoneinfo", "/usr/lib/zoneinfo" };
	char path[256];

	if (strcmp(name, "UTC") == 0)
		return true;
	/* A name is a path below the database, so it must not lead out of it. */
	if (name[0] == '\0' || name[0] == '/' || name[0] == ':' || strstr(name, "..") != NULL)
		return false;
	for (size_t i = 0; i < IAP_LENGTH(folders); i++) {
		int length = snprintf(path, sizeof(path), "%s/%s", folders[i], name);

		if (length > 0 && (size_t)length < sizeof(path) && access(path, R_OK) == 0)
			return true;
	}
	return false;
}

enum iap_status
iap_zone_use(const char *name, struct iap_error *err)
{
	if (name == NULL)
		name = "UTC";
	/* The C library takes an unknown name for UTC and says nothing. */
	if (!is_known(name))
		return iap_error_set(err, IAP_INVALID, "time zone \"%s\" is not in the tz database", name);
	if (setenv("TZ", strcmp(name, "UTC") == 0 ? "UTC0" : name, 1) != 0)
		return iap_error_set(err, IAP_FAILED, "cannot set the time zone \"%s\"", name);
	tzset();
	return IAP_OK;
}

static struct tm
local(int64_t time_ms)
{
	time_t seconds = (time_t)(time_ms / 1000 - (time_ms % 1000 < 0 ? 1 : 0));
	struct tm tm = { 0 };

	localtime_r(&seconds, &tm);
	return tm;
}

/* `count` digits as a number; moves *text behind them. */
static bool
take_digits(const char **text, int count, int *out)
{
	int number = 0;

	for (int i = 0; i < count; i++) {
		char c = (*text)[i];

		if (c < '0' || c > '9')
			return false;
		number = number * 10 + (c - '0');
	}
	*text += count;
	*out = number;
	return true;
}

static bool
take_char(const char **text, char c)
{
	if (**text != c)
		return false;
	(*text)++;
	return true;
}

static bool
take_fraction(const char **text, struct written *out)
{
	int scale = 100;

	if (**text < '0' || **text > '9')
		return false;
	for (; **text >= '0' && **text <= '9'; (*text)++, scale /= 10)
		out->ms += (**text - '0') * scale;
	out->span_ms = 1;
	return true;
}

static bool
take_offset(const char **text, struct written *out)
{
	int hours, minutes, sign;

	if (**text == '\0')
		return true;
	out->has_offset = true;
	if (take_char(text, 'Z') || take_char(text, 'z'))
		return true;
	sign = **text == '-' ? -1 : 1;
	if (!take_char(text, '+') && !take_char(text, '-'))
		return false;
	if (!take_digits(text, 2, &hours) || !take_char(text, ':') || !take_digits(text, 2, &minutes))
		return false;
	out->offset_seconds = sign * (hours * 3600 + minutes * 60);
	return hours < 24 && minutes < 60;
}

static int
days_in(int year, int month)
{
	int next_year = month == 12 ? year + 1 : year;

	return (int)(iap_clock_days(next_year, month % 12 + 1, 1) - iap_clock_days(year, month, 1));
}

static bool
take_date(const char **text, struct written *out)
{
	if (!take_digits(text, 4, &out->year) || !take_char(text, '-') ||
	    !take_digits(text, 2, &out->month) || !take_char(text, '-') ||
	    !take_digits(text, 2, &out->day))
		return false;
	return out->month >= 1 && out->month <= 12 && out->day >= 1 &&
	    out->day <= days_in(out->year, out->month);
}

static bool
take_time(const char **text, struct written *out)
{
	if (!take_digits(text, 2, &out->hour) || !take_char(text, ':') ||
	    !take_digits(text, 2, &out->minute))
		return false;
	out->span_ms = 60000;
	if (take_char(text, ':')) {
		if (!take_digits(text, 2, &out->second))
			return false;
		out->span_ms = 1000;
		if (take_char(text, '.') && !take_fraction(text, out))
			return false;
	}
	/* A leap second is the last moment of its minute here: POSIX time has none. */
	return out->hour < 24 && out->minute < 60 && out->second <= 60;
}

/* Seconds since 1970 of what the clocks of the site show as `civil` seconds. */
static int64_t
from_civil(int64_t civil)
{
	int64_t before = civil - local((civil - DAY_SECONDS) * 1000).tm_gmtoff;
	int64_t after = civil - local((civil + DAY_SECONDS) * 1000).tm_gmtoff;
	bool is_before = before + local(before * 1000).tm_gmtoff == civil;
	bool is_after = after + local(after * 1000).tm_gmtoff == civil;

	if (is_before && is_after)
		return before < after ? before : after;
	return is_after && !is_before ? after : before;
}

bool
iap_zone_parse(const char *text, bool end, int64_t *time_ms_out)
{
	struct written at = { .span_ms = (int64_t)DAY_SECONDS * 1000 };
	int64_t days, seconds;

	if (text == NULL || !take_date(&text, &at))
		return false;
	if (*text != '\0') {
		if (!take_char(&text, 'T') && !take_char(&text, 't') && !take_char(&text, ' '))
			return false;
		if (!take_time(&text, &at) || !take_offset(&text, &at) || *text != '\0')
			return false;
	}
	days = iap_clock_days(at.year, at.month, at.day);
	seconds = days * DAY_SECONDS + at.hour * 3600 + at.minute * 60 + at.second;
	/* The end of a day is the next day's start in its own offset: some last 23 hours. */
	if (end && !at.has_offset && at.span_ms == (int64_t)DAY_SECONDS * 1000) {
		*time_ms_out = from_civil(seconds + DAY_SECONDS) * 1000;
		return true;
	}
	seconds = at.has_offset ? seconds - at.offset_seconds : from_civil(seconds);
	*time_ms_out = seconds * 1000 + at.ms + (end ? at.span_ms : 0);
	return true;
}

char *
iap_zone_date(struct iap_arena *arena, int64_t time_ms)
{
	static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
		"Aug", "Sep", "Oct", "Nov", "Dec" };
	struct tm tm = local(time_ms);

	return iap_arena_format(arena, "%s %d %s %d", days[tm.tm_wday], tm.tm_mday,
	    months[tm.tm_mon], tm.tm_year + 1900);
}

char *
iap_zone_clock(struct iap_arena *arena, int64_t time_ms)
{
	struct tm tm = local(time_ms);

	return iap_arena_format(arena, "%02d:%02d:%02d", tm.tm_hour, tm.tm_min, tm.tm_sec);
}

char *
iap_zone_offset(struct iap_arena *arena, int64_t time_ms)
{
	long offset = local(time_ms).tm_gmtoff;
	long minutes = (offset < 0 ? -offset : offset) / 60;

	return iap_arena_format(arena, "%c%02ld:%02ld", offset < 0 ? '-' : '+', minutes / 60,
	    minutes % 60);
}
