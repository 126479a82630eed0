/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/suggest.h"

#include <stdint.h>
#include <string.h>

#include "base/macros.h"

enum { WORD_LIMIT = 64 };

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Optimal string alignment distance; SIZE_MAX for words that are too long. */
static size_t
edits_between(const char *a, const char *b)
{
	size_t rows[3][WORD_LIMIT + 1];
	size_t length_a = strlen(a), length_b = strlen(b);

	if (length_a > WORD_LIMIT || length_b > WORD_LIMIT)
		return SIZE_MAX;
	for (size_t j = 0; j <= length_b; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= length_a; i++) {
		size_t *row = rows[i % 3], *above = rows[(i - 1) % 3], *higher = rows[(i + 1) % 3];

		row[0] = i;
		for (size_t j = 1; j <= length_b; j++) {
			row[j] = least(above[j - 1] + (a[i - 1] != b[j - 1]),
			    least(above[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = least(row[j], higher[j - 2] + 1);
		}
	}
	return rows[length_a % 3][length_b];
}

void
iap_suggest_open(struct iap_suggest *suggest, const char *word)
{
	*suggest = (struct iap_suggest){ .word = word, .distance = SIZE_MAX };
}

void
iap_suggest_add(struct iap_suggest *suggest, const char *candidate)
{
	size_t distance = edits_between(suggest->word, candidate);

	if (distance >= suggest->distance || distance > (strlen(candidate) + 2) / 3)
		return;
	suggest->best = candidate;
	suggest->distance = distance;
}
