"""Setup is killed at every change, on a machine with a real systemd."""

import shutil
from collections.abc import Iterator

from benchmarks.first_report import ANSWERS, Walk, all_serve
from tests.support import setup_kills

_PYTHON = "/usr/lib/fanal-portal/bin/python3"
_PROGRAM = "srv/setup_kills.py"
_HALF_WRITTEN = ("*.part", ".fanal.*", "fanal-setup-*", "fanal-unread-*")
# Without systemd, the gate kills setup at each change of a step. Here each run takes seconds, so fewer
# changes are tried.
_CHANGES = 3
# Some steps have only conditions, and some have nothing to do because the package has already made the
# folders.
_FEWEST_STEPS = 14


def killed(walk: Walk) -> Iterator[str]:
    """Kill setup at each change, and let the next run finish the setup. Yield the figures."""
    with walk.machine.running():
        yield _killed(walk)


def _killed(walk: Walk) -> str:
    machine = walk.machine
    walk.until("fanal-portal setup")
    walk.write_answers()
    shutil.copy(setup_kills.__file__, machine.tree / _PROGRAM)

    def run(step: str, change: int) -> str | None:
        words = ("setup", "--answers", f"/{ANSWERS}")
        said = machine.do(_PYTHON, "-B", f"/{_PROGRAM}", step, str(change), *words, code=None)
        killed = setup_kills.killed_step(said)
        assert killed or "the portal runs" in said, said
        return killed

    titles = [*setup_kills.at_each_change(run, _CHANGES)]
    assert len({*titles}) >= _FEWEST_STEPS, titles
    machine.do("fanal-portal", "setup", "--check")
    patterns = " -o ".join(f"-name '{each}'" for each in _HALF_WRITTEN)
    left = machine.do("sh", "-c", f"find /etc /var/www /var/lib/fanal /run {patterns}")
    assert not left, left
    all_serve(machine)
    return f"setup: killed {len(titles)} times, at the changes of {len({*titles})} steps, and then completed"
