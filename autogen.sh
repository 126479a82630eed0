#!/bin/sh
# Makes configure and Makefile.in from their sources; run once after a clone.
set -eu
cd "$(dirname "$0")"
exec autoreconf --install --force --warnings=all,no-portability
