/* SPDX-License-Identifier: Apache-2.0 */
/* "Did you mean ...?" for words that were mistyped. */
#ifndef IAP_CONF_SUGGEST_H
#define IAP_CONF_SUGGEST_H

#include <stddef.h>

struct iap_suggest {
	const char *word;     /* as typed */
	const char *best;     /* the nearest candidate so far, or NULL */
	size_t distance;      /* how far it is */
};

/* Starts with no candidate. */
void iap_suggest_open(struct iap_suggest *suggest, const char *word);

/*
 * Considers one candidate, which must outlive `suggest`. Only one that is at
 * most a third of its length away (letters added, left out, changed or two
 * neighbours swapped) is ever the best.
 */
void iap_suggest_add(struct iap_suggest *suggest, const char *candidate);

#endif
