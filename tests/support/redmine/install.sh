#!/usr/bin/env bash
# Installs Redmine and puma from Debian's packages (root, Debian 12). No web server, no database set-up by the
# package: each test starts its own instance from a template (template.sh), so nothing below /var/lib is used.
# Running it again when everything is there costs a second and needs no network.
set -euo pipefail

packages=(redmine redmine-sqlite puma)

installed() {
    local package
    for package in "${packages[@]}"; do
        dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || return 1
    done
}

if installed; then
    echo "redmine: already installed" >&2
    exit 0
fi

if [ "$(id -u)" -ne 0 ]; then
    echo "redmine: installing needs root; run: sudo apt-get install --no-install-recommends ${packages[*]}" >&2
    exit 1
fi

export DEBIAN_FRONTEND=noninteractive
# Another apt may be at work on the same machine: wait for its lock instead of failing.
apt_get() { apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -qq "$@"; }

# Without this answer the package migrates a database of its own, 38 s for something no test uses.
answers() {
    local variant
    for variant in instances/default/dbconfig-install instances/default/dbconfig-upgrade; do
        echo "redmine redmine/$variant boolean false"
    done
    echo "redmine redmine/current-instances string default"
}

apt-cache show redmine >/dev/null 2>&1 || apt_get update
command -v debconf-set-selections >/dev/null || apt_get install -y --no-install-recommends debconf
answers | debconf-set-selections
apt_get install -y --no-install-recommends "${packages[@]}" >&2 || {
    # A stale package list is the usual cause: refresh it once.
    apt_get update
    apt_get install -y --no-install-recommends "${packages[@]}" >&2
}
echo "redmine: installed $(dpkg-query -W -f '${Version}' redmine)" >&2
