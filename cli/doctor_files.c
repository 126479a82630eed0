/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "cli/doctor.h"

/* Less free room than this is a warning, in bytes. */
#define ROOM_ADVISED ((uint64_t)1 << 30)

enum { TICKET_KEY_LEAST = 32 };

/* A file with a secret: there, readable, and for nobody else. */
static void
check_secret(struct iap_doctor *doctor, const char *check, const char *path, size_t least)
{
	struct iap_error err = { 0 };
	struct stat st;
	char *secret;

	if (path == NULL)
		return;
	if (iap_file_load(doctor->cli->arena, path, 4096, &secret, &(size_t){ 0 }, &err) != IAP_OK) {
		iap_doctor_add(doctor, check, IAP_FINDING_FAILED,
		    "make the file readable for the program that needs it, or correct iap.conf",
		    "%s", err.detail);
		return;
	}
	if (strlen(secret) < least)
		iap_doctor_add(doctor, check, IAP_FINDING_FAILED, "write a longer secret into it",
		    "%s is shorter than %zu bytes", path, least);
	else if (stat(path, &st) == 0 && (st.st_mode & S_IRWXO) != 0)
		iap_doctor_add(doctor, check, IAP_FINDING_WARNING, "chmod o= the file",
		    "%s can be read by everybody", path);
	else
		iap_doctor_add(doctor, check, IAP_FINDING_OK, "", "%s is there, and not for everybody",
		    path);
	explicit_bzero(secret, strlen(secret));
}

static void
check_folder(struct iap_doctor *doctor, const char *check, const char *path, int wanted)
{
	struct stat st;

	if (stat(path, &st) < 0 || !S_ISDIR(st.st_mode))
		iap_doctor_add(doctor, check, IAP_FINDING_FAILED,
		    "make the folder, owned by the program that writes it", "%s is no folder", path);
	else if (access(path, wanted) < 0)
		iap_doctor_add(doctor, check, IAP_FINDING_FAILED,
		    "give the folder to the user of the program", "%s: %s", path, strerror(errno));
	else
		iap_doctor_add(doctor, check, IAP_FINDING_OK, "", "%s can be used", path);
}

static void
close_folder(DIR **folder)
{
	if (*folder != NULL)
		closedir(*folder);
}

/* The key folder and what lies in it is for iap-media alone. */
static void
check_keys(struct iap_doctor *doctor)
{
	const char *path = doctor->cli->settings.media_keys;
	IAP_CLEANUP(close_folder) DIR *folder = opendir(path);
	const struct dirent *entry;
	const char *open_to_all = NULL;
	size_t files = 0;
	struct stat st;

	if (folder == NULL) {
		iap_doctor_add(doctor, "key folder", IAP_FINDING_FAILED,
		    "make it, mode 0700, owned by the user of iap-media", "%s: %s", path, strerror(errno));
		return;
	}
	if (fstat(dirfd(folder), &st) == 0 && (st.st_mode & S_IRWXO) != 0)
		open_to_all = path;
	while ((entry = readdir(folder)) != NULL) {
		if (*entry->d_name == '.' || fstatat(dirfd(folder), entry->d_name, &st, 0) < 0)
			continue;
		files++;
		if (iap_text_ends(entry->d_name, ".key") || strstr(entry->d_name, "key") != NULL)
			if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
				open_to_all = iap_arena_format(doctor->cli->arena, "%s/%s", path,
				    entry->d_name);
	}
	if (open_to_all != NULL)
		iap_doctor_add(doctor, "key folder", IAP_FINDING_WARNING,
		    "chmod go= what lies in it, and o= the folder", "%s can be read by others", open_to_all);
	else
		iap_doctor_add(doctor, "key folder", IAP_FINDING_OK, "", "%s holds %zu files, for its owner only",
		    path, files);
	if (doctor->cli->settings.media_keys_passphrase_file == NULL)
		iap_doctor_add(doctor, "keys at rest", IAP_FINDING_WARNING,
		    "set [media] keys_passphrase_file, then import the keys again",
		    "private keys lie unencrypted");
	else
		check_secret(doctor, "keys at rest", doctor->cli->settings.media_keys_passphrase_file, 1);
}

static void
check_time(struct iap_doctor *doctor)
{
	const char *zone = doctor->cli->settings.web_time_zone;
	const char *file = iap_arena_format(doctor->cli->arena, "/usr/share/zoneinfo/%s", zone);

	if (strstr(zone, "..") != NULL || access(file, R_OK) < 0)
		iap_doctor_add(doctor, "time zone", IAP_FINDING_FAILED,
		    "install tzdata, or set [web] time_zone to a name such as Europe/Berlin",
		    "nothing is known of the time zone %s", zone);
	else
		iap_doctor_add(doctor, "time zone", IAP_FINDING_OK, "", "%s is known", zone);
	/* 2024-01-01: a clock before it was never set. */
	if (iap_clock_now_ms() < INT64_C(1704067200000))
		iap_doctor_add(doctor, "clock", IAP_FINDING_FAILED, "set the clock; use NTP",
		    "this machine's clock says %s",
		    iap_clock_format(doctor->cli->arena, iap_clock_now_ms()));
	else
		iap_doctor_add(doctor, "clock", IAP_FINDING_OK, "", "it is %s",
		    iap_clock_format(doctor->cli->arena, iap_clock_now_ms()));
}

static void
check_room(struct iap_doctor *doctor)
{
	const char *path = doctor->cli->settings.media_reports;
	struct statvfs fs;
	uint64_t room;

	if (statvfs(path, &fs) < 0)
		return;
	room = (uint64_t)fs.f_bavail * fs.f_frsize;
	iap_doctor_add(doctor, "room", room < ROOM_ADVISED ? IAP_FINDING_WARNING : IAP_FINDING_OK,
	    "make room on that disk", "%" PRIu64 " MB are free below %s", room >> 20, path);
}

/* Whether somebody listens on the socket. */
static bool
answers(const char *path)
{
	IAP_CLEANUP(iap_file_close) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (fd < 0 || strlen(path) >= sizeof address.sun_path)
		return false;
	strcpy(address.sun_path, path);
	return connect(fd, (const struct sockaddr *)&address, sizeof address) == 0;
}

/* The pools' sockets lie in run/ beside iap.conf, or in /run/iap. */
static void
check_sockets(struct iap_doctor *doctor)
{
	static const char *const names[] = { "web", "media", "media-whole" };
	struct iap_arena *arena = doctor->cli->arena;

	for (size_t i = 0; i < IAP_LENGTH(names); i++) {
		const char *check = iap_arena_format(arena, "pool %s", names[i]);
		const char *near = iap_arena_format(arena, "%s/run/%s.sock",
		    doctor->cli->settings.folder, names[i]);
		const char *far = iap_arena_format(arena, "/run/iap/%s.sock", names[i]);
		const char *path = access(near, F_OK) == 0 ? near : far;

		if (answers(path))
			iap_doctor_add(doctor, check, IAP_FINDING_OK, "", "%s answers", path);
		else
			iap_doctor_add(doctor, check, IAP_FINDING_FAILED,
			    "start the programs: ./quickstart, or the units of the package",
			    "nobody answers at %s", path);
	}
}

static void
check_templates(struct iap_doctor *doctor)
{
	const char *path = iap_arena_format(doctor->cli->arena, "%s/layout.html",
	    doctor->cli->settings.web_templates);

	if (access(path, R_OK) < 0)
		iap_doctor_add(doctor, "templates", IAP_FINDING_FAILED,
		    "set [web] templates to the folder of the page templates", "%s: %s", path,
		    strerror(errno));
	else
		iap_doctor_add(doctor, "templates", IAP_FINDING_OK, "", "%s can be read", path);
}

void
iap_doctor_check_files(struct iap_doctor *doctor)
{
	const struct iap_settings *settings = &doctor->cli->settings;

	iap_doctor_add(doctor, "settings", IAP_FINDING_OK, "", "%s is well formed", settings->path);
	check_secret(doctor, "ticket key", settings->media_ticket_key_file, TICKET_KEY_LEAST);
	check_secret(doctor, "web's password", settings->db_web_password_file, 1);
	check_secret(doctor, "worker's password", settings->db_worker_password_file, 1);
	check_secret(doctor, "admin's password", settings->db_admin_password_file, 1);
	check_templates(doctor);
	check_folder(doctor, "sources folder", settings->media_sources, R_OK | X_OK);
	check_folder(doctor, "ended sessions", settings->media_ended, W_OK | X_OK);
	check_folder(doctor, "media reports", settings->media_reports, W_OK | X_OK);
	check_keys(doctor);
	check_time(doctor);
	check_room(doctor);
	check_sockets(doctor);
}
