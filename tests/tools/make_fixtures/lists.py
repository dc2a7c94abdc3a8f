#!/usr/bin/python3
"""Documents whose numbers a program makes: lists.py OFFICE_FOLDER RTF_FOLDER HTML_FOLDER

Orders, minutes and forms as word processors of several kinds keep them; the same bytes every time.
"""

import io
import sys
import zipfile
from pathlib import Path

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml."
ODF = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (("office", "office"), ("text", "text"), ("table", "table"), ("style", "style")))
ODF += ' xmlns:loext="urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0" xmlns:xml="http://www.w3.org/XML/1998/namespace"'


def pack(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for name, data in members:
            z.writestr(zipfile.ZipInfo(name, (2024, 3, 5, 12, 0, 0)), data.encode(), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def word(body, numbering, styles):
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    relations = lambda *rows: HEAD + '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">' + "".join(
        f'<Relationship Id="r{i}" Type="{rel}{kind}" Target="{target}"/>' for i, (kind, target) in enumerate(rows)) + "</Relationships>"
    return pack([
        ("[Content_Types].xml", HEAD + '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
         '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
         '<Default Extension="xml" ContentType="application/xml"/>' + "".join(
             f'<Override PartName="/word/{name}.xml" ContentType="{TYPE}{kind}+xml"/>'
             for name, kind in (("document", "document.main"), ("numbering", "numbering"), ("styles", "styles"))) + "</Types>"),
        ("_rels/.rels", relations(("officeDocument", "word/document.xml"))),
        ("word/_rels/document.xml.rels", relations(("numbering", "numbering.xml"), ("styles", "styles.xml"))),
        ("word/document.xml", HEAD + f"<w:document {W}><w:body>{body}</w:body></w:document>"),
        ("word/numbering.xml", HEAD + f"<w:numbering {W}>{numbering}</w:numbering>"),
        ("word/styles.xml", HEAD + f"<w:styles {W}>{styles}</w:styles>"),
    ])


def level(ix, kind, text, more="", start=1):
    return (f'<w:lvl w:ilvl="{ix}"><w:start w:val="{start}"/><w:numFmt w:val="{kind}"/>{more}'
            f'<w:lvlText w:val="{text}"/></w:lvl>')


def item(text, num=None, ilvl=None, style="", change="", mark=""):
    numbered = "" if num is None else "<w:numPr>" + ("" if ilvl is None else f'<w:ilvl w:val="{ilvl}"/>') + f'<w:numId w:val="{num}"/></w:numPr>'
    style = f'<w:pStyle w:val="{style}"/>' if style else ""
    mark = f"<w:rPr>{mark}</w:rPr>" if mark else ""
    run = f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>' if text else ""
    return f"<w:p><w:pPr>{style}{numbered}{mark}{change}</w:pPr>{run}</w:p>"


def docx():
    abstract = lambda ix, *levels, before="": f'<w:abstractNum w:abstractNumId="{ix}"><w:multiLevelType w:val="multilevel"/>{before}{"".join(levels)}</w:abstractNum>'
    num = lambda ix, of, more="": f'<w:num w:numId="{ix}"><w:abstractNumId w:val="{of}"/>{more}</w:num>'
    over = lambda ix, more: f'<w:lvlOverride w:ilvl="{ix}">{more}</w:lvlOverride>'
    numbering = (
        abstract(0, level(0, "decimal", "%1."), level(1, "decimal", "%1.%2."), level(2, "russianLower", "%3)"),
                 level(3, "bullet", "\uf0b7"))
        + abstract(1, level(0, "upperRoman", "Раздел %1.", '<w:pStyle w:val="Part"/>'), level(1, "decimal", "Статья %2.", '<w:lvlRestart w:val="0"/><w:pStyle w:val="Article"/>'),
                   level(2, "decimal", "%1.%2.%3", '<w:isLgl/><w:suff w:val="nothing"/>'))
        + abstract(2, before='<w:numStyleLink w:val="Letters"/>')
        + abstract(3, level(0, "lowerLetter", "(%1)"), level(1, "bullet", "–"), level(2, "bullet", "o"), before='<w:styleLink w:val="Letters"/>')
        + abstract(4, level(0, "decimalZero", "%1", start=7), level(1, "none", ""), level(2, "upperLetter", "%3."), level(3, "lowerRoman", "%4)"))
        + num(1, 0) + num(2, 0, over(0, '<w:startOverride w:val="5"/>')) + num(3, 1) + num(4, 2)
        + num(5, 4) + num(6, 0, over(1, level(1, "upperLetter", "%1-%2.", start=3))) + num(7, 99) + num(8, 0))
    styles = (
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="Part"><w:name w:val="heading 1"/><w:pPr><w:numPr><w:numId w:val="3"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="Article"><w:name w:val="heading 2"/><w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="3"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="Own"><w:name w:val="Own"/><w:basedOn w:val="Article"/></w:style>'
        '<w:style w:type="numbering" w:styleId="Letters"><w:name w:val="Letters"/><w:pPr><w:numPr><w:numId w:val="4"/></w:numPr></w:pPr></w:style>')
    was = '<w:pPrChange w:id="1" w:author="Hand"><w:pPr><w:numPr><w:numId w:val="3"/></w:numPr></w:pPr></w:pPrChange>'
    gone = '<w:del w:id="2" w:author="Hand"/>'
    cell = lambda *paragraphs: "<w:tc>" + "".join(paragraphs) + "</w:tc>"
    yield "order.docx", word(
        item("Общие положения", 1, 0) + item("Приём ведётся по записи.", 1, 1) + item("Запись открыта с понедельника.", 1, 1)
        + item("лично;", 1, 2) + item("по телефону.", 1, 2) + item("звонить до обеда", 1, 3)
        + item("Без номера, внутри пункта.") + item("Порядок выдачи", 1, 0) + item("", 1, 0) + item("Справка выдаётся в день обращения.", 1, 1)
        + item("С новой пятёрки", 2, 0) + item("Продолжение того же", 1, 0) + item("Свой уровень", 6, 1)
        + item("Начало", style="Part") + item("О чём", style="Article") + item("О ком", style="Own")
        + item("Дальше", style="Part") + item("О времени", style="Article") + item("без пробела", 3, 2) + item("Заголовок без номера", 0, style="Part")
        + item("первая буква", 4, 0) + item("тире", 4, 1) + item("кружок", 4, 2)
        + item("семь", 5, 0) + item("ничего", 5, 1) + item("прописная", 5, 2) + item("римская", 5, 3)
        + item("номер был другим", 8, 0, change=was) + item("конец абзаца удалён", 8, 0, mark=gone) + item("номер не пропал", 8, 0)
        + item("нет такого списка", 7, 0) + item("нет такого уровня", 5, 8),
        numbering, styles)
    yield "rows.docx", word(
        item("Відомість", style="Part") + "<w:tbl><w:tr>" + cell(item("№")) + cell(item("Хто")) + "</w:tr><w:tr>"
        + cell(item("", 1, 0)) + cell(item("Перший")) + "</w:tr><w:tr>" + cell(item("", 1, 0)) + cell(item("Друга", 4, 0), item("і третя", 4, 0)) + "</w:tr></w:tbl>",
        numbering, styles)


def odt():
    head = f"{ODF} office:version=\"1.3\""
    one = lambda ix, kind, more="", suffix=".", shown=1: (
        f'<text:list-level-style-number text:level="{ix}" style:num-format="{kind}" style:num-suffix="{suffix}" text:display-levels="{shown}" {more}/>')
    listed = lambda name, *levels: f'<text:list-style style:name="{name}">{"".join(levels)}</text:list-style>'
    content = (
        HEAD + f"<office:document-content {head}><office:automatic-styles>"
        + listed("L1", one(1, "1"), one(2, "1", shown=2), one(3, "а, б, .., аа, аб, ... (ru)", suffix=")"),
                 '<text:list-level-style-bullet text:level="4" text:bullet-char="\uf0b7"/>')
        + listed("L2", one(1, "I", 'style:num-prefix="Розділ "'), one(2, "a", 'style:num-letter-sync="true" text:start-value="26"', ")"))
        + listed("L3", '<text:list-level-style-number text:level="1" style:num-format="1" loext:num-list-format="ст. %1%:"/>',
                 one(2, "", suffix=""))
        + "</office:automatic-styles><office:body><office:text>"
        '<text:h text:outline-level="1">Про прийом</text:h><text:h text:outline-level="2">Години</text:h>'
        '<text:h text:outline-level="2" text:is-list-header="true">Без номера</text:h>'
        '<text:list xml:id="list1" text:style-name="L1"><text:list-item><text:p>Перший пункт.</text:p><text:p>Його другий абзац.</text:p>'
        '<text:list><text:list-item><text:p>Підпункт.</text:p></text:list-item><text:list-item><text:p>Ще один.</text:p>'
        '<text:list><text:list-item><text:p>лист</text:p></text:list-item><text:list-item><text:p>скарга</text:p>'
        '<text:list><text:list-item><text:p>знак</text:p></text:list-item></text:list></text:list-item></text:list></text:list-item></text:list>'
        '</text:list-item><text:list-item><text:p>Другий пункт.</text:p></text:list-item></text:list>'
        "<text:p>Між списками.</text:p>"
        '<text:list text:continue-numbering="true" text:style-name="L1"><text:list-item><text:list><text:list-item><text:p>Далі.</text:p></text:list-item></text:list></text:list-item></text:list>'
        '<text:list text:style-name="L2"><text:list-item><text:p>Перший розділ</text:p><text:list><text:list-item><text:p>зет</text:p></text:list-item>'
        '<text:list-item><text:p>а-а</text:p></text:list-item></text:list></text:list-item></text:list>'
        '<text:list text:continue-list="list1" text:style-name="L1"><text:list-item><text:p>Третій пункт.</text:p></text:list-item>'
        '<text:list-item text:start-value="10"><text:p>Десятий<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation><text:note-body>'
        '<text:list text:style-name="L2"><text:list-item><text:p>у виносці</text:p></text:list-item></text:list></text:note-body></text:note>.</text:p></text:list-item>'
        '<text:list-header><text:p>Заголовок списку.</text:p></text:list-header><text:list-item><text:p>Одинадцятий.</text:p></text:list-item></text:list>'
        '<text:list text:style-name="L1"><text:list-item><text:p>Знову перший.</text:p></text:list-item></text:list>'
        '<text:list text:style-name="L3"><text:list-item><text:number>ст. 1:</text:number><text:p>Стаття</text:p><text:list><text:list-item><text:p>нічого</text:p></text:list-item></text:list></text:list-item></text:list>'
        '<text:list text:style-name="Named"><text:list-item><text:p>зі стилів</text:p></text:list-item></text:list>'
        '<text:list text:style-name="Gone"><text:list-item><text:p>стилю немає</text:p></text:list-item></text:list>'
        '<table:table><table:table-row><table:table-cell><text:list text:style-name="L1"><text:list-item><text:p/></text:list-item></text:list></table:table-cell>'
        "<table:table-cell><text:p>клітина</text:p></table:table-cell></table:table-row></table:table>"
        '<text:h text:outline-level="1">Прикінцеве</text:h><text:h text:outline-level="2">Строк</text:h>'
        "</office:text></office:body></office:document-content>")
    outline = lambda ix, shown: f'<text:outline-level-style text:level="{ix}" style:num-format="1" style:num-suffix="." text:display-levels="{shown}"/>'
    styles = (HEAD + f"<office:document-styles {head}><office:styles><text:outline-style style:name=\"Outline\">{outline(1, 1)}{outline(2, 2)}</text:outline-style>"
              + listed("Named", one(1, "A", suffix=")")) + "</office:styles></office:document-styles>")
    manifest = (HEAD + '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">'
                '<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.text"/>'
                '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
                '<manifest:file-entry manifest:full-path="styles.xml" manifest:media-type="text/xml"/></manifest:manifest>')
    yield "lists.odt", pack([("mimetype", "application/vnd.oasis.opendocument.text"), ("META-INF/manifest.xml", manifest),
                             ("content.xml", content), ("styles.xml", styles)])


def rtf():
    hexed = lambda text: "".join(f"\\'{b:02x}" if b > 127 else chr(b) for b in text.encode("cp1251"))
    yield "lists.rtf", (
        r"{\rtf1\ansi\ansicpg1251\deff0{\fonttbl{\f0\fcharset204 Times;}{\f3\fcharset2 Symbol;}{\f4\fcharset0 Courier;}}"
        r"{\*\listtable{\list{\listlevel\levelnfc0{\leveltext\'02\'00.;}}}}" "\n"
        r"\pard{\listtext\pard\plain\f0 1.\tab}\ls1 " + hexed("Первый пункт.") + r"\par" "\n"
        r"{\listtext\tab 1.1.\tab}" + hexed("Подпункт.") + r"\par" "\n"
        r"{\*\listtext 2.\tab}" + hexed("Второй.") + r"\par" "\n"
        r"\pard{\pntext\pard\plain\f3\'b7\tab}{\*\pn\pnlvlblt\pnf3{\pntxtb\'b7}}" + hexed("со знаком") + r"\par" "\n"
        r"{\listtext\pard\plain\f4 o\tab}" + hexed("с кружком") + r"\par" "\n"
        r"{\listtext\u61623 ?\tab}" + hexed("иначе") + r"\par" "\n"
        r"\trowd\cellx1000\cellx2000\pard\intbl{\listtext 7.\tab}\cell " + hexed("Кто") + r"\cell\row\pard "
        + hexed("Конец.") + r"\par}").encode("latin-1")


def html():
    yield "lists.html", ("""<!doctype html><html lang=uk><title>Наказ</title><body>
<nav class=breadcrumb><ol><li><a href=/>Головна</a><li>Накази</ol></nav>
<article><h1>Наказ</h1>
<p>Наказую з понеділка приймати громадян за записом і повідомити про це на дверях відділу.</p>
<ol><li>Перший пункт.<li><p>Другий пункт.</p><ol type=a><li>літера<li value=4>через дві<li>далі</ol></li><li>Третій.</ol>
<ol start=7 type=I><li>сьомий<li>восьмий</ol>
<ol reversed><li>три<li>два<li>один</ol>
<ol style="list-style: none"><li>без номера</ol>
<ol class="comment-list"><li>Так і було.</ol>
<ol start=-3><li>від'ємний</ol>
<ol style="list-style-type: lower-roman"><li value=0>нуль</li><li></li><li><b>два</b></li></ol>
<ul><li>без числа</ul>
<table><tr><td><ol><li>у клітині</ol></table>
<div><li>сирота</div>
</article></body></html>
""").encode()


def main():
    for folder, files in zip(sys.argv[1:], ([*docx(), *odt()], rtf(), html())):
        Path(folder).mkdir(parents=True, exist_ok=True)
        for name, data in files:
            (Path(folder) / name).write_bytes(data)


main()
