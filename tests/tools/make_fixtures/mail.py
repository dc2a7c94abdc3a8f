#!/usr/bin/python3
"""Mails as mailers of several times write them, made by hand: mail.py FOLDER"""

import base64
import quopri
import sys
from pathlib import Path


def b64(data):
    return base64.encodebytes(data).replace(b"\n", b"\r\n")


def word(text, charset, form="B"):
    data = text.encode(charset)
    if form == "B":
        return f"=?{charset}?B?{base64.b64encode(data).decode()}?=".encode()
    return f"=?{charset}?Q?".encode() + b"".join(
        b"_" if c == 32 else bytes([c]) if 48 <= c < 58 or 65 <= c < 91 or 97 <= c < 123 else b"=%02X" % c for c in data) + b"?="


def mail(headers, body):
    return b"".join(k.encode() + b": " + (v if isinstance(v, bytes) else v.encode()) + b"\r\n" for k, v in headers) + b"\r\n" + body


def parts(boundary, *bodies, closed=True):
    return b"".join(b"--" + boundary + b"\r\n" + b + b"\r\n" for b in bodies) + (b"--" + boundary + b"--\r\n" if closed else b"")


PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452")


def eml():
    plain = mail([("Content-Type", "text/plain; charset=windows-1251"), ("Content-Transfer-Encoding", "quoted-printable")],
                 quopri.encodestring("Добрый день,\r\nдокументы не приняты.\r\n".encode("cp1251")))
    html = mail([("Content-Type", "text/html; charset=windows-1251")], "<p>Добрый день</p>".encode("cp1251"))
    picture = mail([("Content-Type", 'image/png; name="' + word("знак.png", "koi8-r").decode() + '"'), ("Content-ID", "<logo@here>"),
                    ("Content-Transfer-Encoding", "base64"), ("Content-Disposition", "inline")], b64(PNG))
    scan = mail([("Content-Type", "application/pdf"), ("Content-Transfer-Encoding", "base64"),
                 ("Content-Disposition", "attachment;\r\n filename*0*=utf-8''%D0%B2%D1%96%D0%B4;\r\n filename*1*=%D0%BC%D0%BE%D0%B2%D0%B0.pdf")],
                b64(b"%PDF-1.4 not really"))
    inner = mail([("Content-Type", "message/rfc822")], mail([("Subject", "Earlier answer"), ("From", "desk@office.example")], b"Come on Friday.\r\n"))
    yield "refusal.eml", mail([
        ("Return-Path", "<desk@office.example>"),
        ("Received", "from mx.office.example (mx.office.example [192.0.2.7])\r\n\tby mail.example; Tue, 05 Mar 2024 12:00:03 +0200"),
        ("Received", "from localhost by mx.office.example; Tue, 05 Mar 2024 12:00:01 +0200"),
        ("From", word("Стол справок", "koi8-r") + b" <desk@office.example>"), ("To", "a@example.org, b@example.org"), ("Cc", "c@example.org"),
        ("Subject", word("Отказ в приё", "utf-8") + b"\r\n " + word("ме документов", "utf-8") + b" No 5"),
        ("Date", "Tue, 05 Mar 2024 12:00:00 +0200"), ("Message-ID", "<1@office.example>"), ("X-Mailer", "Desk 2"), ("MIME-Version", "1.0"),
        ("Content-Type", 'multipart/mixed; boundary="out er"'),
    ], b"For old programs.\r\n" + parts(b"out er", mail([("Content-Type", "multipart/related; boundary=rel")], parts(
        b"rel", mail([("Content-Type", 'multipart/alternative; boundary="alt"')], parts(b"alt", plain, html)), picture)), scan, inner))
    yield "page_only.eml", mail([
        ("From", "\"News\" <news@example.org>"), ("Subject", "=?utf-8?Q?Hours_=E2=80=93_April?="), ("Date", "Mon, 1 Apr 2024 08:00:00 GMT"),
        ("Content-Type", "text/html; charset=utf-8"), ("Content-Transfer-Encoding", "base64")],
        b64("<html><body><h1>Години</h1><p>З 9 до 13.</p></body></html>".encode()))
    flowed = lambda more: f"text/plain; charset=utf-8; format=Flowed{more}"
    yield "flowed.eml", mail([("From", "a@example.org"), ("Subject", "Flowed"), ("Content-Type", "multipart/mixed; boundary=f")], parts(
        b"f", mail([("Content-Type", flowed(""))], "Відділ приймає \r\nгромадян за записом, \r\nу понеділок.\r\n\r\nДругий абзац \r\n> цитата \r\n> тече\r\n"
                   ">> глибша \r\n> мілкіша\r\n From the office\r\nкінець \r\n-- \r\nпідпис\r\nдругий рядок".encode()),
        mail([("Content-Type", flowed("; DelSp=yes"))], "розі \r\nрване слово\r\n".encode())))
    yield "raw_headers.eml", mail([
        ("From", "Канцелярия <k@example.org>".encode("cp1251")), ("Subject", word("Ответ", "cp1251").replace(b"cp1251", b"x-unknown") + b" and =?broken?= =?utf-8?B?"),
        ("Date", "not a date")], "Текст без описания кодировки, как его слали раньше.\r\n".encode("koi8-r"))
    halves = "Перша половина".encode()
    yield "split_letters.eml", mail([
        ("Subject", b"=?utf-8?B?" + base64.b64encode(halves[:7]) + b"?=\r\n\t=?UTF-8?B?" + base64.b64encode(halves[7:]) + b"?="),
        ("From", "a@example.org"), ("Content-Type", "text/plain; charset=utf-8; format=flowed")], b"One line.\r\n")
    yield "uu.eml", mail([("Subject", "old attachment"), ("Content-Type", "multipart/mixed; boundary=x")], parts(
        b"x", mail([], b"See file.\r\n"), mail([("Content-Type", "application/octet-stream; name=a.txt"), ("Content-Transfer-Encoding", "x-uuencode"),
                                                ("Content-Disposition", "attachment")], b"begin 644 a.txt\r\n#0V%T\r\n`\r\nend\r\n"),
        mail([("Content-Type", "image/gif"), ("Content-Disposition", "attachment; filename=\"../../etc/passwd\"")], b"GIF89a")))
    yield "sealed.eml", mail([("Subject", "..."), ("Content-Type", 'multipart/encrypted; protocol="application/pgp-encrypted"; boundary=e')], parts(
        b"e", mail([("Content-Type", "application/pgp-encrypted")], b"Version: 1\r\n"), mail([("Content-Type", "application/octet-stream; name=encrypted.asc")], b"-----BEGIN")))
    yield "open_end.eml", mail([("Subject", "cut"), ("Content-Type", "multipart/mixed; boundary=x")], parts(
        b"x", mail([("Content-Type", "text/plain")], b"What came before the cut."), closed=False))
    apple = mail([("Subject", "From a Mac"), ("From", "a@example.org")], b"Text.\r\n")
    yield "apple.emlx", f"{len(apple)}  \n".encode() + apple + b"<?xml version='1.0'?>"
    yield "not_a_mail.eml", b"\x00\x01\x02 nothing of a mail\n"


def mbox():
    one = mail([("From", "a@example.org"), ("To", "b@example.org"), ("Date", "Tue, 05 Mar 2024 12:00:00 +0200"), ("Subject", "First"), ("Message-ID", "<first@example.org>")],
               b"Hello.\r\n\r\n>From now on.\r\n>>From twice\r\n\r\nFrom here no time of day.\r\n").replace(b"\r\n", b"\n")
    two = mail([("From", word("Друга", "utf-8")), ("Subject", "Second"), ("Content-Type", "multipart/mixed; boundary=b")], parts(
        b"b", mail([("Content-Type", "text/html")], b"<p>page text</p>"), mail([("Content-Type", "text/csv"), ("Content-Disposition", "attachment; filename=t.csv")], b"a,b\r\n1,2")))
    three = mail([("Subject", "Third")], b"last").replace(b"\r\n", b"\n")
    yield "three.mbox", b"From a@example.org Tue Mar  5 12:00:00 2024\n" + one + b"\nFrom - Wed Mar  6 12:00:00 2024\r\n" + two + b"\r\nFrom c Thu Mar  7 12:00:00 2024\n" + three + b"\n"
    yield "one.mbox", b"From a Tue Mar  5 12:00:00 2024\n" + three
    yield "quoted.mbox", b"From a Tue Mar  5 12:00:00 2024\n" + one + b"\n\n\nFrom b Tue Mar  5 12:00:00 2024\n\nno headers at all\n"


def mhtml():
    page = lambda text: "<html lang=\"uk\"><head><title>Сторінка</title><meta property=\"article:published_time\" content=\"2024-01-15\"></head><body><h1>Сторінка</h1><p>" + text + "</p></body></html>"
    css = mail([("Content-Type", "text/css"), ("Content-Location", "cid:css-1@mhtml.blink")], b"p { color: red }")
    img = mail([("Content-Type", "image/png"), ("Content-Transfer-Encoding", "base64"), ("Content-Location", "https://news.example/i/logo.png")], b64(PNG))
    root = lambda text, place: mail([("Content-Type", "text/html"), ("Content-ID", "<frame-1@mhtml.blink>"), ("Content-Transfer-Encoding", "quoted-printable"), ("Content-Location", place)],
                                    quopri.encodestring(page(text).encode()))
    yield "saved.mhtml", mail([
        ("From", "<Saved by Blink>"), ("Snapshot-Content-Location", "https://news.example/2024/page"), ("Subject", word("Сторінка новин", "utf-8", "Q")),
        ("Date", "Fri, 9 Feb 2024 10:00:00 -0000"), ("MIME-Version", "1.0"),
        ("Content-Type", 'multipart/related;\r\n\ttype="text/html";\r\n\tboundary="----Multi"')],
        parts(b"----Multi", root("Текст сторінки.", "https://news.example/2024/page"), css, img, mail([("Content-Type", "text/html"), ("Content-Location", "cid:frame-2@mhtml.blink")], b"<p>frame</p>")))
    yield "explorer.mht", mail([
        ("From", "\"Saved by Windows Internet Explorer 7\""), ("Subject", "Old page"), ("Content-Type", 'multipart/related; type="text/html"; boundary="x"')],
        parts(b"x", mail([("Content-Type", 'text/html; charset="windows-1251"'), ("Content-Location", "http://old.example/index.html")], "<title></title><p>Старая страница</p>".encode("cp1251")), img))
    yield "single.mht", mail([("From", "<Saved by X>"), ("Subject", "One body"), ("Content-Type", "text/html; charset=utf-8"), ("Content-Location", "http://one.example/")],
                             "<p>Лише сторінка</p>".encode())


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for maker in (eml, mbox, mhtml):
        for name, data in maker():
            (folder / name).write_bytes(data)


main()
