# SPDX-License-Identifier: Apache-2.0
# Builds a folder below the root of the source. Sourced; needs $root.

# Whether the files that autoconf and automake make are older than their sources.
autotools_stale() {
	[ -f "$root/configure" ] && [ -f "$root/Makefile.in" ] && [ -f "$root/tap-driver.sh" ] || return 0
	[ -n "$(find "$root" \( -name 'build*' -o -name node_modules -o -name var -o -name .git \) -prune \
		-o \( -name '*.am' -o -name '*.m4' -o -name configure.ac \) -newer "$root/Makefile.in" -print |
		grep -v aclocal.m4 | head -n 1)" ]
}

# build_in FOLDER LOG CONFIGURE-OPTION...: makes all programs in $root/FOLDER;
# configures only when that was not done, or done otherwise.
build_in() {
	_folder=$1 _log=$2
	shift 2
	if autotools_stale; then
		(cd "$root" && ./autogen.sh) >"$_log" 2>&1 || build_failed "autogen.sh" "$_log"
	fi
	mkdir -p "$root/$_folder"
	if [ ! -f "$root/$_folder/Makefile" ] || [ "$(cat "$root/$_folder/options" 2>/dev/null)" != "$*" ]; then
		(cd "$root/$_folder" && ../configure "$@" && echo "$*" >options) >"$_log" 2>&1 ||
			build_failed "configure of $_folder" "$_log"
	fi
	make -C "$root/$_folder" -j "$(nproc)" >"$_log" 2>&1 || build_failed "make in $_folder" "$_log"
}

build_failed() {
	echo "$1 failed; its last lines:" >&2
	tail -n 20 "$2" >&2
	exit 1
}
