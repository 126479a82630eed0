/* SPDX-License-Identifier: Apache-2.0 */
/* iapctl doctor: looks at everything IAP needs, and says what to do. */
#include "cli/doctor.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "json/write.h"

enum { DETAIL_LIMIT = 1024 };

static const char *const kinds[] = {
	[IAP_FINDING_OK] = "ok",
	[IAP_FINDING_WARNING] = "warning",
	[IAP_FINDING_FAILED] = "failed",
};

void
iap_doctor_add(struct iap_doctor *doctor, const char *check, enum iap_finding_kind kind,
    const char *remedy, const char *format, ...)
{
	struct iap_arena *arena = doctor->cli->arena;
	char detail[DETAIL_LIMIT];
	va_list values;

	va_start(values, format);
	vsnprintf(detail, sizeof detail, format, values);
	va_end(values);
	if (doctor->count == doctor->room) {
		struct iap_finding *longer;

		doctor->room = doctor->room * 2 + 32;
		longer = iap_arena_array(arena, doctor->room, sizeof *longer);
		if (doctor->count > 0)
			memcpy(longer, doctor->findings, doctor->count * sizeof *longer);
		doctor->findings = longer;
	}
	doctor->findings[doctor->count++] = (struct iap_finding){
		.check = iap_arena_copy(arena, check),
		.kind = kind,
		.detail = iap_arena_copy(arena, detail),
		.remedy = kind == IAP_FINDING_OK ? "" : iap_arena_copy(arena, remedy),
	};
}

static size_t
count_kind(const struct iap_doctor *doctor, enum iap_finding_kind kind)
{
	size_t count = 0;

	for (size_t i = 0; i < doctor->count; i++)
		count += doctor->findings[i].kind == kind;
	return count;
}

static void
write_findings(const struct iap_doctor *doctor, struct iap_buf *text)
{
	struct iap_json_writer writer;

	iap_json_write_open(&writer, text);
	iap_json_write_object_begin(&writer, NULL);
	iap_json_write_bool(&writer, "ok", count_kind(doctor, IAP_FINDING_FAILED) == 0);
	iap_json_write_u64(&writer, "warnings", count_kind(doctor, IAP_FINDING_WARNING));
	iap_json_write_u64(&writer, "failed", count_kind(doctor, IAP_FINDING_FAILED));
	iap_json_write_array_begin(&writer, "checks");
	for (size_t i = 0; i < doctor->count; i++) {
		const struct iap_finding *finding = &doctor->findings[i];

		iap_json_write_object_begin(&writer, NULL);
		iap_json_write_text(&writer, "check", finding->check);
		iap_json_write_text(&writer, "result", kinds[finding->kind]);
		iap_json_write_text(&writer, "detail", finding->detail);
		iap_json_write_text(&writer, "remedy", finding->remedy);
		iap_json_write_object_end(&writer);
	}
	iap_json_write_array_end(&writer);
	iap_json_write_object_end(&writer);
	iap_buf_char(text, '\n');
}

static void
print_findings(const struct iap_doctor *doctor, struct iap_buf *text)
{
	for (size_t i = 0; i < doctor->count; i++) {
		const struct iap_finding *finding = &doctor->findings[i];

		iap_buf_format(text, "%-8s %-18s %s\n", kinds[finding->kind], finding->check,
		    finding->detail);
		if (*finding->remedy != '\0')
			iap_buf_format(text, "%-8s %-18s -> %s\n", "", "", finding->remedy);
	}
	iap_buf_format(text, "%zu checks, %zu warnings, %zu failed\n", doctor->count,
	    count_kind(doctor, IAP_FINDING_WARNING), count_kind(doctor, IAP_FINDING_FAILED));
}

static enum iap_exit
examine(struct iap_cli *cli, struct iap_arguments *arguments)
{
	bool json = false;
	const struct iap_option table[] = { { "json", IAP_OPTION_FLAG, { .flag = &json } } };
	struct iap_option_list words;
	struct iap_doctor doctor = { .cli = cli };
	struct iap_buf text;
	enum iap_exit code;

	if (!iap_cli_parse(cli, arguments, table, IAP_LENGTH(table), (struct iap_word_count){ 0, 0 },
	    &words))
		return cli->exit;
	iap_doctor_check_files(&doctor);
	iap_doctor_check_database(&doctor);
	if (cli->db != NULL)
		iap_doctor_check_archive(&doctor);
	iap_buf_open(&text, cli->arena);
	(json ? write_findings : print_findings)(&doctor, &text);
	code = iap_cli_print(&text);
	if (code != IAP_EXIT_DONE)
		return code;
	return count_kind(&doctor, IAP_FINDING_FAILED) > 0 ? IAP_EXIT_FAULTS : IAP_EXIT_DONE;
}

const struct iap_command iap_cli_doctor_commands[] = {
	{ "doctor", NULL, "examine everything IAP needs, and say what to do",
	  "usage: iapctl doctor [--json]\n\n"
	  "Settings, secrets, folders, sockets, clock, database, schema, accounts, sources\n"
	  "and keys, each with a remedy. Run it as the user the programs run as, or as root.\n"
	  "Exit code 3 when something failed.\n\n"
	  "  iapctl doctor\n"
	  "  iapctl doctor --json | jq '.checks[] | select(.result != \"ok\")'\n", examine },
};
