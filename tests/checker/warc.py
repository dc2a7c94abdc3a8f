#!/usr/bin/python3
"""Reads a WARC 1.1 strictly (ISO 28500:2017) and shares no code with dokaz.

    warc.py FILE      one JSON line for each record; exit code 1 and one line when it breaks a rule

Checked: the form of every header, what each type must and must not have, unique record ids, references
that lead somewhere, lengths, digests of blocks and payloads, HTTP messages, pairs of request and
response.
"""

import datetime
import hashlib
import json
import re
import sys

ID = re.compile(r"<urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}>$")
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$")
DIGEST = re.compile(r"sha256:[0-9a-f]{64}$")
TRUNCATED = {"length", "time", "disconnect", "unspecified"}
TYPES = {"warcinfo": "application/warc-fields", "metadata": "application/warc-fields",
         "request": "application/http; msgtype=request", "response": "application/http; msgtype=response"}
KNOWN = {"warc-type", "warc-record-id", "warc-date", "content-length", "content-type", "warc-target-uri",
         "warc-concurrent-to", "warc-block-digest", "warc-payload-digest", "warc-ip-address",
         "warc-refers-to", "warc-truncated", "warc-warcinfo-id", "warc-filename"}


class Broken(Exception):
    """A rule that does not hold; the message says which."""


def need(holds, words):
    if not holds:
        raise Broken(words)


def sha256(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def take_line(data, at):
    end = data.find(b"\r\n", at)
    need(end >= 0, "a header line does not end")
    return data[at:end].decode("utf-8"), end + 2


def take_headers(data, at):
    line, at = take_line(data, at)
    need(line == "WARC/1.1", f"not the version line: {line[:40]!r}")
    headers = {}
    while True:
        line, at = take_line(data, at)
        if not line:
            return headers, at
        name, colon, value = line.partition(": ")
        need(colon and re.fullmatch(r"[A-Za-z-]+", name), f"not a header: {line[:60]!r}")
        name = name.lower()
        need(name in KNOWN, f"an unknown header {name}")
        need(name not in headers, f"{name} stands twice")
        need(value == value.strip() and value, f"{name} is empty or padded")
        need("\n" not in value and "\r" not in value, f"{name} breaks its line")
        headers[name] = value


def split_http(block):
    head, empty, body = block.partition(b"\r\n\r\n")
    need(empty, "an HTTP message has no end of its headers")
    return head.decode("latin-1").split("\r\n"), body


def check_http(kind, headers, block):
    lines, body = split_http(block)
    if kind == "request":
        need(re.match(r"GET \S+ HTTP/1\.1$", lines[0]), f"not a request: {lines[0]!r}")
        need(not body, "a request has a body")
        names = {line.split(":")[0].lower() for line in lines[1:]}
        need({"host", "user-agent"} <= names, "a request without Host or User-Agent")
        need(not names & {"cookie", "referer", "authorization"}, "a request says too much")
        return None
    match = re.match(r"HTTP/1\.[01] (\d{3})( |$)", lines[0])
    need(match, f"not a response: {lines[0]!r}")
    need(headers.get("warc-payload-digest") == sha256(body), "the digest of a payload does not fit")
    length = [line.split(":")[1].strip() for line in lines[1:] if line.lower().startswith("content-length:")]
    if length and "warc-truncated" not in headers:
        need(int(length[0]) == len(body), "the body has another length than its header says")
    return int(match.group(1))


def check_record(headers, block):
    kind = headers.get("warc-type")
    need(kind in TYPES, f"an unknown type {kind!r}")
    need(ID.match(headers.get("warc-record-id", "")), "a record id is no UUID of version 4")
    need(DATE.match(headers.get("warc-date", "")), "a date is none")
    datetime.datetime.fromisoformat(headers["warc-date"].rstrip("Z")[:19])
    need(headers.get("content-type") == TYPES[kind], f"a {kind} of type {headers.get('content-type')!r}")
    need(DIGEST.match(headers.get("warc-block-digest", "")), "no digest of the block")
    need(headers["warc-block-digest"] == sha256(block), "the digest of a block does not fit")
    need(("warc-target-uri" in headers) == (kind != "warcinfo"), f"a {kind} and its target do not fit")
    if kind != "warcinfo":
        need(re.match(r"https?://[^\s/]+/\S*$", headers["warc-target-uri"]), "a target is no address")
        need("#" not in headers["warc-target-uri"], "a target has a fragment")
    need(headers.get("warc-truncated", "time") in TRUNCATED, "an unknown reason of truncation")
    status = None
    if kind in ("request", "response"):
        status = check_http(kind, headers, block)
    else:
        for line in block.decode("utf-8").split("\r\n")[:-1]:
            need(re.match(r"[A-Za-z0-9-]+: \S", line), f"not a field: {line[:60]!r}")
        need(block.endswith(b"\r\n"), "the last field does not end")
    return status


def read(data):
    at, records = 0, []
    while at < len(data):
        headers, at = take_headers(data, at)
        need(re.fullmatch(r"0|[1-9]\d*", headers.get("content-length", "")), "no length")
        end = at + int(headers["content-length"])
        block = data[at:end]
        need(len(block) == end - at, "the file ends within a record")
        need(data[end:end + 4] == b"\r\n\r\n", "a record does not end with two line breaks")
        at = end + 4
        records.append((headers, check_record(headers, block), block))
    return records


def check_all(records):
    need(records and records[0][0]["warc-type"] == "warcinfo", "the first record is no warcinfo")
    ids = {}
    for headers, _, _ in records:
        need(headers["warc-record-id"] not in ids, "two records have one id")
        ids[headers["warc-record-id"]] = headers
    n = {"request": 0, "response": 0}
    for headers, _, _ in records:
        kind = headers["warc-type"]
        if kind != "warcinfo":
            need(headers.get("warc-warcinfo-id") == records[0][0]["warc-record-id"], "no warcinfo id")
        for name in ("warc-concurrent-to", "warc-refers-to"):
            need(headers.get(name, records[0][0]["warc-record-id"]) in ids, f"{name} leads nowhere")
        if kind in n:
            n[kind] += 1
        if kind == "request":
            other = ids[headers["warc-concurrent-to"]]
            need(other["warc-type"] == "response" and
                 all(other.get(name) == headers.get(name)
                     for name in ("warc-target-uri", "warc-date", "warc-ip-address")),
                 "a request and its response do not fit")
    need(n["request"] == n["response"], "requests and responses are not pairs")


def main():
    with open(sys.argv[1], "rb") as file:
        data = file.read()
    try:
        records = read(data)
        check_all(records)
    except (Broken, UnicodeDecodeError, ValueError) as broken:
        print(f"{sys.argv[1]}: {broken}", file=sys.stderr)
        return 1
    for headers, status, block in records:
        line = {name.removeprefix("warc-").replace("-", "_"): value for name, value in headers.items()}
        line["bytes"] = len(block)
        if status is not None:
            line["status"] = status
        if headers["content-type"] == "application/warc-fields":
            line["fields"] = dict(f.split(": ", 1) for f in block.decode().split("\r\n")[:-1])
        print(json.dumps(line))
    return 0


sys.exit(main())
