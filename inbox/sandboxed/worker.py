"""The process in the sandbox: it reads a file, and writes its type and contents.

``worker.py PAGE HOW``: PAGE is the number of the page. HOW is ``whole``, or ``head`` for the type only.
"""

import codecs
import sys
from collections.abc import Callable
from dataclasses import replace

from inbox.sandboxed import archives, file_types, pdf, pictures, seccomp
from inbox.sandboxed.answer import LONGEST_TEXT, Answer, NotShown, fact
from inbox.sandboxed.file_types import Kind

# Codecs for metadata, loaded now, because Python could not open their files later.
for encoding in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1", "ascii", "cp437"):
    codecs.lookup(encoding)


def main(page: int, how: str) -> None:
    """Confine this process, examine the file on standard input, and write the answer."""
    seccomp.confine(seccomp.Limits())
    data = sys.stdin.buffer.read()
    kind = file_types.of(data) if data else Kind(file_types.EMPTY)
    answer = _looked(kind, data, page) if how == "whole" else Answer(())
    known = [fact("type", kind.type)] if all(each.kind != "type" for each in answer.facts) else []
    known += [fact("like", each) for each in sorted(kind.like)]
    known += [fact("also", each) for each in file_types.also(data, kind)]
    sys.stdout.buffer.write(replace(answer, facts=(*known, *answer.facts)).encode())
    sys.stdout.buffer.flush()


def _looked(kind: Kind, data: bytes, page: int) -> Answer:
    if kind.text is not None:
        return _written(kind.text)
    look = _look_for(kind)
    if look is None:
        return Answer((fact("why", "not-supported"),))
    try:
        return look(data, page)
    except NotShown as error:
        return Answer((fact("why", error.code, *error.values),))
    except MemoryError:
        return Answer((fact("why", "memory"),))
    except Exception as error:  # noqa: BLE001  parsing hostile bytes can raise anything
        return Answer((fact("why", "damaged", type(error).__name__),))


def _look_for(kind: Kind) -> Callable[[bytes, int], Answer] | None:
    match kind.type:
        case file_types.PDF:
            return pdf.look
        case file_types.HEIC:
            return pictures.named
        case file_types.TAR:
            return archives.of_tar
        case file_types.ZIP:
            return archives.of_zip
        case picture if picture in file_types.SHOWN:
            return pictures.look
        case _:
            return None


def _written(text: str) -> Answer:
    cut = (fact("caution", "cut", LONGEST_TEXT),) if len(text) > LONGEST_TEXT else ()
    return Answer(cut, text=text[:LONGEST_TEXT], pages=1)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
