#!/usr/bin/python3
"""Web archives as crawlers and browsers write them, made by hand: web.py FOLDER"""

import base64
import gzip
import hashlib
import io
import json
import sys
import zipfile
import zlib
from pathlib import Path

BROTLI = base64.b64decode("G1MAYEQ3l6ohaShjwRTlhx88l2M5OOTA5USBtqx5xIHH8Dh3o5RTYPVJjgJX+budG8YiTkTxEOVzSHwJ4VFYsRk=")
WHEN = "2024-03-05T12:00:00Z"


def sha1(data):
    return "sha1:" + base64.b32encode(hashlib.sha1(data).digest()).decode()


def sha256(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def record(kind, uri, block, content_type, *more, version="1.1", digest=sha1, length=None):
    lines = [f"WARC/{version}", f"WARC-Type: {kind}", f"WARC-Record-ID: <urn:uuid:{hashlib.md5((kind + uri).encode()).hexdigest()}>", f"WARC-Date: {WHEN}"]
    if uri:
        lines.append(f"WARC-Target-URI: {uri}")
    if digest:
        lines.append(f"WARC-Block-Digest: {digest(block)}")
    lines += list(more) + [f"Content-Type: {content_type}", f"Content-Length: {len(block) if length is None else length}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"


def http(body, content_type="text/html; charset=utf-8", *more, status="200 OK"):
    head = [f"HTTP/1.1 {status}"] + ([f"Content-Type: {content_type}"] if content_type else []) + list(more)
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def response(uri, body, *args, payload=None, digest=sha1, **kw):
    block = http(body, *args, **kw)
    return record("response", uri, block, "application/http; msgtype=response", "WARC-Payload-Digest: " + digest(body if payload is None else payload), digest=digest)


def request(uri, method="GET"):
    return record("request", uri, f"{method} / HTTP/1.1\r\nHost: x\r\n\r\n".encode(), "application/http; msgtype=request")


def info():
    return record("warcinfo", "", b"software: Hand/1\r\nformat: WARC File Format 1.1\r\noperator: nobody\r\n", "application/warc-fields", digest=None)


def chunked(data):
    return b"".join(b"%x\r\n%s\r\n" % (len(data[i:i + 20]), data[i:i + 20]) for i in range(0, len(data), 20)) + b"0\r\n\r\n"


def page(title, text):
    return f"<html><head><title>{title}</title></head><body><p>{text}</p></body></html>".encode()


def pack(records):
    return b"".join(gzip.compress(r, mtime=0) for r in records)


def crawl():
    first = page("Перша", "Години прийому змінено.")
    squeezed = gzip.compress(page("Second", "Packed by gzip."), mtime=0)
    deflated = zlib.compress(page("Third", "Packed by deflate."))
    raw = zlib.compressobj(9, zlib.DEFLATED, -15)
    bare = raw.compress(page("Fourth", "Packed without a head.")) + raw.flush()
    return [
        info(),
        request("https://office.example/"), response("https://office.example/", first, digest=sha256),
        response("https://office.example/2", chunked(squeezed), "text/html", "Transfer-Encoding: chunked", "Content-Encoding: gzip", payload=squeezed),
        request("https://office.example/2", "POST"),
        response("https://office.example/3", deflated, "text/html", "Content-Encoding: deflate"),
        response("https://office.example/4", bare, "text/html", "Content-Encoding: deflate"),
        response("https://office.example/5", BROTLI, "text/html", "Content-Encoding: br"),
        response("https://office.example/undone", page("U", "Unpacked already."), "text/html", "Content-Encoding: gzip", "Transfer-Encoding: chunked"),
        response("https://office.example/old", b"", None, "Location: https://office.example/", status="301 Moved"),
        response("https://office.example/gone", page("404", "No such page."), status="404 Not Found"),
        response("https://office.example/a.css", b"p {}", "text/css"), response("https://office.example/a.js", b"1", "application/javascript"),
        response("https://office.example/scan.pdf?x=1", b"%PDF-1.4 not really", "application/pdf"),
        response("https://office.example/logo.png", b"\x89PNG", "image/png"),
        record("resource", "urn:screenshot:https://office.example/", b"\x89PNG", "image/png"),
        record("resource", "metadata://office.example/crawl.log", b"log", "text/plain"),
        record("revisit", "https://office.example/2", b"", "application/http; msgtype=response", f"WARC-Refers-To-Date: {WHEN}"),
        record("metadata", "https://office.example/", b"fetchTimeMs: 12\r\n", "application/warc-fields"),
    ]


def wacz(change=lambda members: None):
    members = {
        "archive/data.warc.gz": pack(crawl()[:5]),
        "pages/pages.jsonl": "\n".join(json.dumps(x, ensure_ascii=False) for x in (
            {"format": "json-pages-1.0", "id": "pages", "title": "All pages"},
            {"id": "1", "url": "https://office.example/", "ts": WHEN, "title": "Перша сторінка"}, {"id": "2", "url": "https://office.example/2", "ts": WHEN})).encode() + b"\n",
        "indexes/index.cdx.gz": gzip.compress(b"index", mtime=0),
    }
    package = json.dumps({"profile": "data-package", "wacz_version": "1.1.1", "title": "Приймальня", "created": WHEN, "software": "Hand/1", "mainPageUrl": "https://office.example/",
                          "resources": [{"name": p.split("/")[-1], "path": p, "hash": sha256(d), "bytes": len(d)} for p, d in members.items()]}, ensure_ascii=False).encode()
    members["datapackage.json"] = package
    members["datapackage-digest.json"] = json.dumps({"path": "datapackage.json", "hash": sha256(package), "signedData": {"hash": sha256(package)}}).encode()
    change(members)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for name, data in members.items():
            z.writestr(zipfile.ZipInfo(name, (2024, 3, 5, 12, 0, 0)), data, zipfile.ZIP_STORED if name.startswith("archive/") else zipfile.ZIP_DEFLATED)
    return out.getvalue()


def files():
    yield "crawl.warc", b"".join(crawl())
    yield "crawl.warc.gz", pack(crawl())
    yield "one_member.warc.gz", gzip.compress(b"".join(crawl()[:3]), mtime=0)
    old = record("response", "<http://old.example/>", http(page("Old", "Version one."), "text/html"), "application/http", version="1.0", digest=None)
    yield "old.warc", old + old.replace(b"\r\n", b"\n", 7) + record("response", "http://old.example/dns", b"plain block", "text/plain", version="1.0", digest=None)
    wrong = response("https://office.example/", page("P", "changed afterwards"))
    yield "bad_digest.warc", wrong.replace(b"changed", b"chanGed") + response("https://office.example/b", page("B", "good"))
    good = crawl()
    yield "cut.warc.gz", pack(good[:3])[:-40]
    middle = bytearray(pack(good[1:4]))
    at = len(gzip.compress(good[1], mtime=0)) + 60
    middle[at:at + 20] = b"\xff" * 20
    yield "broken_middle.warc.gz", bytes(middle)
    yield "noise.warc", good[0] + b"noise that is no record\r\n\r\nmore of it\r\n" + good[2]
    yield "false_length.warc", record("response", "https://office.example/", http(b"<p>short</p>"), "application/http", length=10 ** 15, digest=None)
    yield "no_length.warc", good[2].replace(b"Content-Length: ", b"Content-Lengt: ") + good[2]
    yield "broken_packing.warc", response("https://office.example/", b"\x1f\x8b\x08\x00 broken", "text/html", "Content-Encoding: gzip") + \
        response("https://office.example/c", b"ffffffffffffffffffff\r\nx", "text/html", "Transfer-Encoding: chunked")
    yield "pages.wacz", wacz()
    yield "changed.wacz", wacz(lambda m: m.update({"indexes/index.cdx.gz": b"changed", "extra.txt": b"x"}))
    yield "missing.wacz", wacz(lambda m: m.pop("indexes/index.cdx.gz"))
    yield "no_package.wacz", wacz(lambda m: (m.pop("datapackage.json"), m.pop("datapackage-digest.json")))
    yield "not_an_archive.zip", b"PK\x05\x06" + bytes(18)
    yield "other.bin", b"nothing of the web"


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files():
        (folder / name).write_bytes(data)


main()
