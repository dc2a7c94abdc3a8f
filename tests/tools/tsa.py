#!/usr/bin/python3
"""A timestamp authority for tests: real certificates and keys, made anew for each run.

    tsa.py make DIR                      authorities and their certificates into DIR
    tsa.py reply DIR QUERY OUT [--by NAME]
                                         answer a request with `openssl ts`
    tsa.py token DIR IMPRINT OUT [--by NAME] [--time T] [--digest D] [--imprint-digest D]
                                         a token with any time and digest, signed by `openssl cms`
    tsa.py serve DIR [--tls]             an authority on 127.0.0.1; prints its port, then serves

Signers: good, rsa and older (certificate id of RFC 2634), all under ca.pem; middle (under between.pem
under ca.pem); noeku (under ca.pem, not for timestamps); other (under another.pem); past (valid in 2015
only, under old.pem, which is valid from 2014 to 2040). What the server does depends on the path:
/good and the other signers answer, and /refuse /garbage /error /huge /slow /elsewhere /replay /hangup
do what they are called. It is a proxy as well, for HTTP and SOCKS5. With --tls its certificate is under
another.pem. Each request is one JSON line in DIR/requests.
"""

import argparse
import json
import re
import socketserver
import ssl
import subprocess
import sys
import time
from pathlib import Path

CONFIG = """
[req]
distinguished_name = name
prompt = no
string_mask = utf8only
utf8 = yes
[name]
CN = unused
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[stamps]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[plain]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
[server]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = IP:127.0.0.1
[issue]
database = {dir}/index
serial = {dir}/serial
new_certs_dir = {dir}
default_md = sha256
policy = anything
unique_subject = no
[anything]
commonName = supplied
organizationName = optional
[tsa]
default_tsa = answer
[answer]
serial = {dir}/tsa.serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.3.6.1.4.1.99999.1
other_policies = 1.3.6.1.4.1.99999.2
digests = sha256, sha384, sha512
accuracy = secs:1, millisecs:500
ess_cert_id_alg = sha256
[older]
serial = {dir}/tsa.serial
crypto_device = builtin
signer_digest = sha512
default_policy = 1.3.6.1.4.1.99999.1
digests = sha256
ess_cert_id_alg = sha1
"""

ROOTS = {"ca": "Test Root", "another": "Another Root", "old": "Old Root"}
# name: (subject, issuer, extensions, key, days of validity)
SIGNERS = {
    "good": ("Годинник тестів", "ca", "stamps", "ec", None),
    "rsa": ("Clock of RSA", "ca", "stamps", "rsa", None),
    "older": ("Older clock", "ca", "stamps", "rsa", None),
    "past": ("Clock of the past", "old", "stamps", "ec", ("20150101000000Z", "20160101000000Z")),
    "noeku": ("No clock", "ca", "plain", "ec", None),
    "middle": ("Clock below", "between", "stamps", "ec", None),
    "other": ("Foreign clock", "another", "stamps", "ec", None),
}
KEYS = {"ec": ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"], "rsa": ["-newkey", "rsa:2048"]}
HASHES = {"sha1": "1.3.14.3.2.26", "sha256": "2.16.840.1.101.3.4.2.1",
          "sha384": "2.16.840.1.101.3.4.2.2", "sha512": "2.16.840.1.101.3.4.2.3"}
TST_INFO = "1.2.840.113549.1.9.16.1.4"
POLICY = "1.3.6.1.4.1.99999.1"
SLOW_SECONDS = 100
HUGE_BYTES = 20 << 20


def openssl(*arguments, **more):
    return subprocess.run(["openssl", *map(str, arguments)], check=True, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, **more).stdout


# ---- making authorities ----

def request(folder, name, subject, key):
    openssl("req", "-new", "-config", folder / "conf", "-utf8", *KEYS[key], "-nodes", "-keyout",
            folder / f"{name}.key", "-out", folder / f"{name}.csr", "-subj",
            f"/O=Tests of dokaz/CN={subject}")


def certify(folder, name, extensions, validity, *issuer):
    start, end = validity or (time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() - 86400)),
                              "20360101000000Z")
    openssl("ca", "-config", folder / "conf", "-name", "issue", "-batch", "-notext", "-utf8",
            "-extensions", extensions, "-in", folder / f"{name}.csr", "-out", folder / f"{name}.pem",
            "-startdate", start, "-enddate", end, *issuer)


def make(folder):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "conf").write_text(CONFIG.format(dir=folder))
    (folder / "index").write_text("")
    (folder / "serial").write_text("1000\n")
    (folder / "tsa.serial").write_text("01\n")
    for name, subject in ROOTS.items():
        request(folder, name, subject, "ec")
        certify(folder, name, "root", ("20140101000000Z", "20400101000000Z") if name == "old" else None,
                "-selfsign", "-keyfile", folder / f"{name}.key")
    request(folder, "between", "Between", "ec")
    certify(folder, "between", "root", None, "-cert", folder / "ca.pem", "-keyfile", folder / "ca.key")
    request(folder, "server", "127.0.0.1", "ec")
    certify(folder, "server", "server", None, "-cert", folder / "another.pem", "-keyfile",
            folder / "another.key")
    for name, (subject, issuer, extensions, key, validity) in SIGNERS.items():
        request(folder, name, subject, key)
        certify(folder, name, extensions, validity, "-cert", folder / f"{issuer}.pem", "-keyfile",
                folder / f"{issuer}.key")


# ---- answering ----

def chain_of(folder, by):
    issuer = SIGNERS[by][1]
    return [] if issuer in ROOTS else ["-chain", folder / f"{issuer}.pem"]


def reply(folder, query, out, by="good"):
    section = "older" if by == "older" else "answer"
    openssl("ts", "-reply", "-config", folder / "conf", "-section", section, "-queryfile", query, "-signer",
            folder / f"{by}.pem", "-inkey", folder / f"{by}.key", "-out", out, *chain_of(folder, by))


def der(tag, *parts):
    body = b"".join(parts)
    if len(body) < 128:
        return bytes([tag, len(body)]) + body
    length = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + body


def der_oid(text):
    first, second, *rest = map(int, text.split("."))
    body = bytearray([first * 40 + second])
    for arc in rest:
        piece = [arc & 0x7F]
        while arc > 0x7F:
            arc >>= 7
            piece.append(0x80 | (arc & 0x7F))
        body += bytes(reversed(piece))
    return der(6, bytes(body))


def der_integer(value):
    return der(2, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def token(folder, imprint, out, by="good", instant="20150601120000Z", digest="sha256",
          imprint_digest="sha256"):
    info = der(0x30, der_integer(1), der_oid(POLICY),
               der(0x30, der(0x30, der_oid(HASHES[imprint_digest]), b"\x05\x00"), der(4, imprint)),
               der_integer(0xABC123), der(0x18, instant.encode()))
    plain = out.with_suffix(".info")
    plain.write_bytes(info)
    more = chain_of(folder, by)
    openssl("cms", "-sign", "-cades", "-md", digest, "-in", plain, "-binary", "-nodetach", "-econtent_type",
            TST_INFO, "-signer", folder / f"{by}.pem", "-inkey", folder / f"{by}.key", "-outform", "DER",
            "-out", out, *(["-certfile", more[1]] if more else []))
    plain.unlink()


def refusal():
    """TimeStampResp { status rejection, text, failure badAlg }."""
    text = der(0x30, der(0x0C, "зайнято: спробуйте згодом".encode()))
    return der(0x30, der(0x30, der_integer(2), text, der(3, b"\x07\x80")))


# ---- serving ----

class Handler(socketserver.StreamRequestHandler):
    timeout = 60

    def handle(self):
        first = self.rfile.peek(1)[:1]
        self.via = ""
        if first == b"\x05" and not self.socks():
            return
        line = self.rfile.readline(8192).decode("latin-1").strip()
        match = re.match(r"(\S+) (\S+) HTTP/1\.[01]$", line)
        if not match:
            return
        headers = {}
        for raw in iter(lambda: self.rfile.readline(8192).strip(), b""):
            name, _, value = raw.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        body = self.rfile.read(int(headers.get("content-length", 0)))
        target = match.group(2)
        if target.startswith("http://"):
            self.via = "http"
            target = "/" + target.split("/", 3)[3]
        with open(self.server.folder / "requests", "a", encoding="utf-8") as log:
            log.write(json.dumps({"method": match.group(1), "path": target, "headers": headers,
                                  "via": self.via, "bytes": len(body)}) + "\n")
        self.answer(target.strip("/"), body)

    def socks(self):
        """The server's part of RFC 1928, without logging in; whatever is asked for is us."""
        self.rfile.read(self.rfile.read(2)[1])
        self.wfile.write(b"\x05\x00")
        kind = self.rfile.read(4)
        if kind[3] != 3:
            return False  # the name must reach the proxy as a name
        host = self.rfile.read(self.rfile.read(1)[0])
        self.rfile.read(2)
        self.wfile.write(b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00")
        self.via = "socks5 " + host.decode()
        return True

    def send(self, status, body, kind="application/timestamp-reply", extra=""):
        head = (f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{extra}"
                "Connection: close\r\n\r\n")
        self.wfile.write(head.encode() + body)

    def answer(self, what, body):
        if what in SIGNERS:
            self.send("200 OK", self.stamp(what, body))
        elif what == "refuse":
            self.send("200 OK", refusal())
        elif what == "garbage":
            self.send("200 OK", b"<html>welcome to the guest network</html>", "text/html")
        elif what == "error":
            self.send("500 Internal Server Error", b"no", "text/plain")
        elif what == "huge":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\n\r\n")
            for _ in range(HUGE_BYTES >> 16):
                self.wfile.write(bytes(1 << 16))
        elif what == "slow":
            time.sleep(SLOW_SECONDS)
        elif what == "elsewhere":
            self.send("302 Found", b"", extra="Location: file:///etc/hostname\r\n")
        elif what == "replay":
            kept = self.server.folder / "replayed"
            if not kept.exists():
                kept.write_bytes(self.stamp("good", body))
            self.send("200 OK", kept.read_bytes())
        elif what != "hangup":
            self.send("404 Not Found", b"", "text/plain")

    def stamp(self, by, body):
        number = f"{time.monotonic_ns()}"
        query = self.server.folder / f"{number}.tsq"
        out = self.server.folder / f"{number}.tsr"
        query.write_bytes(body)
        reply(self.server.folder, query, out, by)
        return out.read_bytes()


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request, client_address):
        """Clients that give up early are part of the tests."""


def serve(folder, tls):
    with Server(("127.0.0.1", 0), Handler) as server:
        server.folder = folder
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(folder / "server.pem", folder / "server.key")
            server.socket = context.wrap_socket(server.socket, server_side=True)
        print(server.server_address[1], flush=True)
        server.serve_forever()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["make", "reply", "token", "serve"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("words", nargs="*")
    parser.add_argument("--by", default="good")
    parser.add_argument("--time", default="20150601120000Z")
    parser.add_argument("--digest", default="sha256")
    parser.add_argument("--imprint-digest", default="sha256")
    parser.add_argument("--tls", action="store_true")
    options = parser.parse_args()
    folder = options.folder.resolve()
    try:
        if options.what == "make":
            make(folder)
        elif options.what == "reply":
            reply(folder, options.words[0], options.words[1], options.by)
        elif options.what == "token":
            token(folder, bytes.fromhex(options.words[0]), Path(options.words[1]), options.by,
                  options.time, options.digest, options.imprint_digest)
        else:
            serve(folder, options.tls)
    except subprocess.CalledProcessError as failure:
        sys.stderr.write(failure.stderr.decode("utf-8", "replace"))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
