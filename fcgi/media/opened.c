/* SPDX-License-Identifier: Apache-2.0 */
#include "media/opened.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

enum { KEPT = 16 };

struct iap_opened {
	struct {
		unsigned char id[IAP_SHA256_SIZE];
		struct iap_envelope *envelope;
		uint64_t used;
	} kept[KEPT];
	uint64_t now;
};

struct iap_opened *
iap_opened_new(void)
{
	struct iap_opened *opened = calloc(1, sizeof *opened);

	if (opened == NULL)
		iap_log_die("out of memory");
	return opened;
}

void
iap_opened_free(struct iap_opened **opened)
{
	if (*opened == NULL)
		return;
	for (size_t i = 0; i < KEPT; i++)
		iap_envelope_close(&(*opened)->kept[i].envelope);
	free(*opened);
	*opened = NULL;
}

struct iap_envelope *
iap_opened_find(struct iap_opened *opened, const unsigned char id[IAP_SHA256_SIZE])
{
	for (size_t i = 0; i < KEPT; i++)
		if (opened->kept[i].envelope != NULL &&
		    memcmp(opened->kept[i].id, id, IAP_SHA256_SIZE) == 0) {
			opened->kept[i].used = ++opened->now;
			return opened->kept[i].envelope;
		}
	return NULL;
}

void
iap_opened_insert(struct iap_opened *opened, const unsigned char id[IAP_SHA256_SIZE],
    struct iap_envelope **envelope)
{
	size_t oldest = 0;

	for (size_t i = 1; i < KEPT; i++)
		if (opened->kept[i].used < opened->kept[oldest].used)
			oldest = i;
	iap_envelope_close(&opened->kept[oldest].envelope);
	memcpy(opened->kept[oldest].id, id, IAP_SHA256_SIZE);
	opened->kept[oldest].envelope = *envelope;
	opened->kept[oldest].used = ++opened->now;
	*envelope = NULL;
}
