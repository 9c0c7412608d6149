#!/usr/bin/env bash
# Installs PostgreSQL from Debian's packages (root, Debian 12: version 15). No cluster is made by the package: the tests
# start their own (start.sh). Running it again when everything is there costs a second and needs no network.
set -euo pipefail

package=postgresql
if dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed; then
    echo "postgres: already installed" >&2
    exit 0
fi
if [ "$(id -u)" -ne 0 ]; then
    echo "postgres: installing needs root; run: sudo apt-get install --no-install-recommends $package" >&2
    exit 1
fi

export DEBIAN_FRONTEND=noninteractive
# Another apt may be at work on the same machine: wait for its lock instead of failing.
apt_get() { apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -qq "$@"; }
install() {
    apt_get install -y --no-install-recommends postgresql-common >&2
    # Else the package makes and starts a server of its own, which no test uses.
    sed -i 's/^#\?create_main_cluster *=.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
    apt_get install -y --no-install-recommends "$package" >&2
}
apt-cache show "$package" >/dev/null 2>&1 || apt_get update
install || {
    # A stale package list is the usual cause: refresh it once.
    apt_get update
    install
}
echo "postgres: installed $(dpkg-query -W -f '${Version}' "$package")" >&2
