#!/usr/bin/env bash
# A portal and an inbox on this machine, in demo/, to try the whole path: `make demo`, which serves until Ctrl-C.
# Over the data of an earlier run it goes on: a step is taken only where its result is missing.
set -euo pipefail

cd "$(dirname "$0")/.."
umask 077

port=${PORT:-8080}
bin=$PWD/.venv/bin
# as the removable medium would: everything between the two sides passes through this folder
medium=demo/medium
mkdir -p demo/bin $medium

wrapper() {
  printf '#!/bin/sh\nexec %s\n' "$2" > "demo/bin/$1"
  chmod +x "demo/bin/$1"
}
wrapper inbox "'$bin/inbox' --home '$PWD/demo/inbox' \"\$@\" --passphrase-file '$PWD/demo/passphrase'"
wrapper portal "'$bin/portal' --config '$PWD/demo/portal.toml' \"\$@\""

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

cat <<EOF

1. Open http://127.0.0.1:$port/en/ (or /fr/), file a report, note its twelve words.
2. In a second terminal, in this folder, be the inspectorate:

     demo/bin/portal export --out $medium
     demo/bin/inbox collect $medium/inspection-1.tar --confirm-instance '$instance'
     demo/bin/inbox list
     demo/bin/inbox show 1
     demo/bin/inbox reply 1 --text 'Thank you. When did it begin?'
     demo/bin/inbox status 1 assessing
     demo/bin/inbox outbox --out $medium
     demo/bin/portal import $medium/outbox-inspection-1.tar

3. In the browser choose “Follow my report”, type the words, read the answer, write again.
   Bundles are numbered: the next ones are inspection-2.tar and outbox-inspection-2.tar.

EOF
exec demo/bin/portal serve
