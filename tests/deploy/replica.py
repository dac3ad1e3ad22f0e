"""Stands for a replica: it tells its process id, and is ready at once. `python replica.py [address:]port`.

It has the file `/media/<its own process id>`, and no other file.
"""

import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Replica(BaseHTTPRequestHandler):
    """Answers with the process id."""

    def do_GET(self) -> None:
        asked, own = self.path.removeprefix("/media/"), str(os.getpid())
        self.send_response(404 if self.path != asked and asked != own else 200)
        self.send_header("Content-Length", str(len(own)))
        self.end_headers()
        self.wfile.write(own.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


if __name__ == "__main__":
    address, _, port = sys.argv[1].rpartition(":")
    ThreadingHTTPServer((address or "127.0.0.1", int(port)), Replica).serve_forever()
