/* SPDX-License-Identifier: Apache-2.0 */
#include "db/db.h"

#include <errmsg.h>
#include <mysqld_error.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "crypto/hash.h"
#include "db/connection.h"

enum {
	REST_MS = 200,   /* unused that long, a connection is tried before it is relied on */
	ANSWER_MS = 500, /* what a server that is well may take for nothing */
};

/* Where Debian keeps the certificates of public authorities. */
#define SYSTEM_CA "/etc/ssl/certs/ca-certificates.crt"

/* Errors that say nothing of the statement but that the server is not there for us. */
static const unsigned int absences[] = {
	CR_CONNECTION_ERROR, CR_CONN_HOST_ERROR, CR_UNKNOWN_HOST, CR_SERVER_GONE_ERROR,
	CR_SERVER_LOST, CR_SERVER_LOST_EXTENDED, CR_SERVER_HANDSHAKE_ERR, CR_MALFORMED_PACKET,
	CR_COMMANDS_OUT_OF_SYNC, CR_SSL_CONNECTION_ERROR, ER_CON_COUNT_ERROR, ER_SERVER_SHUTDOWN,
	ER_CONNECTION_KILLED, ER_NEW_ABORTING_CONNECTION, ER_ABORTING_CONNECTION,
};

/* The connection stands, but this is not the moment. */
static const unsigned int refusals[] = {
	ER_STATEMENT_TIMEOUT, ER_OPTION_PREVENTS_STATEMENT, ER_TOO_MANY_USER_CONNECTIONS,
	ER_DISK_FULL, ER_QUERY_INTERRUPTED, ER_MAX_PREPARED_STMT_COUNT_REACHED,
};

/* Another transaction, or a change of the table's partitions, came first. */
static const unsigned int collisions[] = {
	ER_LOCK_DEADLOCK, ER_LOCK_WAIT_TIMEOUT, ER_CHECKREAD, ER_TABLE_DEF_CHANGED,
	ER_NEED_REPREPARE,
};

/* What makes a statement of a migration superfluous. */
static const unsigned int repetitions[] = {
	ER_TABLE_EXISTS_ERROR, ER_DUP_FIELDNAME, ER_DUP_KEYNAME, ER_DUP_ENTRY,
	ER_CANT_DROP_FIELD_OR_KEY, ER_BAD_TABLE_ERROR, ER_DB_CREATE_EXISTS,
};

static bool
contains(const unsigned int *numbers, size_t count, unsigned int number)
{
	for (size_t i = 0; i < count; i++)
		if (numbers[i] == number)
			return true;
	return false;
}

bool
iap_db_retryable(const struct iap_db *db)
{
	return contains(collisions, IAP_LENGTH(collisions), db->last_errno);
}

bool
iap_db_applied(const struct iap_db *db)
{
	return contains(repetitions, IAP_LENGTH(repetitions), db->last_errno);
}

bool
iap_db_duplicate(const struct iap_db *db)
{
	return db->last_errno == ER_DUP_ENTRY;
}

enum iap_status
iap_db_failure(struct iap_db *db, unsigned int number, const char *message, const char *what,
    struct iap_error *err)
{
	enum iap_status status = IAP_FAILED;

	db->last_errno = number;
	if (contains(absences, IAP_LENGTH(absences), number)) {
		db->lost = true;
		status = IAP_UNAVAILABLE;
	} else if (contains(refusals, IAP_LENGTH(refusals), number)) {
		status = IAP_UNAVAILABLE;
	} else if (iap_db_retryable(db) || iap_db_duplicate(db)) {
		status = IAP_CONFLICT;
	}
	return iap_error_set(err, status, "database: %s: %s (%u)", what, message, number);
}

static const char *
keep(struct iap_db *db, size_t slot, const char *text)
{
	if (text == NULL)
		return NULL;
	db->texts[slot] = strdup(text);
	if (db->texts[slot] == NULL)
		iap_log_die("out of memory");
	return db->texts[slot];
}

struct iap_db *
iap_db_new(const struct iap_db_conf *conf)
{
	struct iap_db *db = calloc(1, sizeof *db);

	if (db == NULL)
		iap_log_die("out of memory");
	db->conf = *conf;
	db->conf.socket = keep(db, 0, conf->socket);
	db->conf.host = keep(db, 1, conf->host);
	db->conf.tls_ca = keep(db, 2, conf->tls_ca != NULL ? conf->tls_ca : SYSTEM_CA);
	db->conf.name = keep(db, 3, conf->name);
	db->conf.user = keep(db, 4, conf->user);
	db->conf.password = keep(db, 5, conf->password);
	return db;
}

static void
disconnect(struct iap_db *db)
{
	iap_db_forget(db);
	if (db->mysql != NULL)
		mysql_close(db->mysql);
	db->mysql = NULL;
	db->lost = false;
}

void
iap_db_close(struct iap_db **db)
{
	if (*db == NULL)
		return;
	disconnect(*db);
	for (size_t i = 0; i < IAP_LENGTH((*db)->texts); i++) {
		if ((*db)->texts[i] != NULL)
			iap_secret_wipe((*db)->texts[i], strlen((*db)->texts[i]));
		free((*db)->texts[i]);
	}
	free(*db);
	*db = NULL;
}

static bool
set_options(MYSQL *mysql, const struct iap_db_conf *conf)
{
	unsigned int connect_s = conf->connect_timeout_s != 0 ? conf->connect_timeout_s : 2;
	unsigned int read_s = conf->read_timeout_s != 0 ? conf->read_timeout_s : 30;
	unsigned int off = 0;
	unsigned int protocol = conf->socket != NULL ? MYSQL_PROTOCOL_SOCKET : MYSQL_PROTOCOL_TCP;
	my_bool yes = 1;

	if (mysql_options(mysql, MYSQL_OPT_LOCAL_INFILE, &off) != 0 ||
	    mysql_options(mysql, MYSQL_OPT_CONNECT_TIMEOUT, &connect_s) != 0 ||
	    mysql_options(mysql, MYSQL_OPT_READ_TIMEOUT, &read_s) != 0 ||
	    mysql_options(mysql, MYSQL_OPT_WRITE_TIMEOUT, &read_s) != 0 ||
	    mysql_options(mysql, MYSQL_OPT_PROTOCOL, &protocol) != 0 ||
	    mysql_options(mysql, MYSQL_SET_CHARSET_NAME, "utf8mb4") != 0)
		return false;
	if (conf->socket != NULL)
		return true;
	/* Connector 3.3 verifies nothing unless it is told to. */
	return mysql_options(mysql, MYSQL_OPT_SSL_ENFORCE, &yes) == 0 &&
	    mysql_options(mysql, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &yes) == 0 &&
	    mysql_options(mysql, MYSQL_OPT_SSL_CA, conf->tls_ca) == 0;
}

static enum iap_status
set_session(struct iap_db *db, struct iap_error *err)
{
	char sql[400];

	snprintf(sql, sizeof sql, "SET SESSION sql_mode = 'STRICT_ALL_TABLES,"
	    "ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,ONLY_FULL_GROUP_BY', "
	    "time_zone = '+00:00', tx_isolation = 'READ-COMMITTED', "
	    "max_statement_time = %u", db->conf.statement_limit_s);
	return iap_db_script(db, sql, err);
}

static enum iap_status
connect_now(struct iap_db *db, struct iap_error *err)
{
	const struct iap_db_conf *conf = &db->conf;
	const char *host = conf->socket != NULL ? NULL : conf->host;

	disconnect(db);
	db->mysql = mysql_init(NULL);
	if (db->mysql == NULL)
		iap_log_die("out of memory");
	if (!set_options(db->mysql, conf)) {
		disconnect(db);
		return iap_error_set(err, IAP_FAILED, "database: the client library refuses an option");
	}
	/* FOUND_ROWS: an UPDATE tells how many rows it matched, changed or not. */
	if (mysql_real_connect(db->mysql, host, conf->user, conf->password, conf->name,
	    conf->port, conf->socket, CLIENT_FOUND_ROWS) == NULL) {
		iap_db_failure(db, mysql_errno(db->mysql), mysql_error(db->mysql), "connect", err);
		disconnect(db);
		return err->status = IAP_UNAVAILABLE;
	}
	if (set_session(db, err) != IAP_OK) {
		disconnect(db);
		return err->status;
	}
	return IAP_OK;
}

enum iap_status
iap_db_open(const struct iap_db_conf *conf, struct iap_db **out, struct iap_error *err)
{
	struct iap_db *db = iap_db_new(conf);

	if (connect_now(db, err) != IAP_OK) {
		iap_db_close(&db);
		return err->status;
	}
	*out = db;
	return IAP_OK;
}

/* Whether there is something to read within `wait_ms`. */
static bool
is_readable(MYSQL *mysql, int wait_ms)
{
	struct pollfd poll_fd = { .fd = mysql_get_socket(mysql), .events = POLLIN };

	return poll(&poll_fd, 1, wait_ms) != 0;
}

/*
 * A server that hangs keeps its connections open and would hold whoever asks
 * it until the read time-out. So one that has rested is asked a question that
 * costs nothing first, with little patience.
 */
static bool
answers(MYSQL *mysql)
{
	static const char question[] = "DO 0";

	return mysql_send_query(mysql, question, sizeof question - 1) == 0 &&
	    is_readable(mysql, ANSWER_MS) && mysql_read_query_result(mysql) == 0;
}

/* An idle connection has nothing to read, unless the server said good-bye. */
static bool
is_alive(struct iap_db *db)
{
	int64_t now_ms = iap_clock_ticks_ms();
	bool rested = now_ms - db->ensured_ms > REST_MS;

	db->ensured_ms = now_ms;
	return db->mysql != NULL && !db->lost && !is_readable(db->mysql, 0) &&
	    (!rested || answers(db->mysql));
}

enum iap_status
iap_db_ensure(struct iap_db *db, struct iap_error *err)
{
	return is_alive(db) ? IAP_OK : connect_now(db, err);
}

enum iap_status
iap_db_script(struct iap_db *db, const char *sql, struct iap_error *err)
{
	if (db->mysql == NULL)
		return iap_error_set(err, IAP_UNAVAILABLE, "database: not connected");
	if (mysql_real_query(db->mysql, sql, strlen(sql)) != 0)
		return iap_db_failure(db, mysql_errno(db->mysql), mysql_error(db->mysql),
		    "script", err);
	return IAP_OK;
}

const char *
iap_db_quote(struct iap_db *db, struct iap_arena *arena, const char *text)
{
	size_t length = strlen(text);
	char *quoted = iap_arena_alloc(arena, 2 * length + 3);
	unsigned long used;

	quoted[0] = '\'';
	used = mysql_real_escape_string(db->mysql, quoted + 1, text, length);
	quoted[used + 1] = '\'';
	return quoted;
}

const char *
iap_db_quote_name(struct iap_arena *arena, const char *name)
{
	struct iap_buf buf;

	iap_buf_open(&buf, arena);
	iap_buf_char(&buf, '`');
	for (; *name != '\0'; name++) {
		if (*name == '`')
			iap_buf_char(&buf, '`');
		iap_buf_char(&buf, *name);
	}
	iap_buf_char(&buf, '`');
	return buf.bytes;
}
