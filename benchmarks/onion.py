"""Send a report through circuits of a private tor network, with the shipped torrc and nginx."""

import time

from sqlalchemy import func, select

from portal.store.schema import envelopes, whole
from tests.support.firefox_peer import browsing
from tests.support.portal_nginx import Nginx
from tests.support.portal_server import Server
from tests.support.tor_network import tor_browser, tor_network


def onion(server: Server) -> str:
    """Verify the site and send a report through the onion service; return a line of results.

    Raise an error if the report did not arrive, or if the site differs from its signed manifest.
    """
    with (server.folder / "portal.toml").open("a") as file:
        file.write('manifest = "manifest"\n')
    server.sign_manifest()
    nginx = Nginx(server, server.folder / "nginx").make()
    folder = server.folder / "tor"
    folder.mkdir()
    begun = time.perf_counter()
    with server.serving(), nginx.serving(), tor_network(folder, nginx.tor_port) as tor:
        reached = time.perf_counter() - begun
        server.run("verify", f"http://{tor.onion}", "--proxy", f"socks5h://{tor.proxy}")
        with browsing(tor_browser(tor.proxy)) as firefox:
            firefox.does("visit", address=f"http://{tor.onion}", language="fr")
            sent = firefox.does("report", text="Through real circuits")
    with server.store() as store, store.read() as connection:
        if connection.scalar(select(func.count()).select_from(envelopes).where(whole)) != 1:
            raise RuntimeError("the report did not arrive")
    return (
        f"onion service reached after {reached:.0f} s; verified through it; "
        f"a report sent by Firefox in {sent['seconds']:.1f} s"
    )
