#!/usr/bin/env bash
# A portal and an inbox with its work desk on this machine, in demo/, to try the whole path: `make demo`, which
# serves until Ctrl-C. Over the data of an earlier run it goes on: a step is taken only where its result is missing.
set -euo pipefail

cd "$(dirname "$0")/.."
umask 077

port=${PORT:-8080}
desk_port=${DESK_PORT:-8090}
bin=$PWD/.venv/bin
# Before anything is made: 0 stands for whichever is free.
for each in "$port" "$desk_port"; do
  if [ "$each" != 0 ] && (: < "/dev/tcp/127.0.0.1/$each") 2> /dev/null; then
    echo "127.0.0.1:$each: another program listens there"
    echo 'hint: PORT=8081 DESK_PORT=8091 make demo'
    exit 1
  fi
done >&2
# as the removable medium would: everything between the two sides passes through this folder
medium=demo/medium
mkdir -p demo/bin $medium

wrapper() {
  printf '#!/bin/sh\n%s\n' "$2" > "demo/bin/$1"
  chmod +x "demo/bin/$1"
}
wrapper inbox "exec '$bin/inbox' --home '$PWD/demo/inbox' \"\$@\" --passphrase-file '$PWD/demo/passphrase'"
wrapper portal "exec '$bin/portal' --config '$PWD/demo/portal.toml' \"\$@\""
# What whoever runs the portal does when the medium is there: take what lies on it, put on it what has arrived.
wrapper carry "set -e
cd '$PWD'
for bundle in \$(ls $medium/outbox-*.tar 2> /dev/null | sort -V); do demo/bin/portal import \"\$bundle\"; rm \"\$bundle\"; done
exec demo/bin/portal export --out $medium"

if [ -e demo/inbox ]; then
  echo 'Going on with the data that an earlier run left in demo/ (rm -r demo begins anew).'
else
  echo 'a demo needs no good passphrase' > demo/passphrase
  demo/bin/inbox init --deployment 'Fanal demo' --channel inspection \
    --name-fr 'Inspection des douanes' --name-en 'Customs inspectorate' > /dev/null
fi

# The last two lines are what the portal's configuration needs.
demo/bin/inbox keyring --out $medium/keyring | tail -n 2 > demo/portal.toml
echo "listen = \"127.0.0.1:$port\"" >> demo/portal.toml
# A portal that was made before refuses, and names its fingerprint all the same.
instance=$({ demo/bin/portal init || true; } 2>&1 | grep -oE '([A-Z2-7]{4} ){7}[A-Z2-7]{4}')
demo/bin/portal keyring $medium/keyring > /dev/null
if [ ! -e demo/confirmed ]; then
  # An empty first bundle, so that the portal's key is confirmed once and for all.
  demo/bin/carry > /dev/null
  demo/bin/inbox collect $medium/inspection-1.tar --confirm-instance "$instance" > /dev/null
  touch demo/confirmed
fi

cat <<EOF

1. Open http://127.0.0.1:$port/en/ (or /fr/), file a report, note its twelve words.
2. Carry the medium from the portal to the inspectorate. In a second terminal, in this folder:

     demo/bin/carry

3. Be the inspectorate: open the work desk by the address below, and sign in with the passphrase
   “$(cat demo/passphrase)”; the desk asks for it again where it matters. Choose “Medium” and “Collect”, read the
   case, reply, choose “Medium” and “Prepare outbox”. Commands do what the desk does, once it is locked; see
   them with: demo/bin/inbox --help
4. Carry the medium back: the same command again. Then choose “Follow my report” in the browser, type the words,
   read the answer, write again.

EOF

# Both end together, whichever is the first.
trap 'exit 0' INT TERM
trap 'kill $(jobs -p) 2> /dev/null || true; wait || true' EXIT
demo/bin/portal serve &
demo/bin/inbox desk --port "$desk_port" --minutes 120 --short-minutes 120 --medium $medium --same-disk &
wait -n
