#!/bin/sh
# Installs the Debian packages that this machine lacks.
#
#   deploy/debian-packages.sh THING=PACKAGE ...
#
# THING is a command, or a pattern of absolute paths. Its PACKAGE is installed only if THING is missing.
set -eu

present() {
    case $1 in
        # unquoted, so that the shell expands the pattern
        /*) ls -d -- $1 ;;
        *) command -v -- "$1" ;;
    esac >/dev/null 2>&1
}

missing=
for pair in "$@"; do
    present "${pair%%=*}" || missing="$missing ${pair#*=}"
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null; then
    echo "this machine lacks$missing (Debian's names), and has no apt-get to install them" >&2
    echo "hint: install them by other means, then run the same command again" >&2
    exit 1
elif [ "$(id -u)" -eq 0 ]; then
    as_root=env
elif command -v sudo >/dev/null; then
    as_root=sudo
else
    echo "this machine lacks$missing, and you need root or sudo to install them" >&2
    echo "hint: as root, run: apt-get install$missing" >&2
    exit 1
fi

echo "installing Debian packages:$missing"
$as_root apt-get update --quiet=2
# $missing is a list of words
$as_root DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet=2 --option Dpkg::Use-Pty=0 \
    --no-install-recommends $missing
