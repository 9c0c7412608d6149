# shellcheck shell=bash
# What the scripts of this folder share; sourced, never run.

redmine_home=/usr/share/redmine

require_redmine() {
    [ -f "$redmine_home/config.ru" ] && command -v puma >/dev/null && return 0
    echo "redmine: not installed; run tests/support/redmine/install.sh" >&2
    exit 1
}

cache_folder() {
    if [ -n "${CABINET_CACHE:-}" ]; then
        realpath -m "$CABINET_CACHE"
    else
        realpath -m "$(dirname "${BASH_SOURCE[0]}")/../../../.cache/redmine"
    fi
}

# An instance's own folder: Debian's Redmine keeps log, tmp, files and configuration of an instance together.
instance_folder() {
    local folder="$1"
    mkdir -p "$folder"/{config,files,log,tmp/cache,tmp/imports,tmp/thumbnails,public/plugin_assets}
    printf 'production:\n  adapter: sqlite3\n  database: %s/redmine.sqlite3\n  timeout: 10000\n' "$folder" \
        >"$folder/config/database.yml"
    # The session secret of a throw-away instance on loopback.
    head -c 32 /dev/urandom | sha256sum | cut -d' ' -f1 >"$folder/config/secret_key.txt"
    chmod 600 "$folder/config/secret_key.txt"
    # Its own list of gems, or bundler would rewrite the package's lock file below /var/lib.
    cp "$redmine_home/Gemfile" "$folder/Gemfile"
}

copy_instance() {
    local from="$1" to="$2"
    instance_folder "$to"
    cp "$from/redmine.sqlite3" "$to/redmine.sqlite3"
    cp "$from/Gemfile.lock" "$to/Gemfile.lock"
    cp -r "$from/files/." "$to/files/"
}

# Puts the calling (sub)shell into Redmine's folder, set for the instance in a folder. Debian's patch looks for
# instances below its own folder; enough `..` reach the root from there, however the path is resolved.
# TZ: Redmine stores local time.
enter_redmine() {
    cd "$redmine_home" || exit 1
    export REDMINE_INSTANCE="../../../../../../../..$1" RAILS_ENV=production TZ=UTC SCHEMA=/dev/null
    export HOME="${HOME:-/root}" RUBYOPT=-W0 BUNDLE_SILENCE_ROOT_WARNING=1 BUNDLE_GEMFILE="$1/Gemfile"
    # Its compiler, where this Ruby was built with one: a tenth less time for each answer.
    ! ruby --yjit -e 0 2>/dev/null || RUBYOPT="$RUBYOPT --yjit"
    unset X_DEBIAN_SITEID
}

# Runs one of Redmine's own commands (rake, rails) for the instance in a folder.
in_redmine() {
    (
        enter_redmine "$1"
        exec ruby "bin/$2" "${@:3}"
    )
}
