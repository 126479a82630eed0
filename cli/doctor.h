/* SPDX-License-Identifier: Apache-2.0 */
/* The checks of `iapctl doctor`: each says what it found and what to do. */
#ifndef IAP_CLI_DOCTOR_H
#define IAP_CLI_DOCTOR_H

#include <stddef.h>

#include "cli/command.h"

enum iap_finding_kind {
	IAP_FINDING_OK,
	IAP_FINDING_WARNING, /* works, but somebody should know */
	IAP_FINDING_FAILED,
};

struct iap_finding {
	const char *check;
	enum iap_finding_kind kind;
	const char *detail; /* what was found */
	const char *remedy; /* what to do; "" when all is well */
};

/* All findings of one run. */
struct iap_doctor {
	struct iap_cli *cli;
	struct iap_finding *findings;
	size_t count;
	size_t room;
};

/* Adds a finding; the texts are copied. `remedy` is not kept when all is well. */
void iap_doctor_add(struct iap_doctor *doctor, const char *check, enum iap_finding_kind kind,
    const char *remedy, const char *format, ...) IAP_PRINTF(5, 6);

/* Settings, secrets, folders, time zone: what needs no database. */
void iap_doctor_check_files(struct iap_doctor *doctor);

/* The server, its settings, the schema, and the accounts of the programs. */
void iap_doctor_check_database(struct iap_doctor *doctor);

/* Sources and keys; needs the database. */
void iap_doctor_check_archive(struct iap_doctor *doctor);

#endif
