# SPDX-License-Identifier: Apache-2.0
# Processes of a private stack: each leads a process group of its own, and
# $dir/run/NAME.process holds its number and the moment it was started, so that
# nothing is ever ended that this stack did not start. Sourced; needs $dir.

# When process $1 was started, in clock ticks since boot; nothing if it is gone.
process_started() {
	sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20
}

# Whether group $1 has a member that is more than a zombie.
group_lives() {
	cat /proc/[0-9]*/stat 2>/dev/null | awk -v group="$1" '
		{ sub(/.*\) /, ""); if ($3 == group && $1 != "Z") found = 1 }
		END { exit !found }'
}

# process_begin NAME COMMAND...: starts it in the background, output to NAME.log.
# The number is written before the command runs: a kill at any instant leaves
# either no process or one that can be found.
process_begin() {
	_name=$1
	shift
	setsid sh -c '
		file=$1
		shift
		started=$(sed "s/.*) //" /proc/$$/stat | cut -d " " -f 20)
		echo "$$ $started" >"$file.new" && mv "$file.new" "$file" && exec "$@"
	' sh "$dir/run/$_name.process" "$@" </dev/null >>"$dir/log/$_name.log" 2>&1 9>&- &
}

# The number of NAME's group if it is ours and lives; else nothing.
process_group() {
	[ -f "$dir/run/$1.process" ] || return 0
	read -r _pid _started <"$dir/run/$1.process" || return 0
	_now=$(process_started "$_pid")
	# Another start means that the number was given to somebody else since; while
	# members of the group live, the kernel does not give it away.
	if [ -n "$_now" ] && [ "$_now" != "$_started" ]; then
		return 0
	fi
	if group_lives "$_pid"; then
		echo "$_pid"
	fi
}

# process_end NAME SECONDS: asks it to end, and insists after so many seconds.
process_end() {
	_group=$(process_group "$1")
	if [ -n "$_group" ]; then
		kill -s TERM -- "-$_group" 2>/dev/null || :
		_left=$(($2 * 20))
		while group_lives "$_group"; do
			if [ "$_left" -eq 0 ]; then
				kill -s KILL -- "-$_group" 2>/dev/null || :
			fi
			_left=$((_left - 1))
			[ "$_left" -gt -100 ] || { echo "stack: $1 does not end" >&2; return 1; }
			sleep 0.05
		done
	fi
	rm -f "$dir/run/$1.process"
}

# process_wait NAME SECONDS COMMAND...: until COMMAND succeeds; fails, with the
# end of its log, when NAME ends before or time is up.
process_wait() {
	_name=$1 _left=$(($2 * 20))
	shift 2
	until "$@" >/dev/null 2>&1; do
		_left=$((_left - 1))
		if [ "$_left" -le 0 ] || { [ "$((_left % 10))" -eq 0 ] && [ -f "$dir/run/$_name.process" ] &&
			[ -z "$(process_group "$_name")" ]; }; then
			echo "stack: $_name does not answer; the end of $dir/log/$_name.log:" >&2
			tail -n 15 "$dir/log/$_name.log" >&2 || :
			return 1
		fi
		sleep 0.05
	done
}
