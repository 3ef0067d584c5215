"""A register is kept and looked at with commands; a look is recorded once and can be repeated by anybody."""

from pathlib import Path

import pytest

from draws.cli.main import run
from draws.register import files


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    status = run([*words])
    printed = capsys.readouterr()
    return status, printed.out + printed.err


def test_a_register_is_kept_and_looked_at(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, result, done = (str(tmp_path / name) for name in ("register", "drawn.csv", "done.csv"))
    heading = "stratum;unité;équipe;déclarant\n"
    Path(result).write_text(heading + "".join(f"s;quai;{n % 5};{n % 7}\n" for n in range(59)), "utf-8-sig")
    Path(done).write_text("item;par;résultat\n" + "".join(f"{n};9;RAS\n" for n in range(1, 60)), "cp1252")
    begin = ("register", "begin", path, "--ceremony", "c", "--list", "ab", "--sample", "simple")
    for words in (
        begin,
        ("register", "drawn", path, result, "--ceremony", "c"),
        ("register", "outcomes", path, done, "--ceremony", "c"),
    ):
        assert said(capsys, *words)[0] == 0
    month = files.load(Path(path))[0].entries[0].day.isoformat()[:7]
    english = ("--language", "en")
    shares = said(capsys, *english, "deviation", "shares", path, "--month", month)[1]
    assert (
        "0 possible misses in a simple random sample of 59; at 95 %, this excludes a rate of 5.0 %" in shares
    )
    assert said(capsys, *english, "deviation", "look", path, "--month", month)[0] == 1
    look = (*english, "deviation", "look", path, "--month", "2020-01")
    first = said(capsys, *look)
    assert "never proof" in first[1]
    assert (
        said(capsys, *english, "register", "void", path, "--ceremony", "d", "--list", "ab", "--refuser", "p")[
            0
        ]
        == 0
    )
    assert said(capsys, *look) == first
    after = said(capsys, *english, "deviation", "shares", path, "--month", month)[1]
    assert "1 possible misses in a simple random sample of 60" in after
    head = said(capsys, *english, "register", "show", path, "--head", "3 AAAA")
    assert (head[0], "the register never had this head" in head[1]) == (1, True)
