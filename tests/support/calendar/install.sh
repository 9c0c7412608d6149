#!/bin/sh
# Installs what judges our iCalendar files from outside: icalendar and vobject, two parsers that share no code, in a Python
# environment of their own under $CABINET_CACHE (default <repo>/.cache/calendar). Safe to run again; it does nothing where
# everything is already in place.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
repo=$(cd "$here/../../.." && pwd)
venv=${CABINET_CACHE:-$repo/.cache/calendar}/venv
wanted='icalendar==7.3.2 vobject==0.9.9'

if [ "$(cat "$venv/installed.txt" 2>/dev/null)" != "$wanted" ]; then
    echo "calendar: making $venv"
    mkdir -p "${venv%/*}"
    python3 -m venv --clear "$venv"
    # shellcheck disable=SC2086 # two packages
    "$venv/bin/pip" install --quiet --disable-pip-version-check $wanted
    echo "$wanted" >"$venv/installed.txt"
fi
