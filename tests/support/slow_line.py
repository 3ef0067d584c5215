"""A slow network line: delayed packets between two network namespaces. Only root can create such a line.

The Linux module that delays packets does not exist on every machine. A TUN device, which passes packets to a
program, works everywhere.
"""

import fcntl
import multiprocessing
import os
import select
import struct
import subprocess
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.synchronize import Event
from pathlib import Path

NEAR, FAR = "fanal-near", "fanal-far"
ADDRESSES = {NEAR: "10.255.77.1", FAR: "10.255.77.2"}
_START_SECONDS = 30
_DEVICE = "line"
_SET_DEVICE, _PACKETS_ALONE = 0x400454CA, 0x1001  # linux/if_tun.h: TUNSETIFF, IFF_TUN | IFF_NO_PI
_LARGEST_PACKET = 1 << 16
# A packet is lost if it waits longer than this to be sent, as in the queue of a modem.
_QUEUE_SECONDS = 0.2


@contextmanager
def slow_line(seconds: float, rate: float) -> Iterator[None]:
    """While the block runs, simulate a line with this delay and this rate (bytes a second) both ways."""
    context = multiprocessing.get_context("spawn")
    begun = context.Event()
    process = context.Process(target=_carry, args=(seconds, rate, begun))
    for name in ADDRESSES:
        _ip("netns", "add", name)
    process.start()
    try:
        assert begun.wait(_START_SECONDS)
        yield
    finally:
        process.terminate()
        process.join()
        for name in ADDRESSES:
            _ip("netns", "del", name)


@contextmanager
def inside(name: str) -> Iterator[None]:
    """Put this thread, and the processes it starts, at one end of the line."""
    with Path("/proc/thread-self/ns/net").open("rb") as own:
        _enter(name)
        try:
            yield
        finally:
            os.setns(own.fileno(), os.CLONE_NEWNET)


@dataclass
class _End:
    """A device, the packets on their way from it, and the time when the line can take more packets."""

    device: int
    packets: deque[tuple[float, bytes]] = field(default_factory=deque)
    free: float = 0.0


def _carry(seconds: float, rate: float, begun: Event) -> None:
    near, far = (_End(_device(name, other)) for name, other in ((NEAR, FAR), (FAR, NEAR)))
    begun.set()
    while True:
        now = time.monotonic()
        due = min((each.packets[0][0] for each in (near, far) if each.packets), default=now + 1)
        ready, _, _ = select.select([near.device, far.device], [], [], max(0, due - now))
        for one, other in ((near, far), (far, near)):
            if one.device in ready:
                _take_in(one, seconds, rate)
            while one.packets and one.packets[0][0] <= time.monotonic():
                # A full device drops packets.
                with suppress(OSError):
                    os.write(other.device, one.packets.popleft()[1])


def _take_in(end: _End, seconds: float, rate: float) -> None:
    with suppress(BlockingIOError):
        while packet := os.read(end.device, _LARGEST_PACKET):
            now = time.monotonic()
            end.free = max(end.free, now) + len(packet) / rate
            if end.free - now < _QUEUE_SECONDS:
                end.packets.append((end.free + seconds, packet))


def _device(name: str, other: str) -> int:
    """Create a device at one end. Return the file descriptor that reads and writes the device's packets."""
    _enter(name)
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, _SET_DEVICE, struct.pack("16sH", _DEVICE.encode(), _PACKETS_ALONE))
    _ip("addr", "add", ADDRESSES[name], "peer", ADDRESSES[other], "dev", _DEVICE)
    _ip("link", "set", _DEVICE, "up", "txqueuelen", "5000")
    _ip("link", "set", "lo", "up")
    return device


def _enter(name: str) -> None:
    with Path(f"/run/netns/{name}").open("rb") as namespace:
        os.setns(namespace.fileno(), os.CLONE_NEWNET)


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)
