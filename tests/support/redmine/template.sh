#!/usr/bin/env bash
# Makes (once) the template of an instance: a migrated and configured database with CHANGES seeded changes.
#   template.sh [CHANGES]      default 500; prints the template's folder on stdout
# Kept under $CABINET_CACHE (default <repository>/.cache/redmine), named after what it was made from.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=lib.sh
. "$here/lib.sh"

changes="${1:-500}"
[[ "$changes" =~ ^[0-9]{1,5}$ ]] || { echo "redmine: CHANGES must be a number, not '$changes'" >&2; exit 2; }
require_redmine
cache="$(cache_folder)"
mkdir -p "$cache"

version="$(dpkg-query -W -f '${Version}' redmine)"
base_key="$(cat "$here/lib.sh" "$here/configure.rb" <(echo "$version") | sha256sum | cut -c1-12)"
# The seeded plans lie around the day of seeding: a template is renewed each month.
seed_key="$(cat "$here"/seed*.rb <(echo "$base_key $(date -u +%Y-%m)") | sha256sum | cut -c1-12)"
base="$cache/base-$base_key"
seeded="$cache/seeded-$changes-$seed_key"

exec 9>"$cache/.lock"
flock -w 600 9 || { echo "redmine: another run holds $cache/.lock" >&2; exit 1; }

if [ ! -f "$base/ready" ]; then
    rm -rf "$base"
    instance_folder "$base"
    began=$SECONDS
    in_redmine "$base" rake db:migrate >"$base/log/migrate.log" 2>&1 || { head -8 "$base/log/migrate.log" >&2; exit 1; }
    in_redmine "$base" rails runner "$here/configure.rb" >"$base/log/configure.log" 2>&1 ||
        { head -8 "$base/log/configure.log" >&2; exit 1; }
    touch "$base/ready"
    echo "redmine: schema and configuration made in $((SECONDS - began)) s" >&2
fi

if [ ! -f "$seeded/ready" ]; then
    rm -rf "$seeded"
    copy_instance "$base" "$seeded"
    began=$SECONDS
    CABINET_SEED_CHANGES="$changes" in_redmine "$seeded" rails runner "$here/seed.rb" >"$seeded/log/seed.log" 2>&1 ||
        { head -8 "$seeded/log/seed.log" >&2; exit 1; }
    touch "$seeded/ready"
    echo "redmine: $changes changes seeded in $((SECONDS - began)) s" >&2
fi
echo "$seeded"
