#!/usr/bin/env bash
# Runs CMD in a D-Bus session of its own with a real gnome-keyring of its own; the user's keyring is
# never touched.
#
#   with-keyring.sh CMD [ARG…]
#
# CABINET_KEYRING_HOME      folder that holds the keyring; kept. Without it a temporary one, removed.
# CABINET_KEYRING_PASSWORD  password of the login keyring (default: test-pass-1)
# CABINET_KEYRING_START     unlocked (default) | activated: D-Bus starts a locked one on demand
#                           | empty-bus: a bus on which nothing can be started
# DISPLAY is passed on as it is: with one, a locked keyring prompts on it.
set -euo pipefail

for tool in dbus-run-session gnome-keyring-daemon; do
  if ! command -v "$tool" > /dev/null; then
    echo "with-keyring.sh: $tool is missing; on Debian: apt-get install gnome-keyring dbus" >&2
    exit 69
  fi
done
[ $# -gt 0 ] || { echo "usage: with-keyring.sh CMD [ARG…]" >&2; exit 64; }

folder="${CABINET_KEYRING_HOME:-}"
temporary=
if [ -z "$folder" ]; then
  folder="$(mktemp -d)"
  temporary=yes
fi

# The daemon leaves with its bus; one that D-Bus had only just started can miss that and stay.
# What was started in this session carries its mark, and only that is ended.
CABINET_KEYRING_SESSION="$$-$RANDOM-$(date +%s%N)"
export CABINET_KEYRING_SESSION
clean_up() {
  local environ pid
  for environ in /proc/[0-9]*/environ; do
    pid="${environ#/proc/}"
    pid="${pid%/environ}"
    if grep -qzxF "CABINET_KEYRING_SESSION=$CABINET_KEYRING_SESSION" "$environ" 2> /dev/null; then
      kill -KILL "$pid" 2> /dev/null || true
    fi
  done
  if [ -n "$temporary" ]; then rm -rf -- "$folder"; fi
}
trap clean_up EXIT
mkdir -p "$folder/home" "$folder/run"
chmod 700 "$folder/home" "$folder/run"
export HOME="$folder/home" XDG_RUNTIME_DIR="$folder/run"
unset XDG_DATA_HOME XDG_CONFIG_HOME XDG_CACHE_HOME XDG_STATE_HOME
unset DBUS_SESSION_BUS_ADDRESS GNOME_KEYRING_CONTROL SSH_AUTH_SOCK
export CABINET_KEYRING_PASSWORD="${CABINET_KEYRING_PASSWORD-test-pass-1}"

bus=()
# shellcheck disable=SC2016 # expanded by the inner shell
start='exec "$@"'
case "${CABINET_KEYRING_START:-unlocked}" in
  unlocked)
    # printf, not echo: a line end would become part of the password.
    # shellcheck disable=SC2016 # expanded by the inner shell
    start='printf %s "$CABINET_KEYRING_PASSWORD" |
      gnome-keyring-daemon --unlock --components=secrets --daemonize > /dev/null 2>&1
      exec "$@"'
    ;;
  activated) ;;
  empty-bus)
    cat > "$folder/bus.conf" << 'CONF'
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
CONF
    bus=(--config-file "$folder/bus.conf")
    ;;
  *)
    echo "with-keyring.sh: unknown CABINET_KEYRING_START" >&2
    exit 64
    ;;
esac

dbus-run-session "${bus[@]}" -- bash -c "$start" with-keyring "$@"
