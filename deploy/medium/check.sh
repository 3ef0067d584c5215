#!/bin/sh
# Checks that a folder has exactly the files that its manifest names, and that no byte differs. The script
# changes nothing:
#
#   sh check.sh FOLDER
set -eu
export LC_ALL=C
cd -- "$1"

refuse() {
    echo "refused: $1" >&2
    echo "hint: do not install from this medium" >&2
    exit 1
}

# Prints a list of files, without the manifest and without the signatures by the keys on the medium.
others() {
    { echo SHA256SUMS; find keys -name '*.pub' | sed 's|^keys/\(.*\)\.pub$|SHA256SUMS.\1.minisig|'; } 2>/dev/null |
        sort >"$lists/may"
    sort | comm -23 - "$lists/may"
}

lists=$(mktemp -d)
trap 'rm -rf "$lists"' EXIT

[ -f SHA256SUMS ] || refuse "SHA256SUMS is missing"
odd=$(find . ! -type f ! -type d | head -n 1)
[ -z "$odd" ] || refuse "${odd#./} is not a regular file"
if grep -Evq '^[0-9a-f]{64}  [A-Za-z0-9][A-Za-z0-9.+~_/-]*$' SHA256SUMS; then
    refuse "the manifest has a malformed line"
fi

cut -c 67- SHA256SUMS | sort >"$lists/named"
# An empty folder is an additional file, too.
find . \( -type f -o -type d -empty \) | cut -c 3- | others >"$lists/present"
missing=$(comm -23 "$lists/named" "$lists/present" | head -n 1)
[ -z "$missing" ] || refuse "$missing is missing"
more=$(comm -13 "$lists/named" "$lists/present" | head -n 1)
[ -z "$more" ] || refuse "$more is not in the manifest"

# sha256sum prints `NAME: FAILED`.
wrong=$(sha256sum --check --strict --quiet SHA256SUMS 2>/dev/null | head -n 1) || true
[ -z "$wrong" ] || refuse "${wrong%%: FAILED*} differs from the manifest"
sha256sum --check --strict --status SHA256SUMS || refuse "the files differ from the manifest"
