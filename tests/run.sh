#!/bin/sh
# The Python tests, or those named. It ends with how many had a second chance: it should be none.
set -u
cd "$(dirname "$0")/.."
# A disk is waited for at each write that must outlive a crash; memory is not. 4 GB are more than they need.
free=$(df --output=avail /dev/shm 2>/dev/null | tail -n 1)
[ "${free:-0}" -ge 4000000 ] && export TMPDIR=/dev/shm
folder=$(mktemp -d -t fanal-tests-XXXXXX) || exit
trap 'rm -rf "$folder"' EXIT

# One module's tests stay in one worker, so that they share its server or browser. In our order (conftest.py): by
# default modules of few tests come last, and the slowest have few. Four workers for two cores: many tests wait.
chances=0
.venv/bin/python -m pytest -n 4 --dist loadscope --no-loadscope-reorder \
  -o cache_dir="$folder/cache" --basetemp "$folder/pytest" "$@"
ended=$?
# What fails beside others is run once more, alone, and fails the gate if it fails again: browsers, databases and
# clocks on two busy cores are not always in time. Either way it is printed, and is to be mended.
if [ "$ended" -eq 1 ]; then
  chances=$(grep -c true "$folder/cache/v/cache/lastfailed")
  echo 'once more, alone:'
  .venv/bin/python -m pytest -o cache_dir="$folder/cache" --last-failed --last-failed-no-failures none "$@"
  ended=$?
fi
echo "second chances: $chances"
exit "$ended"
