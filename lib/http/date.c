/* SPDX-License-Identifier: Apache-2.0 */
#include "http/date.h"

#include <stddef.h>

#include "base/clock.h"

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Reads exactly `count` digits between `least` and `most`, and moves on. */
static bool
read_number(const char **at, int count, int least, int most, int *out)
{
	int number = 0;

	for (int i = 0; i < count; i++, (*at)++) {
		if (!is_digit(**at))
			return false;
		number = number * 10 + (**at - '0');
	}
	*out = number;
	return number >= least && number <= most;
}

static bool
read_char(const char **at, char c, char other)
{
	if (**at != c && **at != other)
		return false;
	(*at)++;
	return true;
}

static int
month_length(int year, int month)
{
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return lengths[month - 1] + (month == 2 && leap);
}

static bool
read_date(const char **at, int64_t *days_out)
{
	int year, month, day;

	if (!read_number(at, 4, 0, 9999, &year) || !read_char(at, '-', '-') ||
	    !read_number(at, 2, 1, 12, &month) || !read_char(at, '-', '-') ||
	    !read_number(at, 2, 1, month_length(year, month), &day))
		return false;
	*days_out = iap_clock_days(year, month, day);
	return true;
}

static bool
read_clock(const char **at, int64_t *ms_out)
{
	int hour, minute, second, unit = 100, ms = 0;

	if (!read_number(at, 2, 0, 23, &hour) || !read_char(at, ':', ':') ||
	    !read_number(at, 2, 0, 59, &minute) || !read_char(at, ':', ':') ||
	    !read_number(at, 2, 0, 60, &second))
		return false;
	if (**at == '.') {
		(*at)++;
		if (!is_digit(**at))
			return false;
		for (; is_digit(**at); (*at)++, unit /= 10)
			ms += (**at - '0') * unit;
	}
	*ms_out = ((int64_t)hour * 60 + minute) * 60000 + (int64_t)second * 1000 + ms;
	return true;
}

static bool
read_offset(const char **at, int64_t *ms_out)
{
	int sign = **at == '-' ? -1 : 1, hour, minute;

	*ms_out = 0;
	if (read_char(at, 'Z', 'z'))
		return true;
	if (!read_char(at, '+', '-') || !read_number(at, 2, 0, 23, &hour) ||
	    !read_char(at, ':', ':') || !read_number(at, 2, 0, 59, &minute))
		return false;
	*ms_out = (int64_t)sign * (hour * 60 + minute) * 60000;
	return true;
}

bool
iap_http_time_parse(const char *text, int64_t *time_ms_out)
{
	int64_t days, clock_ms, offset_ms;

	if (!read_date(&text, &days) || !read_char(&text, 'T', 't') ||
	    !read_clock(&text, &clock_ms) || !read_offset(&text, &offset_ms) || *text != '\0')
		return false;
	*time_ms_out = days * 86400000 + clock_ms - offset_ms;
	return true;
}
