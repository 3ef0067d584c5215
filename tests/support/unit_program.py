"""A program that takes the place of a portal's unit."""

import subprocess
import sys

Program = subprocess.Popen[bytes]
# A server that listens once Python has started, and answers every request with the status in its arguments.
_PROGRAM = """
import http.server, sys

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(int(sys.argv[2]))
        self.end_headers()

http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def start(port: int | str, status: int) -> Program:
    """Start the program at a port of this machine, and do not wait until it listens."""
    command = [sys.executable, "-c", _PROGRAM, str(port), str(status)]
    return subprocess.Popen(command, stderr=subprocess.DEVNULL)
