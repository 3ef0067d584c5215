"""HTTP/2 clients that request pages and never read the answers."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import ResponseReceived, StreamReset
from h2.settings import SettingCodes, Settings

from tests.support.slow_flood import Source

# Every server should allow at least this many open streams (RFC 9113, 6.5.2). nginx closes a connection after
# it has refused that many streams.
_STREAMS = 100


@contextmanager
def unread(source: Source, count: int, path: str) -> Iterator[int]:
    """Request a page a hundred times over each of ``count`` connections. Yield how many answers have begun.

    An answer that the server refuses to begin does not count.
    """
    with ExitStack() as stack:
        yield sum(_begun(stack, source, path) for _ in range(count))


def _begun(stack: ExitStack, source: Source, path: str) -> int:
    client = stack.enter_context(source.connect("h2"))
    protocol = H2Connection(H2Configuration(client_side=True))
    protocol.local_settings = Settings(initial_values={SettingCodes.INITIAL_WINDOW_SIZE: 0})
    protocol.initiate_connection()
    asked = [(":method", "GET"), (":path", path), (":scheme", "https"), (":authority", "x")]
    # Headers that no browser sends. The server keeps these headers for as long as it keeps the answer.
    padded = [*asked, *[("x-padding", "x" * 3_800)] * 2]
    for n in range(_STREAMS):
        protocol.send_headers(2 * n + 1, padded, end_stream=True)
    client.sendall(protocol.data_to_send())
    begun = refused = 0
    while begun + refused < _STREAMS:
        received = client.recv(1 << 16)
        assert received, (begun, refused)
        events = protocol.receive_data(received)
        begun += sum(isinstance(each, ResponseReceived) for each in events)
        refused += sum(isinstance(each, StreamReset) for each in events)
    return begun
