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
	_name=$1 _tries=0
	shift
	rm -f "$dir/run/$_name.process"
	setsid sh -c '
		file=$1
		shift
		started=$(sed "s/.*) //" /proc/$$/stat | cut -d " " -f 20)
		echo "$$ $started" >"$file.new" && mv "$file.new" "$file" && exec "$@"
	' sh "$dir/run/$_name.process" "$@" </dev/null >>"$dir/log/$_name.log" 2>&1 9>&- &
	# Whoever ends the stack next must find it.
	until [ -f "$dir/run/$_name.process" ]; do
		_tries=$((_tries + 1))
		[ "$_tries" -le 500 ] || { echo "stack: $_name was not started" >&2; return 1; }
		sleep 0.02
	done
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
# The leader is asked first: a supervisor that sees its children end before it
# was told so itself would start them again.
process_end() {
	_group=$(process_group "$1")
	if [ -n "$_group" ]; then
		kill -s TERM "$_group" 2>/dev/null || kill -s TERM -- "-$_group" 2>/dev/null || :
		_began=$(date +%s) _asked=leader
		while group_lives "$_group"; do
			_waited=$(($(date +%s) - _began))
			if [ "$_asked" = leader ] && [ "$_waited" -ge $((($2 + 1) / 2)) ]; then
				kill -s TERM -- "-$_group" 2>/dev/null || :
				_asked=group
			elif [ "$_waited" -ge $(($2 + 5)) ]; then
				echo "stack: $1 does not end" >&2
				return 1
			elif [ "$_waited" -ge "$2" ]; then
				kill -s KILL -- "-$_group" 2>/dev/null || :
			fi
			sleep 0.05
		done
	fi
	rm -f "$dir/run/$1.process"
}

# process_wait NAME SECONDS COMMAND...: until COMMAND succeeds; fails, with the
# end of its log, when NAME ends before or time is up.
process_wait() {
	_name=$1 _until=$(($(date +%s) + $2)) _tries=0
	shift 2
	until "$@" >/dev/null 2>&1; do
		_tries=$((_tries + 1))
		if [ "$(date +%s)" -ge "$_until" ] || { [ "$((_tries % 10))" -eq 0 ] &&
			[ -f "$dir/run/$_name.process" ] && [ -z "$(process_group "$_name")" ]; }; then
			echo "stack: $_name does not answer; the end of $dir/log/$_name.log:" >&2
			tail -n 15 "$dir/log/$_name.log" >&2 || :
			return 1
		fi
		sleep 0.05
	done
}
