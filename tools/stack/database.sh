# SPDX-License-Identifier: Apache-2.0
# The stack's own MariaDB, on a socket only. Sourced; needs $dir, $as_root.

# As whom the server is told to run when we are root: as mysql, if every folder
# above $dir lets others through, else as root, which it wants to be told.
# Nothing for another user, who may have no name at all.
database_user() {
	if [ "$as_root" = no ]; then
		return 0
	elif setpriv --reuid=mysql --regid=mysql --clear-groups test -x "$dir/run" 2>/dev/null; then
		echo mysql
	else
		echo root
	fi
}

database_write_settings() {
	cat >"$dir/mariadb.cnf" <<-END
	# MariaDB of a private stack; written at each start.
	[mariadbd]
	${1:+user=$1}
	datadir=$dir/db
	socket=$dir/run/my.sock
	pid-file=$dir/db/mariadbd.pid
	tmpdir=$dir/tmp
	skip-networking
	skip-name-resolve
	local-infile=OFF
	character-set-server=utf8mb4
	collation-server=utf8mb4_bin
	innodb_buffer_pool_size=128M
	innodb_log_file_size=64M
	performance_schema=OFF
	max_connections=200
	END
}

# Makes the data folder; a run that was killed meanwhile leaves it to the next.
database_install() {
	[ ! -d "$dir/db/mysql" ] || return 0
	rm -rf "$dir/db"
	rm -rf "$dir/db.new"
	mkdir -m 0700 "$dir/db.new"
	[ -z "$1" ] || chown "$1:" "$dir/db.new"
	# A server removes what others left in its folder of temporary files: in /tmp
	# that would be the tables of one that is just being installed.
	TMPDIR=$dir/tmp mariadb-install-db --no-defaults ${1:+--user="$1"} --datadir="$dir/db.new" \
		--auth-root-authentication-method=socket --auth-root-socket-user=root --skip-test-db \
		--force >"$dir/log/database-install.log" 2>&1 || {
		echo "stack: mariadb-install-db failed; $dir/log/database-install.log begins:" >&2
		grep -v "^$" "$dir/log/database-install.log" | head -n 15 >&2
		return 1
	}
	mv "$dir/db.new" "$dir/db"
}

# A secret of 32 random bytes, in hexadecimal, unless it is there.
secret_make() {
	[ -s "$dir/secrets/$1" ] || {
		od -An -tx1 -N32 /dev/urandom | tr -d ' \n' >"$dir/secrets/$1.new"
		mv "$dir/secrets/$1.new" "$dir/secrets/$1"
	}
}

# What the server does first at each start: the administrator of the stack
# exists and has the password of the file. Through a file, never through argv.
# `iapctl db migrate` makes everything else.
database_write_init() {
	rm -f "$dir/run/init.sql"
	(umask 077 && : >"$dir/run/init.sql")
	_password=$(cat "$dir/secrets/db-admin")
	cat >"$dir/run/init.sql" <<-END
	CREATE USER IF NOT EXISTS 'iap_admin'@'localhost';
	ALTER USER 'iap_admin'@'localhost' IDENTIFIED BY '$_password';
	GRANT ALL PRIVILEGES ON *.* TO 'iap_admin'@'localhost' WITH GRANT OPTION;
	END
	[ -z "$1" ] || chown "$1:" "$dir/run/init.sql"
}

database_begin() {
	_user=$(database_user)
	if [ "$_user" = mysql ]; then
		chgrp mysql "$dir/run"
		chmod 0775 "$dir/run"
	fi
	[ -d "$dir/tmp" ] || mkdir -m 0700 "$dir/tmp"
	[ -z "$_user" ] || chown "$_user:" "$dir/tmp"
	database_install "$_user"
	database_write_settings "$_user"
	database_write_init "$_user"
	process_begin database mariadbd --defaults-file="$dir/mariadb.cnf" --init-file="$dir/run/init.sql"
	process_wait database 60 mariadb-admin --no-defaults --user=iap_admin --socket="$dir/run/my.sock" \
		--connect-timeout=2 ping
	rm -f "$dir/run/init.sql"
}

database_end() {
	process_end database 60
	rm -f "$dir/run/my.sock" "$dir/run/init.sql"
}
