"""Spread work over all cores. Each worker process receives only the data of its jobs."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Thread
from typing import Any, TypeVar

from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.system import memory, terminal

Context = TypeVar("Context")
Job = TypeVar("Job")
Result = TypeVar("Result")

_MOST_AT_ONCE = 16
_worker: ContextVar[Callable[[Any], Any]] = ContextVar("worker")


def spread(
    start: Callable[[Context], Callable[[Job], Result]],
    context: Context,
    jobs: Sequence[Job],
    *,
    few: int,
) -> Iterator[Result]:
    """Yield ``start(context)(job)`` for each job, in order.

    If there are at most ``few`` jobs, they run in this process. Everything must be picklable. Raises Refused
    if a process is killed.
    """
    if len(jobs) <= few:
        yield from map(start(context), jobs)
        return
    cores = len(os.sched_getaffinity(0))
    # A fresh process inherits no open vault. The process has only the data sent over a pipe.
    pool = ProcessPoolExecutor(
        cores,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_begin,
        initargs=(start, context),
    )
    with pool:
        try:
            with _uninterrupted():
                results = pool.map(_work, jobs, chunksize=min(_MOST_AT_ONCE, -(-len(jobs) // (4 * cores))))
            yield from results
        except BrokenProcessPool:
            raise Refused(
                sentence("a worker process was killed"), sentence("check the free memory, then try again")
            ) from None
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Start workers that ignore Ctrl-C, so that only this process handles Ctrl-C.

    This process then ends the workers, and reports once.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin(start: Callable[[Context], Callable[[Job], Result]], context: Context) -> None:
    terminal.silence_others()  # A worker opens hostile data and shares our terminal.
    memory.forbid_dumps()
    memory.lock()
    Thread(target=_end_with_parent, daemon=True).start()
    _worker.set(start(context))


def _end_with_parent() -> None:
    """End this worker once its parent has ended or was killed, so that no keys stay in memory."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(job: Any) -> Any:
    return _worker.get()(job)
