#!/bin/sh
# Installs the inbox on a machine with Debian 13 and without a network, or updates it. Only root can run this script:
#
#   sh install.sh [FOLDER]
#
# FOLDER is the medium. By default, the medium is the folder that contains this script.
set -eu
umask 022
export LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive

here=$(cd "$(dirname "$0")" && pwd)
medium=${1:-$here}
# The version of the last medium, and the keys of its maintainers.
kept=/var/lib/fanal-inbox
lock=/run/fanal-inbox.lock
debian=/usr/share/keyrings/debian-archive-keyring.gpg
# How many digits of the fingerprint the officers type, and how many kB must be free.
digits=24
free=2000000

refuse() {
    echo "refused: $1" >&2
    echo "hint: $2" >&2
    exit 1
}

# Runs apt-get with the medium as its only source. The machine's own sources and lists do not change. A medium is
# used for months, so the dates in Debian's indexes do not count. Its version does.
apt() {
    apt-get --quiet=2 --yes --no-install-recommends --option=Dpkg::Use-Pty=0 \
        --option=Dir::Etc::SourceList="$work/sources.list" --option=Dir::Etc::SourceParts=/dev/null \
        --option=Dir::State::Lists="$work/lists" --option=Dir::Cache="$work/cache" \
        --option=Acquire::Check-Date=false --option=Acquire::Check-Valid-Until=false \
        --option=Acquire::Languages=none "$@"
}

# Checks the signature of each maintainer whose key is in a folder.
signed_by() {
    for key in "$1"/*.pub; do
        name=$(basename "$key" .pub)
        minisign -Vq -p "$key" -m SHA256SUMS -x "SHA256SUMS.$name.minisig" >/dev/null 2>&1 ||
            refuse "the signature by $name is missing or wrong" "do not install from this medium"
    done
}

[ "$(id -u)" = 0 ] || refuse "this needs root" "run it as root"
. /etc/os-release
[ "$ID $VERSION_ID $(dpkg --print-architecture)" = "debian 13 amd64" ] ||
    refuse "this machine does not have Debian 13 for amd64" "install Debian 13"

# One run at a time. Only root can open the lock.
umask 077
exec 9>"$lock"
umask 022
flock --nonblock 9 || refuse "this script already runs" "wait until it has ended"
# A run that a power failure ended has left its copy of the medium.
find /var/tmp/ -mindepth 1 -maxdepth 1 -type d -user root -name 'fanal-medium.??????' -exec rm -rf {} +
work=$(mktemp -d /var/tmp/fanal-medium.XXXXXX)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
for place in "$work" /usr; do
    [ "$(df --output=avail --block-size=kB "$place" | tail -n 1 | tr -d ' kB')" -ge $free ] ||
        refuse "less than 2 GB are free in $place" "delete files that nobody needs"
done

# apt reads the packages as another user. A stick could return other bytes when it is read again, so only the copy counts.
chmod 755 "$work"
cp -R -- "$medium" "$work/medium" || refuse "the medium cannot be copied" "insert it again, or use another medium"
sh "$here/check.sh" "$work/medium"
cd "$work/medium"

version=$(cat VERSION)
installed=$(dpkg-query --show --showformat='${Version}' fanal-inbox 2>/dev/null) || true
for earlier in "$installed" "$(cat "$kept/version" 2>/dev/null)"; do
    if [ -n "$earlier" ] && dpkg --compare-versions "$version" lt "$earlier"; then
        refuse "medium $version is older than $earlier, which is installed" "get the newest medium"
    fi
done
if [ -e "$kept/version" ]; then
    signed_by "$kept/keys"
fi

echo "This is medium $version."
for officer in first second; do
    printf 'The %s officer types the first %s digits of the fingerprint from their own paper: ' $officer $digits
    read -r typed || typed=
    [ "$(printf %s "$typed" | tr -d ' ' | tr A-F a-f)" = "$(sha256sum SHA256SUMS | cut -c -$digits)" ] ||
        refuse "this medium has another fingerprint" "compare the papers of both officers, then try again"
done

mkdir -p "$work/lists/partial" "$work/cache"
for suite in debian/dists/trixie debian/dists/trixie-updates debian-security/dists/trixie-security; do
    echo "deb [signed-by=$debian] file:$work/medium/${suite%%/*} ${suite##*/} main"
done >"$work/sources.list"
echo "Installing. This takes a few minutes."
# An earlier installation may have been interrupted.
dpkg --configure -a
apt update --error-on=any
if [ ! -e "$kept/version" ]; then
    apt install minisign
    signed_by keys
fi
apt install $(cat PACKAGES) ./fanal-inbox_*.deb
# Debian's other packages on this machine also get the versions of the medium.
apt install --only-upgrade $(find debian debian-security -name '*.deb' | sed 's|.*/\([^_]*\)_.*|\1|')

# The version and the keys replace the earlier ones at once, even if the power fails.
rm -rf "$kept.new"
mkdir -p "$kept" "$kept.new/keys"
cp VERSION "$kept.new/version"
cp keys/*.pub "$kept.new/keys"
sync
mv --exchange --no-target-directory "$kept.new" "$kept"
rm -rf "$kept.new"
echo "Medium $version is installed."
if [ -z "$installed" ]; then
    echo "Next: the steps after step 4 of GUIDE.en.txt (GUIDE.fr.txt). The officers' guides are"
    echo "officer-guide.md and fr/guide-agent.md in /usr/share/doc/fanal-inbox/docs."
fi
