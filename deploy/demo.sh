#!/usr/bin/env bash
# `make demo`: a portal, and an inbox with its desk, on this machine in demo/, to try a report's whole path.
# It serves until Ctrl-C. It keeps the data of an earlier run, and does only the steps whose result is missing.
set -euo pipefail

cd "$(dirname "$0")/.."
umask 077

port=${PORT:-8080}
desk_port=${DESK_PORT:-8090}
bin=$PWD/.venv/bin
# Check the ports before making anything. For port 0, the desk takes any free port.
for each in "$port" "$desk_port"; do
  if (: < "/dev/tcp/127.0.0.1/$each") 2> /dev/null; then
    echo "127.0.0.1:$each: another program listens there"
    echo 'hint: PORT=8081 DESK_PORT=8091 make demo'
    exit 1
  fi
done >&2
# This folder represents the removable medium: everything between the two sides passes through it.
medium=demo/medium
mkdir -p demo/bin $medium

wrapper() {
  printf '#!/bin/sh\n%s\n' "$2" > "demo/bin/$1"
  chmod +x "demo/bin/$1"
}
# The passphrase file comes before the command, because a group of commands (`case --help`) has no such option.
wrapper inbox "export FANAL_IMPORT=demo/bin/carry
exec '$bin/inbox' --home '$PWD/demo/inbox' --passphrase-file '$PWD/demo/passphrase' \"\$@\""
wrapper portal "exec '$bin/portal' --config '$PWD/demo/portal.toml' \"\$@\""
# What the portal's administrator does with the medium: import its outboxes, then export new envelopes to it.
wrapper carry "set -e
cd '$PWD'
for bundle in \$(ls $medium/outbox-*.tar 2> /dev/null | sort -V); do demo/bin/portal import \"\$bundle\"; rm \"\$bundle\"; done
exec demo/bin/portal export --out $medium"
# The desk once more after it was locked, on any free port: the locked page keeps the first port.
wrapper desk "cd '$PWD'
exec demo/bin/inbox desk --port 0 --minutes 120 --short-minutes 120 --medium $medium --same-disk \"\$@\""

if [ -e demo/inbox ]; then
  echo 'Continuing with the data of an earlier run in demo/. To start again: rm -r demo'
else
  echo 'Creating the inbox and its keys. This takes some seconds, on a busy machine a minute.'
  echo 'a demo needs no good passphrase' > demo/passphrase
  demo/bin/inbox init --deployment 'Fanal demo' --channel inspection \
    --name-fr 'Inspection des douanes' --name-en 'Customs inspectorate' > /dev/null
fi

echo 'Preparing the portal.'
# The last two lines are what the portal's configuration needs.
demo/bin/inbox exchange keyring --out $medium/keyring --same-disk | tail -n 2 > demo/portal.toml
echo "listen = \"127.0.0.1:$port\"" >> demo/portal.toml
echo 'name = { fr = "Inspection des douanes (démonstration)", en = "Customs inspectorate (demo)" }' >> demo/portal.toml
# If the portal already exists, `portal init` refuses, but it still prints the fingerprint.
instance=$({ demo/bin/portal init || true; } 2>&1 | grep -oE '([A-Z2-7]{4} ){7}[A-Z2-7]{4}')
demo/bin/portal keyring $medium/keyring > /dev/null
if [ ! -e demo/confirmed ]; then
  # Collect an empty first bundle, to confirm the portal's key once.
  demo/bin/carry > /dev/null
  demo/bin/inbox exchange collect $medium/inspection-1.tar --confirm-instance "$instance" > /dev/null
  touch demo/confirmed
fi

# When the portal or the desk ends, the other one is stopped too.
trap 'exit 0' INT TERM
trap 'kill $(jobs -p) 2> /dev/null || true; wait || true' EXIT
echo 'Starting the portal and the desk.'
demo/bin/portal serve > demo/portal.out &
portal=$!
demo/bin/desk --port "$desk_port" 2> demo/desk.out &
desk=$!
# The portal and the desk each print an address once they listen.
until grep -qs http:// demo/portal.out && grep -qs http:// demo/desk.out; do
  if ! kill -0 $portal || ! kill -0 $desk; then
    cat demo/desk.out
    exit 1
  fi 2> /dev/null
  sleep 0.2
done

cat <<EOF

1. Open http://127.0.0.1:$port/en/ (or /fr/), write a report, and note its twelve words.
2. Carry the medium from the portal to the inspectorate. In a second terminal, in this folder:

     demo/bin/carry

3. Now you are the inspectorate. Open the desk in a browser on this machine. Its address works once:

     $(grep http:// demo/desk.out)

   Sign in with the passphrase “$(cat demo/passphrase)”. The desk asks for it
   again for important actions. Choose “Portal exchange” and “Collect”, read the case, and reply. Then choose
   “Portal exchange” and “Prepare outbox”.
4. Carry the medium back to the portal, in the second terminal:

     demo/bin/carry

   Then choose “Read the answer” in the reporter's browser, type the words, read the answer, and write again.

“Lock the inbox” at the desk closes the inbox. After that, two commands work in the second terminal:
\`demo/bin/desk\` opens the desk again, at a new address; \`demo/bin/inbox --help\` lists the other commands of
the inbox.

For a training, http://127.0.0.1:$port/en/rehearsal shows what reporting looks like, with an invented case, and
http://127.0.0.1:$port/en/scenarios tells ten situations.

A new demo contains no cases. It has one officer, so you cannot try actions that take two officers, such as
closing an urgent case or deleting a passage. A real inbox has several officers: docs/key-ceremony.md.

Ctrl-C ends the demo. Its data stays in demo/.
EOF

# If a server ends by itself, show what the desk said.
wait -n || tail -n 3 demo/desk.out
