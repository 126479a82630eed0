# SPDX-License-Identifier: Apache-2.0
# Debian packages: which are missing, and their installation without a service
# of theirs being started. Sourced by quickstart and runtests.

# What building needs. libc6-dev is only recommended by gcc; without
# recommendations it has to be named.
packages_build='autoconf automake gcc libc6-dev make pkg-config
	libcurl4-openssl-dev libfcgi-dev libjansson-dev libmariadb-dev libmpg123-dev
	libsodium-dev libssl-dev libxml2-dev libyajl-dev zlib1g-dev'

# What a running stack needs: the database, the web server, what starts and
# watches the FastCGI programs (spawn-fcgi, multiwatch), names of time zones;
# and for this script curl (does it answer?), openssl and perl (the sample
# archive and its certificates).
packages_run='curl mariadb-client mariadb-server multiwatch nginx openssl perl
	spawn-fcgi tzdata'

# Prints those of $@ that are not installed.
packages_missing() {
	for _package in "$@"; do
		case $(dpkg-query -W -f '${Status}' "$_package" 2>/dev/null) in
		*' installed') ;;
		*) echo "$_package" ;;
		esac
	done
}

# While packages are installed, a policy-rc.d that lets no service start stands
# in /usr/sbin; what stood there before is put back.
policy=/usr/sbin/policy-rc.d
policy_close() {
	[ ! -e "$policy" ] || [ -e "$policy.before-iap" ] || mv "$policy" "$policy.before-iap"
	printf '#!/bin/sh\n# written by IAP while it installs packages\nexit 101\n' >"$policy"
	chmod 0755 "$policy"
}

policy_open() {
	if [ -e "$policy.before-iap" ]; then
		mv "$policy.before-iap" "$policy"
	else
		rm -f "$policy"
	fi
}

# packages_install PACKAGE...: installs what is missing of them, if anything.
packages_install() {
	_missing=$(packages_missing "$@" | tr '\n' ' ')
	[ -n "$_missing" ] || return 0
	if [ "$(id -u)" -ne 0 ]; then
		echo "these packages are missing; install them as root, then try again:" >&2
		echo "  apt-get install --no-install-recommends $_missing" >&2
		return 1
	fi
	echo "installing $_missing"
	policy_close
	trap policy_open EXIT
	trap 'exit 130' HUP INT TERM
	_log=$(mktemp)
	# shellcheck disable=SC2086 # one word a package
	if ! {
		apt-get update -q &&
			DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $_missing
	} >"$_log" 2>&1 </dev/null; then
		echo "apt-get did not succeed; its last lines:" >&2
		tail -n 15 "$_log" >&2
		rm -f "$_log"
		return 1
	fi
	rm -f "$_log"
	policy_open
	trap - EXIT HUP INT TERM
}
