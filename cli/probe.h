/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a source can be read now: its root is listed and one object begun. */
#ifndef IAP_CLI_PROBE_H
#define IAP_CLI_PROBE_H

#include <stdbool.h>

#include "cli/command.h"

struct iap_probe {
	bool good;
	const char *detail; /* a sentence: what was read, or why it was not */
};

/* Tries the source `name` by its file in [media] sources. */
void iap_probe_source(struct iap_cli *cli, const char *name, struct iap_probe *out);

#endif
