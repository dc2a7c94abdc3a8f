#!/usr/bin/python3
"""A site for tests of captures: good pages, and servers that misbehave in every way.

    web_server.py DIR      prints the ports of HTTP and HTTPS (with a certificate that nobody trusts,
                           DIR/tls.pem), then serves on all addresses of loopback

What it does depends on the path; see Site.answer. A page that lies in DIR under the name asked for
is given before all else. The rest of /held comes when there is a file DIR/go. It is a proxy as well, for HTTP and SOCKS5, and
whatever is asked for through it is this site. Each request is one JSON line in DIR/requests.
"""

import gzip
import json
import re
import socketserver
import ssl
import subprocess
import sys
import threading
import time
from pathlib import Path

PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154"
                    "78da63f8cfc0000003010100c9fe92ef0000000049454e44ae426082")
WORDS = "The office of the village closed its counter on 3 May 2023 and asked people to come on Fridays."
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<link rel="stylesheet" href="/style.css"><script src="script.js"></script></head>
<body><h1>{title}</h1><p>{words}</p>
<img src="/a.png" srcset="/a.png 1x, /b.png 2x"><img src="/missing.png">
<img src="http://127.0.0.2:{port}/secret.png"><iframe src="/frame.html"></iframe>
<a href="/other">another page</a></body></html>"""
FRAME = '<!doctype html><html><body><img src="frame.png"><p>A notice in a frame.</p></body></html>'
STYLE = '@import "import.css"; /* url(/commented.png) */ body { background: url("/back.png") }'
IMPORTED = "@font-face { src: url(/font.woff2) } p { content: 'url(/quoted.png)' }"
CYRILLIC = ('<!doctype html><html><head><meta charset="windows-1251"><title>Оголошення</title></head>'
            "<body><p>Каса громади не працює у вівторок.</p></body></html>")
FILES = {
    "style.css": ("text/css", STYLE.encode()),
    "import.css": ("text/css; charset=utf-8", IMPORTED.encode()),
    "script.js": ("text/javascript", b"document.title = 'changed';\n"),
    "frame.html": ("text/html", FRAME.encode()),
    "font.woff2": ("font/woff2", b"wOF2 no real font"),
    "secret.png": ("image/png", b"this must not be fetched"),
}
ENDLESS = 1 << 40


class Site(socketserver.StreamRequestHandler):
    timeout = 60

    # ---- asking ----

    def handle(self):
        self.via = ""
        if self.rfile.peek(1)[:1] == b"\x05" and not self.socks():
            return
        line = self.rfile.readline(8192).decode("latin-1").strip()
        match = re.match(r"(\S+) (\S+) HTTP/1\.[01]$", line)
        if not match:
            return
        headers = {}
        for raw in iter(lambda: self.rfile.readline(8192).strip(), b""):
            name, _, value = raw.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        target = match.group(2)
        if target.startswith("http://"):
            self.via = "http " + target.split("/", 3)[2]
            target = "/" + target.split("/", 3)[3]
        with self.server.lock, open(self.server.folder / "requests", "a", encoding="utf-8") as log:
            log.write(json.dumps({"method": match.group(1), "path": target, "headers": headers,
                                  "via": self.via, "time": time.monotonic(),
                                  "address": self.request.getsockname()[0]}) + "\n")
        try:
            self.answer(target.lstrip("/"))
        except (BrokenPipeError, ConnectionResetError):
            pass

    def socks(self):
        """The server's part of RFC 1928, without logging in. Names must reach it as names."""
        self.rfile.read(self.rfile.read(2)[1])
        self.wfile.write(b"\x05\x00")
        if self.rfile.read(4)[3] != 3:
            return False
        host = self.rfile.read(self.rfile.read(1)[0]).decode()
        self.rfile.read(2)
        self.via = "socks5 " + host
        if host == "refused.example":
            self.wfile.write(b"\x05\x02\x00\x01\x7f\x00\x00\x01\x00\x00")
            return False
        self.wfile.write(b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00")
        return True

    # ---- answering ----

    def head(self, status, *lines):
        text = "\r\n".join([f"HTTP/1.1 {status}", "Server: tests", *lines, "Connection: close"])
        self.wfile.write(text.encode("latin-1") + b"\r\n\r\n")

    def send(self, body, kind="text/html; charset=utf-8", status="200 OK", *more):
        self.head(status, f"Content-Type: {kind}", f"Content-Length: {len(body)}", *more)
        self.wfile.write(body)

    def go(self, where):
        self.send(b"moved", "text/plain", "302 Found", f"Location: {where}")

    def chunks(self, body):
        for i in range(0, len(body), 100):
            piece = body[i:i + 100]
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        self.wfile.write(b"0\r\n\r\n")

    def page(self, title="A notice"):
        return PAGE.format(title=title, words=WORDS, port=self.server.server_address[1]).encode()

    def answer(self, what):
        what = what.split("?")[0]
        port, tls = self.server.server_address[1], self.server.tls_port
        places = {"loop": "/loop", "circle": "/circle2", "circle2": "/circle", "to-file": "file:///etc/hostname",
                  "to-private": f"http://127.0.0.2:{port}/secret.png", "to-page": "page?x=1#part",
                  "to-tls": f"https://127.0.0.1:{tls}/plain", "to-dict": "dict://127.0.0.1:11/x",
                  "to-mapped": f"http://[::ffff:127.0.0.2]:{port}/secret.png",
                  "to-number": f"http://2130706434:{port}/secret.png",
                  "to-password": f"http://user:word@127.0.0.1:{port}/plain"}
        plain = f"<html><head><title>Plain</title></head><body><p>{WORDS}</p></body></html>".encode()
        own = self.server.folder / what
        if "/" not in what and what.endswith(".html") and own.is_file():
            self.send(own.read_bytes())
        elif what in FILES:
            self.send(FILES[what][1], FILES[what][0])
        elif what in places:
            self.go(places[what])
        elif what.startswith("hop/"):
            left = int(what[4:])
            self.go(f"/hop/{left - 1}" if left > 1 else "/plain")
        elif what == "page":
            self.send(self.page(), "text/html; charset=utf-8", "200 OK",
                      "Last-Modified: Wed, 03 May 2023 08:00:00 GMT", 'ETag: "n-1"', "Set-Cookie: who=you")
        elif what == "plain":
            self.send(plain)
        elif what.endswith(".png") and what != "missing.png":
            self.send(PNG, "image/png")
        elif what == "gzip":
            self.send(gzip.compress(self.page("Packed")), "text/html", "200 OK", "Content-Encoding: gzip")
        elif what == "chunked":
            self.head("200 OK", "Content-Type: text/html", "Transfer-Encoding: chunked")
            self.chunks(self.page("In pieces"))
        elif what == "both":
            self.head("200 OK", "Content-Type: text/html", "Transfer-Encoding: chunked",
                      "Content-Encoding: gzip")
            self.chunks(gzip.compress(self.page("Packed in pieces")))
        elif what == "interim":
            self.wfile.write(b"HTTP/1.1 103 Early Hints\r\nLink: </early.css>\r\n\r\n")
            self.send(plain)
        elif what == "charset":
            self.send(CYRILLIC.encode("cp1251"), "text/html; charset=utf-8")
        elif what == "no-type":
            self.head("200 OK", f"Content-Length: {len(plain)}")
            self.wfile.write(plain)
        elif what == "empty":
            self.send(b"")
        elif what == "many":
            images = "".join(f'<img src="/i{n}.png">' for n in range(5000))
            self.send(f"<html><body>{images}<p>{WORDS}</p></body></html>".encode())
        elif what == "slow-part":
            self.send(b'<html><body><p>Before.</p><img src="/silent"><img src="/c.png"></body></html>')
        else:
            self.misbehave(what, plain)

    def misbehave(self, what, plain):
        if what == "silent":
            time.sleep(60)
        elif what == "held":
            self.head("200 OK", "Content-Type: text/html", f"Content-Length: {len(plain)}")
            self.wfile.write(plain[:40])
            while not (self.server.folder / "go").exists():
                time.sleep(0.05)
            self.wfile.write(plain[40:])
        elif what == "drip":
            self.head("200 OK", "Content-Type: text/html")
            for letter in plain * 1000:
                self.wfile.write(bytes([letter]))
                time.sleep(0.05)
        elif what in ("endless", "huge"):
            self.head("200 OK", "Content-Type: text/html", *([f"Content-Length: {ENDLESS}"] if what == "huge" else []))
            for _ in range(1 << 12):
                self.wfile.write(plain * 256)
        elif what == "cut":
            self.head("200 OK", "Content-Type: text/html", f"Content-Length: {len(plain) + 900}")
            self.wfile.write(plain)
        elif what == "cut-chunk":
            self.head("200 OK", "Content-Type: text/html", "Transfer-Encoding: chunked")
            self.wfile.write(b"ffff\r\n" + plain)
        elif what == "short":
            self.head("200 OK", "Content-Type: text/html", f"Content-Length: {len(plain)}")
            self.wfile.write(plain + b"more than was said")
        elif what == "header-bomb":
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            for n in range(100000):
                self.wfile.write(b"X-%d: %s\r\n" % (n, b"x" * 200))
        elif what == "no-head":
            self.wfile.write(b"\x00\x01\x02 this is no answer\r\n\r\n")
        elif what != "hangup":
            self.send(b"<html><body><p>There is nothing here.</p></body></html>", "text/html", "404 Not Found")


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request, client_address):
        """Clients that give up early are part of the tests."""


def certificate(folder):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-keyout", folder / "tls.key", "-out", folder / "tls.pem", "-days", "30", "-subj",
                    "/O=Tests of dokaz/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "tls.pem", folder / "tls.key")
    plain, safe = Server(("0.0.0.0", 0), Site), Server(("0.0.0.0", 0), Site)
    safe.socket = context.wrap_socket(safe.socket, server_side=True, do_handshake_on_connect=False)
    lock = threading.Lock()
    for server in (plain, safe):
        server.folder, server.lock, server.tls_port = folder, lock, safe.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
    print(plain.server_address[1], safe.server_address[1], flush=True)
    threading.Event().wait()


main()
