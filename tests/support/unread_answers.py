"""Clients of HTTP/2 that ask for pages and take no byte of them."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import ResponseReceived, StreamReset
from h2.settings import SettingCodes, Settings

from tests.support.slow_flood import Source

# As many as any server should allow (RFC 9113, 6.5.2), and as nginx refuses before it closes the connection.
_STREAMS = 100


@contextmanager
def unread(source: Source, count: int, path: str) -> Iterator[int]:
    """Ask for a page a hundred times over each of ``count`` connections; yield the answers that have begun.

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
    # What no browser sends, and a server keeps as long as the answer.
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
