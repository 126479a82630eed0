/* SPDX-License-Identifier: Apache-2.0 */
#include "archive/time.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"

enum { MINUTE_MS = 60000, DAY_MS = 86400000 };

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Reads `least` to `most` digits; moves *text behind them. */
static bool
take_number(const char **text, int least, int most, int *out)
{
	int digits = 0;

	*out = 0;
	while (digits < most && is_digit(**text)) {
		*out = *out * 10 + *(*text)++ - '0';
		digits++;
	}
	return digits >= least && !is_digit(**text);
}

static bool
take_char(const char **text, const char *any_of)
{
	if (**text == '\0' || strchr(any_of, **text) == NULL)
		return false;
	(*text)++;
	return true;
}

static int
days_of_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (leap && month == 2);
}

static bool
take_date(const char **text, int64_t *ms_out)
{
	int year, month, day;

	if (!take_number(text, 4, 4, &year) || !take_char(text, "-") ||
	    !take_number(text, 2, 2, &month) || !take_char(text, "-") ||
	    !take_number(text, 2, 2, &day))
		return false;
	if (month < 1 || month > 12 || day < 1 || day > days_of_month(year, month))
		return false;
	*ms_out = iap_clock_days(year, month, day) * DAY_MS;
	return true;
}

/* Digits after the decimal sign; what is finer than a millisecond is cut off. */
static bool
take_fraction(const char **text, int64_t *ms_out)
{
	int64_t scale = 100;

	if (!is_digit(**text))
		return false;
	for (; is_digit(**text); scale /= 10)
		*ms_out += (*(*text)++ - '0') * scale;
	return true;
}

/* HH:MM, HH:MM:SS or HH:MM:0SS with or without a fraction. */
static bool
take_clock(const char **text, int64_t *ms_out)
{
	int hour, minute, second = 0;
	int64_t fraction = 0;

	if (!take_number(text, 2, 2, &hour) || !take_char(text, ":") ||
	    !take_number(text, 2, 2, &minute))
		return false;
	if (take_char(text, ":")) {
		if (!take_number(text, 2, 3, &second))
			return false;
		if (take_char(text, ".,") && !take_fraction(text, &fraction))
			return false;
	}
	/* A leap second is the first of the next minute, as everywhere in POSIX. */
	if (hour > 23 || minute > 59 || second > 60)
		return false;
	*ms_out = (hour * 60 + minute) * (int64_t)MINUTE_MS + second * 1000 + fraction;
	return true;
}

/* Z, +HH, +HHMM, +HH:MM, or nothing, which is UTC. */
static bool
take_offset(const char **text, int64_t *ms_out)
{
	int hours, minutes = 0;
	bool west = **text == '-';

	*ms_out = 0;
	if (**text == '\0' || take_char(text, "Zz"))
		return true;
	if (!take_char(text, "+-") || !is_digit((*text)[0]) || !is_digit((*text)[1]))
		return false;
	hours = ((*text)[0] - '0') * 10 + (*text)[1] - '0';
	*text += 2;
	if (**text != '\0') {
		if (**text == ':')
			(*text)++;
		if (!take_number(text, 2, 2, &minutes))
			return false;
	}
	if (hours > 23 || minutes > 59)
		return false;
	*ms_out = (hours * 60 + minutes) * (int64_t)MINUTE_MS * (west ? -1 : 1);
	return true;
}

static bool
parse_iso(const char *text, int64_t *ms_out)
{
	int64_t date, clock, offset;

	if (!take_date(&text, &date))
		return false;
	*ms_out = date;
	if (*text == '\0')
		return true;
	if (!take_char(&text, "Tt ") || !take_clock(&text, &clock))
		return false;
	while (*text == ' ')
		text++;
	if (!take_offset(&text, &offset) || *text != '\0')
		return false;
	*ms_out = date + clock - offset;
	return true;
}

bool
iap_time_parse(const char *text, int64_t *ms_out)
{
	int64_t ms;

	if (!iap_text_parse_i64(text, &ms) && !parse_iso(text, &ms))
		return false;
	if (ms < 0 || ms >= IAP_TIME_END)
		return false;
	*ms_out = ms;
	return true;
}

bool
iap_time_find_date(const char *text, int64_t *ms_out)
{
	bool found = false;

	for (const char *at = text; *at != '\0'; at++) {
		const char *rest = at;
		int64_t ms;

		if (at != text && is_digit(at[-1]))
			continue;
		if (take_date(&rest, &ms) && ms >= 0 && ms < IAP_TIME_END) {
			*ms_out = ms;
			found = true;
		}
	}
	return found;
}
