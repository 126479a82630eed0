/* SPDX-License-Identifier: Apache-2.0 */
#include "model/lease.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "db/stmt.h"
#include "model/statements.h"

enum { PROC_FILE_LIMIT = 4096, STAT_START_TIME = 22, HOST_MAX = 48 };

struct claim {
	const char *lease_owner;
	int64_t lease_until_ms;
};

static const struct iap_column columns[] = {
	IAP_COLUMN(claim, lease_owner),
	IAP_COLUMN(claim, lease_until_ms),
};

static const struct iap_stmt find = {
	.name = "lease_find",
	.sql = "SELECT lease_owner, lease_until_ms FROM source WHERE id = ?",
	.columns = columns,
	.column_count = IAP_LENGTH(columns),
};

/* Checked: whoever changed the row since it was read wins. */
static const struct iap_stmt take = {
	.name = "lease_take",
	.sql = "UPDATE source SET lease_owner = ?, lease_until_ms = ?"
	       " WHERE id = ? AND lease_owner = ? AND lease_until_ms = ?",
};

static const struct iap_stmt renew = {
	.name = "lease_renew",
	.sql = "UPDATE source SET lease_until_ms = ? WHERE id = ? AND lease_owner = ?",
};

static const struct iap_stmt *const statements[] = { &find, &take, &renew };

const struct iap_statements iap_lease_statements = { statements, IAP_LENGTH(statements) };

/* The text of a file of /proc, which has no size of its own; "" when it cannot be read. */
static void
read_proc(const char *path, char *text, size_t size)
{
	IAP_CLEANUP(iap_file_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? 0 : read(fd, text, size - 1);

	text[got < 0 ? 0 : got] = '\0';
}

/* When the process `pid` began, in ticks since boot: told apart from a later one of its number. */
static void
start_of(long pid, char out[24])
{
	char path[64], text[PROC_FILE_LIMIT], *word;

	snprintf(path, sizeof path, "/proc/%ld/stat", pid);
	snprintf(out, 24, "0");
	read_proc(path, text, sizeof text);
	/* The second word is the program's name, which may hold spaces. */
	word = strrchr(text, ')');
	for (int i = 2; word != NULL && i < STAT_START_TIME; i++)
		word = strchr(word + 1, ' ');
	if (word != NULL)
		snprintf(out, 24, "%.*s", (int)strcspn(word + 1, " "), word + 1);
}

/* Which running kernel, and which numbering of processes on it. */
static void
kernel_of(char out[40])
{
	char numbering[32] = "", boot[PROC_FILE_LIMIT];

	read_proc("/proc/sys/kernel/random/boot_id", boot, sizeof boot);
	if (readlink("/proc/self/ns/pid", numbering, sizeof numbering - 1) < 0 || boot[0] == '\0')
		snprintf(out, 40, "unknown:");
	else
		snprintf(out, 40, "%.8s:%.24s", boot, numbering + strcspn(numbering, "["));
}

const char *
iap_lease_owner(struct iap_arena *arena)
{
	char host[HOST_MAX + 1] = "", start[24], kernel[40];

	if (gethostname(host, sizeof host - 1) != 0)
		snprintf(host, sizeof host, "unknown");
	for (char *c = host; *c != '\0'; c++)
		if (*c == ':')
			*c = '_';
	start_of((long)getpid(), start);
	kernel_of(kernel);
	return iap_arena_format(arena, "%s:%ld:%s:%s", host, (long)getpid(), start, kernel);
}

bool
iap_lease_owner_ended(const char *owner)
{
	char host[HOST_MAX + 1] = "", kernel[40], own_kernel[40], start[24], own_start[24];
	long pid;

	if (sscanf(owner, "%48[^:]:%ld:%23[^:]:%39s", host, &pid, start, kernel) != 4 || pid <= 0)
		return false;
	kernel_of(own_kernel);
	if (strcmp(kernel, own_kernel) != 0 || strncmp(kernel, "unknown", 7) == 0)
		return false;
	if (kill((pid_t)pid, 0) != 0 && errno == ESRCH)
		return true;
	start_of(pid, own_start);
	return strcmp(own_start, "0") != 0 && strcmp(own_start, start) != 0;
}

enum iap_status
iap_lease_begin(struct iap_db *db, uint64_t source_id, const char *owner, struct iap_error *err)
{
	IAP_CLEANUP(iap_arena_free) struct iap_arena *arena = iap_arena_new(65536);
	const struct iap_value id[] = { iap_u64(source_id) };
	int64_t now = iap_clock_now_ms();
	struct claim claim = { 0 };
	struct iap_done done = { 0 };

	if (iap_db_one(db, arena, &find, id, IAP_LENGTH(id), &claim, err) != IAP_OK)
		return err->status;
	if (claim.lease_until_ms > now && strcmp(claim.lease_owner, owner) != 0 &&
	    !iap_lease_owner_ended(claim.lease_owner))
		return iap_error_set(err, IAP_CONFLICT, "another worker reads it: %s",
		    claim.lease_owner);
	{
		const struct iap_value values[] = { iap_text(owner), iap_i64(now + IAP_LEASE_MS),
			iap_u64(source_id), iap_text(claim.lease_owner),
			iap_i64(claim.lease_until_ms) };

		if (iap_db_run(db, &take, values, IAP_LENGTH(values), &done, err) != IAP_OK)
			return err->status;
	}
	if (done.matched == 0)
		return iap_error_set(err, IAP_CONFLICT, "another worker has just begun to read it");
	return IAP_OK;
}

static enum iap_status
set_until(struct iap_db *db, uint64_t source_id, const char *owner, int64_t until_ms,
    struct iap_done *done, struct iap_error *err)
{
	const struct iap_value values[] = { iap_i64(until_ms), iap_u64(source_id), iap_text(owner) };

	return iap_db_run(db, &renew, values, IAP_LENGTH(values), done, err);
}

enum iap_status
iap_lease_renew(struct iap_db *db, uint64_t source_id, const char *owner, struct iap_error *err)
{
	struct iap_done done = { 0 };

	if (set_until(db, source_id, owner, iap_clock_now_ms() + IAP_LEASE_MS, &done, err) != IAP_OK)
		return err->status;
	if (done.matched == 0)
		return iap_error_set(err, IAP_CONFLICT, "another worker took the source over");
	return IAP_OK;
}

enum iap_status
iap_lease_end(struct iap_db *db, uint64_t source_id, const char *owner, struct iap_error *err)
{
	struct iap_done done;

	return set_until(db, source_id, owner, 0, &done, err);
}
