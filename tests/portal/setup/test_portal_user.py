"""The limits of `fanal-portal run`. tests/portal/ops/test_units.py runs the command on a machine."""

from itertools import pairwise

from portal.setup import portal_user
from tests.support.paths import ROOT


def test_a_command_run_by_hand_has_the_user_and_the_limits_of_the_timer() -> None:
    unit = (ROOT / "deploy/portal-expire.service").read_text("utf-8").splitlines()
    words = portal_user.by_hand([])
    given = {each for option, each in pairwise(words) if option == "-p"}
    assert given - {*unit} == {portal_user.QUIET}
    assert {"User=portal", "UMask=0077", "LimitCORE=0", "MemorySwapMax=0"} <= given
