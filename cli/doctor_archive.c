/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "cli/doctor.h"
#include "cli/probe.h"
#include "conf/source.h"
#include "model/key_inventory.h"
#include "model/source.h"

/* A certificate that ends within so many days is told of. */
enum { DAYS_AHEAD = 30 };

static bool
is_known(const struct iap_rows *rows, const char *name)
{
	const struct iap_source *sources = rows->items;

	for (size_t i = 0; i < rows->count; i++)
		if (strcmp(sources[i].name, name) == 0)
			return true;
	return false;
}

/* Files in sources.d that the database knows nothing of. */
static void
check_strangers(struct iap_doctor *doctor, const struct iap_rows *rows)
{
	const char *const *names;
	struct iap_error err = { 0 };
	size_t count;

	if (iap_source_conf_list(doctor->cli->arena, doctor->cli->settings.media_sources, &names,
	    &count, &err) != IAP_OK)
		return; /* told of by the check of that folder */
	for (size_t i = 0; i < count; i++)
		if (!is_known(rows, names[i]))
			iap_doctor_add(doctor, "source", IAP_FINDING_WARNING,
			    "iapctl source add it, or delete its file",
			    "%s has a file, but is not in the database", names[i]);
}

static void
check_sources(struct iap_doctor *doctor)
{
	struct iap_rows rows;
	struct iap_error err = { 0 };
	const struct iap_source *sources;

	if (iap_source_list(doctor->cli->db, doctor->cli->arena, &rows, &err) != IAP_OK) {
		iap_doctor_add(doctor, "sources", IAP_FINDING_FAILED, "iapctl db migrate", "%s", err.detail);
		return;
	}
	sources = rows.items;
	if (rows.count == 0)
		iap_doctor_add(doctor, "sources", IAP_FINDING_WARNING, "iapctl source add", "there are none");
	for (size_t i = 0; i < rows.count; i++) {
		const char *check = iap_arena_format(doctor->cli->arena, "source %s", sources[i].name);
		struct iap_probe probe;

		iap_probe_source(doctor->cli, sources[i].name, &probe);
		iap_doctor_add(doctor, check, probe.good ? IAP_FINDING_OK : IAP_FINDING_FAILED,
		    "mount it, let the programs' users read it, or correct its file in sources.d",
		    "%s", probe.detail);
	}
	check_strangers(doctor, &rows);
}

static void
check_keys(struct iap_doctor *doctor)
{
	int64_t soon = iap_clock_now_ms() + DAYS_AHEAD * INT64_C(86400000);
	struct iap_rows rows;
	struct iap_error err = { 0 };
	const struct iap_key_row *keys;
	size_t missing = 0;

	if (iap_key_inventory_list(doctor->cli->db, doctor->cli->arena, &rows, &err) != IAP_OK) {
		iap_doctor_add(doctor, "keys", IAP_FINDING_FAILED, "iapctl db migrate", "%s", err.detail);
		return;
	}
	keys = rows.items;
	for (size_t i = 0; i < rows.count; i++) {
		if (!keys[i].present && keys[i].shut > 0) {
			missing++;
			iap_doctor_add(doctor, "keys", IAP_FINDING_WARNING,
			    "find the private key and iapctl key import it",
			    "%" PRIu64 " recordings need the key of %s, serial %s", keys[i].shut,
			    keys[i].issuer, keys[i].serial);
		}
		if (keys[i].present && keys[i].not_after_ms.value > iap_clock_now_ms() &&
		    keys[i].not_after_ms.value < soon)
			iap_doctor_add(doctor, "keys", IAP_FINDING_WARNING,
			    "import the next certificate's key as soon as recordings use it",
			    "the certificate %s ends at %s", keys[i].subject,
			    iap_clock_format(doctor->cli->arena, keys[i].not_after_ms.value));
	}
	if (missing == 0)
		iap_doctor_add(doctor, "keys", IAP_FINDING_OK, "",
		    "every recording's certificate has its key");
}

void
iap_doctor_check_archive(struct iap_doctor *doctor)
{
	check_sources(doctor);
	check_keys(doctor);
}
