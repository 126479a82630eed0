# SPDX-License-Identifier: Apache-2.0
# nginx, the FastCGI pools and the scheduled worker of a private stack. Sourced;
# needs $dir, $root, $build, $as_root and the options of tools/stack/stack.

# As whom nginx's workers run: www-data where it reaches what it needs.
server_user() {
	if [ "$as_root" = no ]; then
		return 0
	elif setpriv --reuid=www-data --regid=www-data --clear-groups \
		sh -c 'test -x "$1" && test -r "$2"' sh "$dir/run" "$root/static" 2>/dev/null; then
		echo www-data
	else
		echo root
	fi
}

# pool_begin NAME PROCESSES COMMAND...: a pool of processes on $dir/run/NAME.sock.
# Above the backlog nginx answers 503 at once; a process that falls is replaced.
pool_begin() {
	_pool=$1 _processes=$2
	shift 2
	rm -f "$dir/run/$_pool.sock"
	set -- -- "$(command -v multiwatch)" -f "$_processes" -r 100 -t 1000 -s TERM -- "$@"
	# The socket belongs to nginx's workers; spawn-fcgi refuses to name root.
	_user=$(server_user)
	if [ "$as_root" = yes ] && [ "$_user" != root ]; then
		set -- -U "$_user" "$@"
	fi
	set -- spawn-fcgi -n -s "$dir/run/$_pool.sock" -b 4096 -M 0660 "$@"
	process_begin "$_pool" "$@"
	process_wait "$_pool" 20 test -S "$dir/run/$_pool.sock"
}

pool_end() {
	process_end "$1" 10
	rm -f "$dir/run/$1.sock"
}

server_write_settings() {
	mkdir -p "$dir/nginx/temp"
	cp "$root/nginx/params.inc" "$root/nginx/web.inc" "$root/nginx/media.inc" \
		"$root/nginx/problem.inc" "$dir/nginx/"
	_user=
	[ "$as_root" = no ] || _user="user $(server_user);"
	_listen="		listen 127.0.0.1:$port;"
	if [ -n "$tls_cert" ]; then
		_listen="		listen 127.0.0.1:$port ssl http2;
		include tls.inc;"
	fi
	for _file in http.inc site.inc tls.inc worker.inc private.conf; do
		_text=$(cat "$root/nginx/$_file.in")
		for _pair in "RUN=$dir/run" "LOG=$dir/log" "TEMP=$dir/nginx/temp" "ROOT=$root" \
			"PAGES=$root/nginx/pages" "MIME=/etc/nginx/mime.types" "USER=$_user" \
			"PROCESSES=$(nproc)" "LISTEN=$_listen" "CERT=$tls_cert" "KEY=$tls_key"; do
			_text=$(printf '%s\n' "$_text" | NAME="@${_pair%%=*}@" VALUE="${_pair#*=}" awk '
				BEGIN { name = ENVIRON["NAME"]; value = ENVIRON["VALUE"] }
				{ while ((at = index($0, name)) > 0)
					$0 = substr($0, 1, at - 1) value substr($0, at + length(name))
				  print }')
		done
		printf '%s\n' "$_text" >"$dir/nginx/$_file"
	done
}

# Whether somebody listens on 127.0.0.1:$1 (or on all addresses).
port_taken() {
	awk -v port="$(printf '%04X' "$1")" '
		$4 == "0A" { n = split($2, at, ":"); if (at[n] == port) found = 1 }
		END { exit !found }' /proc/net/tcp /proc/net/tcp6 2>/dev/null
}

server_begin() {
	server_write_settings
	if port_taken "$port"; then
		echo "stack: port $port of 127.0.0.1 is taken by another program; choose one with --port N" >&2
		return 1
	fi
	rm -f "$dir/run/worker.sock"
	process_begin nginx nginx -p "$dir/nginx" -c "$dir/nginx/private.conf" -e "$dir/log/nginx.log"
	process_wait nginx 10 port_taken "$port"
	# nginx opens its sockets to all; this one is for the worker.
	chmod 0660 "$dir/run/worker.sock"
}

server_end() {
	process_end nginx 10
	rm -f "$dir/run/nginx.pid" "$dir/run/worker.sock"
}

web_begin() {
	pool_begin web "$web_processes" "$build/iap-web" --config "$dir/iap.conf"
}

media_begin() {
	pool_begin media "$media_processes" "$build/iap-media" --config "$dir/iap.conf"
}

media_whole_begin() {
	pool_begin media-whole 1 "$build/iap-media" --whole --config "$dir/iap.conf"
}

worker_begin() {
	process_begin worker "$build/iap-worker" process-server --every "$every" --config "$dir/iap.conf"
}
