#!/usr/bin/python3
"""Pages for tests of renderings.

    shot_pages.py DIR      prints its port, then serves on all addresses of loopback; each request is
                           a line "ADDRESS PATH AGENT" in DIR/requests; it is a proxy of itself as well
"""

import gzip
import struct
import sys
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HIGH = 9000  # pixels


def picture(colour):
    rows = b"".join(b"\0" + bytes(colour) * 64 for _ in range(64))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 64, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


PAGES = {
    "/plain": "<title>Zeisigruf</title><h1>A notice</h1><p>The counter is closed on Tuesdays. Zeisigruf</p><img src='/red.png'>",
    # Its last rows are blue; its picture below is loaded late by browsers that wait for readers.
    "/high": f"<style>body{{margin:0}}</style><div style='height:{HIGH - 200}px;background:#ddd'></div>"
             "<img loading=lazy src='/red.png' style='display:block'>"
             "<div style='height:136px;background:#00f'></div>",
    "/leads-on": "<meta http-equiv=refresh content='0;url=/plain'><p>The first page.</p>"
                 "<script>setTimeout(() => location = '/other', 10)</script>",
    "/asks": "<script>alert('stop'); confirm('really?'); addEventListener('beforeunload', e => e.preventDefault())"
             "</script><p>After the questions.</p>",
    "/script": "<p id=a>Before</p><script src='/script.js'></script>",
    "/elsewhere": "<p>Before</p><script src='http://scripts.example/script.js'></script>",
    "/busy": "<p>Before</p><script>for (;;) {}</script>",
    # Everything by which a page can try to reach the machine that shows it.
    "/reaches": """<img src='http://127.0.0.2:{port}/secret.png'><iframe src='http://127.0.0.2:{port}/secret'></iframe>
        <iframe src='file:///etc/hostname'></iframe><link rel=preconnect href='http://127.0.0.2:{port}'>
        <script>
        const there = 'http://127.0.0.2:{port}/secret'
        fetch(there, {{mode: 'no-cors'}}).catch(() => 0)
        navigator.sendBeacon(there, 'x')
        new WebSocket('ws://127.0.0.2:{port}/secret')
        new EventSource(there)
        new Worker(URL.createObjectURL(new Blob([`fetch('${{there}}', {{mode: 'no-cors'}}).catch(() => 0)`])))
        fetch('/to-secret').catch(() => 0)
        open(there)
        const peer = new RTCPeerConnection({{iceServers: [{{urls: 'stun:127.0.0.2:{port}'}}]}})
        peer.createDataChannel('x')
        peer.createOffer().then(o => peer.setLocalDescription(o))
        </script><p>A page that reaches out.</p>""",
    "/secret": "this must not be fetched",
    "/other": "another page",
}


class Pages(BaseHTTPRequestHandler):
    def do_GET(self):
        with open(self.server.folder / "requests", "a", encoding="utf-8") as log:
            log.write(f"{self.connection.getsockname()[0]} {self.path} {self.headers['User-Agent']}\n")
        port = self.server.server_address[1]
        if self.path.startswith("http://"):
            self.path = "/" + self.path.split("/", 3)[3]
        kind, body, packed = "text/html; charset=utf-8", b"", False
        if self.path == "/to-secret":
            self.send_response(302)
            self.send_header("Location", f"http://127.0.0.2:{port}/secret")
            self.end_headers()
            return
        if self.path.endswith(".png"):
            kind, body = "image/png", picture((255, 0, 0))
        elif self.path == "/script.js":
            kind, body, packed = "text/javascript", b"document.body.style.background = '#0f0'", True
        elif self.path == "/data":
            kind, body = "application/octet-stream", b"\0\1\2 no page"
        elif self.path in PAGES:
            page = PAGES[self.path]
            page = page.format(port=port) if self.path == "/reaches" else page
            body = f"<!doctype html><html><body>{page}</body></html>".encode()
        else:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Type", kind)
        if packed:
            body = gzip.compress(body)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Requests are logged by do_GET."""


def main():
    server = ThreadingHTTPServer(("0.0.0.0", 0), Pages)
    server.folder = Path(sys.argv[1])
    print(server.server_address[1], flush=True)
    server.serve_forever()


main()
