#!/usr/bin/python3
"""Office files as office programs write them, made by hand: office.py FOLDER

The same bytes every time. The expected protocols beside them are written by the unit test's reader
and reviewed by people.
"""

import sys
import zipfile
from pathlib import Path

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELS = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
TYPE = "application/vnd.openxmlformats-officedocument."
ODF = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (("office", "office"), ("text", "text"), ("table", "table"), ("style", "style"),
                         ("meta", "meta"), ("draw", "drawing"), ("number", "datastyle")))
ODF += ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink"'
PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000"
                    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082")


def pack(members, stored=(), comment=b""):
    import io
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        z.comment = comment
        for name, data in members:
            info = zipfile.ZipInfo(name, (2024, 3, 5, 12, 0, 0))
            how = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            z.writestr(info, data if isinstance(data, bytes) else data.encode(), how)
    return out.getvalue()


def types(*rows):
    return HEAD + '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">' + \
        '<Default Extension="xml" ContentType="application/xml"/>' + "".join(
            f'<Override PartName="{name}" ContentType="{TYPE}{kind}+xml"/>' for name, kind in rows) + "</Types>"


def rels(*rows):
    return HEAD + f"<Relationships {RELS}>" + "".join(
        f'<Relationship Id="{i}" Type="{REL}{kind}" Target="{target}"'
        + (' TargetMode="External"' if "://" in target else "") + "/>" for i, kind, target in rows) + "</Relationships>"


def core(title, creator, last="", language=""):
    return HEAD + (
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">'
        f"<dc:title>{title}</dc:title><dc:creator>{creator}</dc:creator>"
        f"<cp:lastModifiedBy>{last}</cp:lastModifiedBy><dc:language>{language}</dc:language>"
        "<dcterms:created>2024-03-05T09:00:00Z</dcterms:created></cp:coreProperties>")


def app():
    return HEAD + ('<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
                   "<Application>Hand</Application><Company>Бюро</Company><TotalTime>12</TotalTime></Properties>")


def p(text, style=""):
    style = f'<w:pPr><w:pStyle w:val="{style}"/><w:tabs><w:tab w:val="left"/></w:tabs></w:pPr>' if style else ""
    return f'<w:p>{style}<w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def document(body, more=""):
    return HEAD + f"<w:document {W} {R} {more}><w:body>{body}</w:body></w:document>"


def docx(folder):
    main = ("/word/document.xml", "wordprocessingml.document.main")
    yield "letter.docx", pack([
        ("[Content_Types].xml", types(
            main, ("/word/footnotes.xml", "wordprocessingml.footnotes"),
            ("/word/comments.xml", "wordprocessingml.comments"), ("/word/header1.xml", "wordprocessingml.header"),
            ("/word/footer1.xml", "wordprocessingml.footer"))),
        ("_rels/.rels", rels(("rId1", "officeDocument", "word/document.xml"))),
        ("docProps/core.xml", core("Лист до громади", "О. Писар", "Інша рука", "uk-UA")),
        ("docProps/app.xml", app()),
        ("word/_rels/document.xml.rels", rels(
            ("rId7", "hyperlink", "https://office.example/forms"), ("rId8", "image", "media/image1.png"))),
        ("word/document.xml", document(
            p("Лист до громади", "Heading1")
            + "<w:p><w:r><w:t>Прийом триває</w:t></w:r><w:r><w:tab/><w:t>з 9 до 13</w:t><w:br/><w:t>щодня.</w:t></w:r></w:p>"
            + '<w:p><w:hyperlink r:id="rId7"><w:r><w:t>Бланки</w:t></w:r></w:hyperlink><w:r><w:t xml:space="preserve"> тут</w:t>'
            '<w:footnoteReference w:id="2"/></w:r></w:p>'
            + "<w:p><w:r><w:t>A &amp; B &lt;C&gt; &#1090;</w:t></w:r><w:r><w:instrText>PAGE</w:instrText></w:r></w:p>"
            + "<w:sectPr/>")),
        ("word/footnotes.xml", HEAD + f'<w:footnotes {W}><w:footnote w:type="separator" w:id="0"><w:p><w:r><w:separator/>'
         f'</w:r></w:p></w:footnote><w:footnote w:id="2">{p("Бланк № 4.")}</w:footnote></w:footnotes>'),
        ("word/comments.xml", HEAD + f'<w:comments {W}><w:comment w:id="0" w:author="Редакторка" '
         f'w:date="2024-03-06T10:00:00Z">{p("Перевірити години.")}</w:comment></w:comments>'),
        ("word/header1.xml", HEAD + f'<w:hdr {W}>{p("Відділ прийому")}</w:hdr>'),
        ("word/footer1.xml", HEAD + f'<w:ftr {W}>{p("вул. Лісова, 3")}</w:ftr>'),
        ("word/media/image1.png", PNG),
    ])
    cell = lambda *texts: "<w:tc><w:tcPr/>" + "".join(p(t) for t in texts) + "</w:tc>"
    row = lambda *cells: "<w:tr>" + "".join(cells) + "</w:tr>"
    inner = "<w:tbl>" + row(cell("внутри"), cell("рядом")) + "</w:tbl>"
    yield "table.docx", pack([
        ("[Content_Types].xml", types(main)),
        ("word/document.xml", document(
            p("Таблица выдачи") + "<w:tbl><w:tblGrid><w:gridCol/></w:tblGrid>" + row(cell("Месяц"), cell("Выдано"))
            + row(cell("Март", "(неполный)"), cell("17")) + row(cell("Апрель"), "<w:tc>" + inner + "<w:p/></w:tc>")
            + "</w:tbl>" + p("Конец."))),
    ])
    change = 'w:id="1" w:author="Hand" w:date="2024-01-02T00:00:00Z"'
    box = ('<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:txbxContent>' + p("boxed") + "</w:txbxContent></mc:Choice>"
           "<mc:Fallback><w:txbxContent>" + p("boxed") + "</w:txbxContent></mc:Fallback></mc:AlternateContent></w:r>")
    yield "changes.docx", pack([
        ("[Content_Types].xml", types(main)),
        ("docProps/core.xml", core("", "")),
        ("word/document.xml", document(
            f'<w:p><w:r><w:t xml:space="preserve">The list was </w:t></w:r><w:del {change}><w:r><w:delText>long</w:delText>'
            f'</w:r></w:del><w:ins {change}><w:r><w:t>short</w:t></w:r></w:ins><w:r><w:t>.</w:t></w:r></w:p>'
            f'<w:p><w:moveFrom {change}><w:r><w:t>gone away</w:t></w:r></w:moveFrom></w:p>'
            f'<w:p><w:moveTo {change}><w:r><w:t>come here</w:t></w:r></w:moveTo></w:p>'
            f"<w:p>{box}</w:p>",
            'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"')),
        ("word/embeddings/oleObject1.bin", b"\xd0\xcf\x11\xe0 not really"),
    ])
    yield "styles.docx", pack([
        ("[Content_Types].xml", types(main, ("/word/styles.xml", "wordprocessingml.styles"))),
        ("word/styles.xml", HEAD + f'<w:styles {W}><w:style w:styleId="1"><w:name w:val="heading 1"/></w:style><w:style w:styleId="a"><w:name w:val="Normal"/></w:style>'
         '<w:style w:styleId="Own"><w:name w:val="Own"/><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style></w:styles>'),
        ("word/document.xml", document(p("Розділ перший", "1") + p("Текст.", "a") + p("Own heading", "Own") + p("More text.")))])
    # As Word 2010 and later write a box beside a sentence, and as Word 2007 did; a diagram and a chart.
    wps = 'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    old = "<w:r><w:pict><v:shape><v:textbox><w:txbxContent>" + p("Old box, first line.") + p("Second line.") + \
        "</w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
    a = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    yield "boxes.docx", pack([
        ("[Content_Types].xml", types(main, ("/word/charts/chart1.xml", "drawingml.chart"),
                                      ("/word/diagrams/data1.xml", "drawingml.diagramData"))),
        ("word/document.xml", document(
            f'<w:p><w:r><w:t xml:space="preserve">The sentence goes on </w:t></w:r>{box}<w:r><w:t>behind its box.</w:t></w:r></w:p>'
            + f"<w:p>{old}<w:r><w:t>A line of its own.</w:t></w:r></w:p>"
            + "<w:tbl>" + row(cell("left"), f"<w:tc><w:p>{box}<w:r><w:t>right</w:t></w:r></w:p></w:tc>") + "</w:tbl>"
            + p("The end."),
            f'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml" {wps}')),
        ("word/charts/chart1.xml", HEAD + f'<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" {a}>'
         "<c:title><c:tx><c:rich><a:p><a:r><a:t>Papers by month</a:t></a:r></a:p></c:rich></c:tx></c:title></c:chartSpace>"),
        ("word/diagrams/data1.xml", HEAD + f'<dgm:dataModel xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram" {a}>'
         "<dgm:pt><dgm:t><a:p><a:r><a:t>The office</a:t></a:r></a:p></dgm:t></dgm:pt>"
         "<dgm:pt><dgm:t><a:p><a:r><a:t>The window</a:t></a:r></a:p></dgm:t></dgm:pt></dgm:dataModel>"),
    ])
    chunk = lambda i: f'<w:altChunk r:id="{i}"/>'
    yield "chunks.docx", pack([
        ("[Content_Types].xml", types(main)),
        ("word/_rels/document.xml.rels", rels(("c1", "aFChunk", "chunk1.htm"), ("c2", "aFChunk", "/word/chunk2.rtf"), ("c3", "aFChunk", "chunk3.txt"),
                                              ("c4", "aFChunk", "gone.html"), ("c5", "aFChunk", "https://elsewhere.example/x.htm"))),
        ("word/document.xml", document(p("Перед вставкой.") + chunk("c1") + p("Между.") + chunk("c2") + chunk("c3")
                                       + "<w:tbl>" + row(cell("слева"), "<w:tc>" + chunk("c3") + p("справа") + "</w:tc>") + "</w:tbl>"
                                       + chunk("c4") + chunk("c5") + chunk("c6") + p("После."))),
        ("word/chunk1.htm", "<html><head><meta charset=windows-1251></head><body><h1>Вставка</h1><ol><li>раз<li>два</ol></body></html>".encode("cp1251")),
        ("word/chunk2.rtf", r"{\rtf1 inside}"), ("word/chunk3.txt", "простые слова"),
    ])
    run = lambda more, text="": f'<w:r><w:rPr>{more}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'
    sign = lambda font, number: f'<w:r><w:sym w:font="{font}" w:char="{number}"/></w:r>'
    box = lambda more: f'<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:name w:val="x"/><w:checkBox><w:sizeAuto/><w:default w:val="0"/>{more}</w:checkBox></w:ffData></w:fldChar></w:r>'
    yield "form.docx", pack([
        ("[Content_Types].xml", types(main)),
        ("word/document.xml", document(
            "<w:p><w:pPr><w:rPr><w:vanish/></w:rPr></w:pPr>" + run("", "Заява ") + run("<w:vanish/>", "не показано") + run('<w:vanish w:val="0"/>', "видно") + "</w:p>"
            "<w:p>" + sign("Wingdings", "F0FE") + run("", " згоден ") + sign("Wingdings 2", "00A3") + run("", " не згоден") + sign("Webdings", "F061") + "</w:p>"
            "<w:p>" + box("<w:checked/>") + run("", " чоловік ") + box("") + run("", " жінка ") + box('<w:checked w:val="0"/>') + "</w:p>"
            "<w:p>" + run("<w:vanish/>") + "<w:r><w:ruby><w:rt><w:r><w:t>звук</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>основа</w:t></w:r></w:rubyBase></w:ruby></w:r></w:p>"))])
    yield "blank.docx", pack([("[Content_Types].xml", types(main)), ("word/document.xml", document("<w:p/>"))])
    whole = pack([("[Content_Types].xml", types(main)), ("word/document.xml", document(
        "".join(p(f"Paragraph {i} of a file that was cut off.") for i in range(40))))])
    yield "cut.docx", whole[:len(whole) * 3 // 4]
    yield "entities.docx", pack([("[Content_Types].xml", types(main)), ("word/document.xml", (
        '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        f"<w:document {W}><w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>"))])
    yield "external.docx", pack([("[Content_Types].xml", types(main)), ("word/document.xml", (
        '<!DOCTYPE d SYSTEM "file:///etc/passwd">'
        f"<w:document {W}><w:body>{p('still read')}</w:body></w:document>"))])
    # One byte of the packed text changed: its checksum no longer fits.
    at = whole.index(b"document.xml") + len("document.xml") + 60
    yield "bad_sum.docx", whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1:]


def xlsx(folder):
    main = ("/xl/workbook.xml", "spreadsheetml.sheet.main")
    styles = (HEAD + f'<styleSheet {S}><numFmts count="2"><numFmt numFmtId="164" formatCode="dd\\.mm\\.yyyy\\ hh:mm"/>'
              '<numFmt numFmtId="165" formatCode="#,##0.00\\ &quot;грн&quot;;[Red]-0"/></numFmts>'
              '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/>'
              '<xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="20"/></cellXfs></styleSheet>')
    sheet = lambda rows: HEAD + f"<worksheet {S}><sheetData>{rows}</sheetData></worksheet>"
    book = lambda rows, more="": HEAD + f"<workbook {S} {R}>{more}<sheets>{rows}</sheets></workbook>"
    yield "numbers.xlsx", pack([
        ("[Content_Types].xml", types(main, ("/xl/comments1.xml", "spreadsheetml.comments"))),
        ("docProps/core.xml", core("Выдача", "Отдел учёта")),
        ("xl/_rels/workbook.xml.rels", rels(("rId1", "worksheet", "worksheets/sheet1.xml"), ("rId2", "worksheet", "/xl/worksheets/sheet2.xml"),
                                            ("rId3", "sharedStrings", "sharedStrings.xml"), ("rId4", "styles", "styles.xml"))),
        ("xl/workbook.xml", book('<sheet name="Март" sheetId="1" r:id="rId1"/><sheet name="Скрытый" sheetId="2" state="hidden" r:id="rId2"/>')),
        ("xl/sharedStrings.xml", HEAD + f'<sst {S}><si><t>Дата</t></si><si><r><t>Вы</t></r><r><t>дано</t></r><rPh><t>nope</t></rPh></si>'
         '<si><t xml:space="preserve">две\nстроки</t></si></sst>'),
        ("xl/styles.xml", styles),
        ("xl/worksheets/sheet1.xml", sheet(
            '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
            '<row r="3"><c r="A3" s="1"><v>45356</v></c><c r="B3" s="3"><v>1250.5</v></c><c r="D3" t="s"><v>2</v></c></row>'
            '<row r="4"><c r="B4" s="2"><v>45356.604166666664</v></c><c r="C4" s="4"><v>0.5</v></c><c r="D4"><f>SUM(B3)</f><v>42</v></c></row>'
            '<row r="5"><c r="A5" s="1"><v>59</v></c><c r="B5" s="1"><v>61</v></c></row>'
            '<row r="6"><c r="A6" t="b"><v>1</v></c><c r="B6" t="e"><v>#N/A</v></c><c r="C6" t="s"><v>99</v></c><c r="D6" t="str"><f>A1</f><v>Дата</v></c></row>')),
        ("xl/worksheets/sheet2.xml", sheet('<row r="2"><c r="AB2" t="inlineStr"><is><t>внутри</t></is></c></row>')),
        ("xl/comments1.xml", HEAD + f'<comments {S}><authors><author>кто-то</author></authors><commentList><comment ref="B3" authorId="0">'
         '<text><r><t>проверить </t></r><r><t>сумму</t></r></text></comment></commentList></comments>'),
    ])
    # Numbers as Excel keeps them; what is hidden; a box drawn on a sheet.
    percents = (HEAD + f'<styleSheet {S}><numFmts count="2"><numFmt numFmtId="164" formatCode="0.0%;[Red]-0.0%"/>'
                '<numFmt numFmtId="165" formatCode="0.00&quot;%&quot;"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="9"/>'
                '<xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>')
    cells = lambda n, *values: f'<row r="{n}">' + "".join(
        f'<c r="{chr(65 + i)}{n}" s="{style}"><v>{value}</v></c>' for i, (style, value) in enumerate(values)) + "</row>"
    spans = (HEAD + f'<styleSheet {S}><numFmts count="3"><numFmt numFmtId="164" formatCode="[h]:mm:ss"/><numFmt numFmtId="165" formatCode="00000"/>'
             '<numFmt numFmtId="166" formatCode="[$-422]d mmmm yyyy;@"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/>'
             '<xf numFmtId="46"/><xf numFmtId="166"/></cellXfs></styleSheet>')
    yield "spans.xlsx", pack([
        ("[Content_Types].xml", types(main)),
        ("xl/_rels/workbook.xml.rels", rels(("rId1", "worksheet", "worksheets/sheet1.xml"), ("rId4", "styles", "styles.xml"))),
        ("xl/workbook.xml", book('<sheet name="A" sheetId="1" r:id="rId1"/>')),
        ("xl/styles.xml", spans),
        ("xl/worksheets/sheet1.xml", sheet(cells(1, (1, "1.0833333333333333"), (3, "0.5"), (4, "45356"))
                                           + cells(2, (2, "123"), (2, "123456"), (2, "1.5"), (2, "0"), (2, "-7"))))])
    yield "excel.xlsx", pack([
        ("[Content_Types].xml", types(main, ("/xl/drawings/drawing1.xml", "drawing"))),
        ("xl/_rels/workbook.xml.rels", rels(("rId1", "worksheet", "worksheets/sheet1.xml"), ("rId4", "styles", "styles.xml"))),
        ("xl/workbook.xml", book('<sheet name="Частки" sheetId="1" r:id="rId1"/>')),
        ("xl/styles.xml", percents),
        ("xl/worksheets/sheet1.xml", HEAD + f'<worksheet {S}><cols><col min="4" max="6" hidden="1"/></cols><sheetData>'
         + cells(1, (0, "5.0999999999999996"), (0, "7.0000000000000007E-2"), (0, "-0.29999999999999999"))
         + cells(2, (1, "0.28999999999999998"), (2, "-1.2500000000000001E-2"), (1, "1"), (3, "12.5"))
         + cells(3, (0, "12345678901234567890"), (0, "1E-3"), (0, "0"), (0, "99.999999999999999"))
         + cells(4, (0, "1.0000000000000001E+21"), (0, "1.2345678901234567E+19"), (1, "0"), (0, "-0.0"))
         + '<row r="5" hidden="1"><c r="A5"><v>294.80000000000007</v></c></row></sheetData>'
         '<mergeCells count="1"><mergeCell ref="A1:A2"/></mergeCells></worksheet>'),
        ("xl/drawings/drawing1.xml", HEAD + '<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
         'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><xdr:sp><xdr:txBody><a:p><a:r><a:t>Дані за </a:t></a:r>'
         "<a:r><a:t>березень</a:t></a:r></a:p></xdr:txBody></xdr:sp></xdr:wsDr>"),
    ])
    yield "dates1904.xlsx", pack([
        ("xl/_rels/workbook.xml.rels", rels(("rId1", "worksheet", "worksheets/sheet1.xml"), ("rId4", "styles", "styles.xml"))),
        ("xl/workbook.xml", book('<sheet name="Sheet1" sheetId="1" r:id="rId1"/>', '<workbookPr date1904="1"/>')),
        ("xl/styles.xml", styles),
        ("xl/worksheets/sheet1.xml", sheet('<row><c s="1"><v>0</v></c><c s="1"><v>4.3894E4</v></c></row>')),
    ])
    yield "wide.xlsx", pack([
        ("[Content_Types].xml", types(main)),
        ("xl/_rels/workbook.xml.rels", rels(("rId1", "worksheet", "worksheets/sheet1.xml"))),
        ("xl/workbook.xml", book('<sheet name="A" sheetId="1" state="veryHidden" r:id="rId1"/><sheet name="B" sheetId="2" r:id="rId9"/>')),
        ("xl/worksheets/sheet1.xml", sheet('<row r="1048576"><c r="A1048576"><v>1</v></c><c r="XFD1048576"><v>2</v></c></row>')),
    ])


def pptx(folder):
    a = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
    text = lambda *rows: f'<p:sld {a} {R}><p:cSld><p:spTree><p:sp><p:txBody>' + "".join(
        f'<a:p><a:r><a:rPr><a:hlinkClick r:id="rId2"/></a:rPr><a:t>{t}</a:t></a:r></a:p>' for t in rows) + "</p:txBody></p:sp></p:spTree></p:cSld></p:sld>"
    for name, slides in (("talk.pptx", (["Office hours", "Mondays"], ["Second slide"])), ("one.pptx", (["Одна сторінка"],)),
                         ("order.pptx", (["third file, first shown"], ["second"], ["first file, last shown"]))):
        n = len(slides)
        order = range(n, 0, -1) if name == "order.pptx" else range(1, n + 1)
        members = [
            ("[Content_Types].xml", types(("/ppt/presentation.xml", "presentationml.presentation.main"))),
            ("docProps/core.xml", core("Slides", "Hand")),
            ("ppt/_rels/presentation.xml.rels", rels(*((f"rId{i}", "slide", f"slides/slide{i}.xml") for i in range(1, n + 1)))),
            ("ppt/presentation.xml", HEAD + f"<p:presentation {a} {R}><p:sldIdLst>" + "".join(
                f'<p:sldId id="{255 + i}" r:id="rId{i}"/>' for i in order) + "</p:sldIdLst></p:presentation>"),
        ]
        for place, i in enumerate(order):
            members.append((f"ppt/slides/slide{i}.xml", HEAD + text(*slides[place])))
        members.append(("ppt/slides/_rels/slide1.xml.rels", rels(("rId1", "notesSlide", "../notesSlides/notesSlide1.xml"),
                                                                ("rId2", "hyperlink", "https://office.example/talk"))))
        members.append(("ppt/notesSlides/notesSlide1.xml", HEAD + text("said aloud")))
        yield name, pack(members)


def odf_meta(title, author):
    return HEAD + (f"<office:document-meta {ODF}><office:meta><dc:title>{title}</dc:title><meta:initial-creator>{author}</meta:initial-creator>"
                   "<dc:creator>Остання</dc:creator><meta:generator>Hand/1</meta:generator><dc:language>uk</dc:language>"
                   '<meta:user-defined meta:name="Справа">12-4</meta:user-defined><meta:document-statistic meta:page-count="2"/>'
                   "</office:meta></office:document-meta>")


def odt(folder):
    body = lambda text, more="": HEAD + f"<office:document-content {ODF}>{more}<office:body><office:text>{text}</office:text></office:body></office:document-content>"
    kind = ("mimetype", "application/vnd.oasis.opendocument.text")
    yield "notice.odt", pack([
        kind, ("meta.xml", odf_meta("Оголошення", "Канцелярія")),
        ("content.xml", body(
            '<text:h text:outline-level="1">Оголошення</text:h>'
            "<text:p>Двері  зачинено\n   до<text:s text:c=\"3\"/>вівторка<text:tab/>12:00<text:line-break/>Дякуємо.</text:p>"
            '<text:p>Див. <text:a xlink:href="https://office.example/map">мапу</text:a><text:note text:note-class="footnote"><text:note-citation>1</text:note-citation>'
            "<text:note-body><text:p>Мапа стара.</text:p></text:note-body></text:note> міста."
            "<office:annotation><dc:creator>Читач</dc:creator><dc:date>2024-02-01T08:00:00</dc:date><text:p>Чи так?</text:p></office:annotation></text:p>"
            '<text:p><draw:frame><draw:image xlink:href="Pictures/1.png"/></draw:frame></text:p>')),
        ("styles.xml", HEAD + f"<office:document-styles {ODF}><office:master-styles><style:master-page><style:header><text:p>Верх</text:p></style:header>"
         "<style:footer><text:p>Низ</text:p></style:footer></style:master-page></office:master-styles></office:document-styles>"),
        ("Pictures/1.png", PNG),
    ], stored=("mimetype",))
    cell = lambda *texts: "<table:table-cell>" + "".join(f"<text:p>{t}</text:p>" for t in texts) + "</table:table-cell>"
    row = lambda *cells: "<table:table-row>" + "".join(cells) + "</table:table-row>"
    yield "table.odt", pack([kind, ("content.xml", body(
        "<text:p>Before.</text:p><table:table>" + row(cell("Office"), cell("Hours")) + row(cell("North", "annex"), cell("9-13"))
        + "</table:table><text:list><text:list-item><text:p>one</text:p></text:list-item><text:list-item><text:p>two</text:p></text:list-item></text:list>"))])
    yield "changes.odt", pack([kind, ("content.xml", body(
        '<text:tracked-changes><text:changed-region><text:deletion><office:change-info><dc:creator>X</dc:creator><dc:date>2024-01-01</dc:date></office:change-info>'
        "<text:p>old words</text:p></text:deletion></text:changed-region><text:changed-region><text:insertion/></text:changed-region></text:tracked-changes>"
        "<text:p>Kept <text:change-start/>new<text:change-end/> words.</text:p>"))])
    box = lambda *texts: "<draw:frame><draw:text-box>" + "".join(f"<text:p>{t}</text:p>" for t in texts) + "</draw:text-box></draw:frame>"
    note = '<text:note><text:note-body><text:p>A note.</text:p></text:note-body></text:note>'
    yield "boxes.odt", pack([kind, ("content.xml", body(
        f"<text:p>The sentence goes on {box('first', 'second')}behind{note} its boxes{box('third')}.</text:p>"
        + "<table:table>" + row(cell("left"), cell("right" + box("in a cell"))) + "</table:table><text:p>The end.</text:p>"))])
    yield "slides.odp", pack([("mimetype", "application/vnd.oasis.opendocument.presentation"), ("content.xml", body("").replace(
        "<office:text></office:text>", "<office:presentation><draw:page draw:name='a'><draw:frame><draw:text-box><text:p>First slide</text:p></draw:text-box></draw:frame></draw:page>"
        "<draw:page><text:p>Second slide</text:p></draw:page></office:presentation>"))])
    yield "locked.odt", pack([kind, ("content.xml", b"\x00scrambled"), ("META-INF/manifest.xml",
        '<manifest:manifest xmlns:manifest="m"><manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry></manifest:manifest>')])


def ods(folder):
    body = lambda tables, styles="": HEAD + (f"<office:document-content {ODF}><office:automatic-styles>{styles}</office:automatic-styles>"
                                             f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>")
    kind = ("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    cell = lambda text, more="": f"<table:table-cell {more}><text:p>{text}</text:p></table:table-cell>"
    row = lambda cells, more="": f"<table:table-row {more}>{cells}</table:table-row>"
    hidden = '<style:style style:name="ta2"><style:table-properties table:display="false"/></style:style>'
    yield "accounts.ods", pack([kind, ("meta.xml", odf_meta("Облік", "Бухгалтер")), ("content.xml", body(
        '<table:table table:name="Рік" table:style-name="ta1">' + row(cell("Дата") + cell("Сума"))
        + row("<table:table-cell/>", 'table:number-rows-repeated="2"')
        + row(cell("05.03.24", 'office:value-type="date" office:date-value="2024-03-05"') + cell("1 250,50", 'office:value-type="float" office:value="1250.5"')
              + '<table:table-cell table:number-columns-repeated="2"/>' + cell("так"))
        + row('<table:table-cell table:number-columns-repeated="16384"/>', 'table:number-rows-repeated="1048000"')
        + '</table:table><table:table table:name="Чернетка" table:style-name="ta2">' + row(cell("сховано")) + "</table:table>", hidden))])
    yield "repeats.ods", pack([kind, ("content.xml", body(
        '<table:table table:name="S">' + row(cell("x", 'table:number-columns-repeated="3"'), 'table:number-rows-repeated="2"')
        + row(cell("y", 'table:number-columns-repeated="3"'), 'table:number-rows-repeated="3"') + "</table:table>"))])
    yield "comments.ods", pack([kind, ("content.xml", body(
        '<table:table table:name="S"><table:table-header-rows>' + row(
            "<table:table-cell><office:annotation><dc:creator>A</dc:creator><dc:date>2024-01-01</dc:date><text:p>why?</text:p></office:annotation>"
            "<text:p>shown</text:p><text:p>twice</text:p></table:table-cell>") + "</table:table-header-rows></table:table>"))])


def epub(folder):
    container = ('<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="OEBPS/book.opf" '
                 'media-type="application/oebps-package+xml"/></rootfiles></container>')
    opf = lambda title, items, spine: (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>'
        f"<dc:title>{title}</dc:title><dc:creator>Автор</dc:creator><dc:language>uk</dc:language><dc:date>2021</dc:date>"
        f"<dc:publisher>Видавець</dc:publisher></metadata><manifest>{items}</manifest><spine>{spine}</spine></package>")
    item = lambda i, href, kind="application/xhtml+xml": f'<item id="{i}" href="{href}" media-type="{kind}"/>'
    page = lambda text, head='<?xml version="1.0" encoding="utf-8"?>': f'{head}<html xmlns="http://www.w3.org/1999/xhtml"><body>{text}</body></html>'
    kind = ("mimetype", "application/epub+zip")
    yield "book.epub", pack([
        kind, ("META-INF/container.xml", container),
        ("OEBPS/book.opf", opf("Книга", item("b", "ch%202.xhtml") + item("a", "ch1.xhtml#x") + item("p", "cover.png", "image/png"),
                               '<itemref idref="a"/><itemref idref="b"/><itemref idref="p"/>')),
        ("OEBPS/ch1.xhtml", page("<h1>Перший</h1><p>Початок&nbsp;книги.</p>")),
        ("OEBPS/ch 2.xhtml", page("<h1>Другий</h1><p>Кінець.</p>")),
        ("OEBPS/cover.png", PNG),
    ], stored=("mimetype",))
    yield "old.epub", pack([kind, ("META-INF/container.xml", container), ("OEBPS/book.opf", opf("Old", item("a", "a.html", "text/html"), '<itemref idref="a"/>')),
                            ("OEBPS/a.html", page("<p>Старая кодировка.</p>", '<?xml version="1.0" encoding="windows-1251"?>').encode("cp1251"))])
    yield "missing.epub", pack([kind, ("META-INF/container.xml", container), ("OEBPS/book.opf", opf(
        "Gaps", item("a", "a.xhtml") + item("b", "../../../b.xhtml"), '<itemref idref="a"/><itemref idref="b"/><itemref idref="z"/>')), ("b.xhtml", page("<p>only this one</p>"))])
    yield "locked.epub", pack([kind, ("META-INF/container.xml", container), ("OEBPS/book.opf", opf("Sold", item("a", "a.xhtml"), '<itemref idref="a"/>')),
                               ("OEBPS/a.xhtml", b"\x01\x02\x03"), ("META-INF/encryption.xml",
        '<encryption xmlns:enc="e"><enc:EncryptedData><enc:CipherData><enc:CipherReference URI="OEBPS/a.xhtml"/></enc:CipherData></enc:EncryptedData></encryption>')])


def others(folder):
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    yield "locked.docx", ole + "EncryptedPackage".encode("utf-16-le") + bytes(96)
    yield "old.doc", ole + "WordDocument".encode("utf-16-le") + bytes(96)
    yield "old.msg", ole + "__properties_version1.0".encode("utf-16-le") + bytes(96)
    yield "old.bin", ole + "VisioDocument".encode("utf-16-le") + bytes(96)
    yield "drawing.odg", pack([("mimetype", "application/vnd.oasis.opendocument.graphics"), ("content.xml", HEAD + (
        f"<office:document-content {ODF}><office:body><office:drawing><draw:page draw:name='План'><draw:frame><draw:text-box><text:p>Вхід із двору</text:p>"
        "</draw:text-box></draw:frame><draw:custom-shape><text:p>Вікно 2</text:p></draw:custom-shape></draw:page><draw:page draw:name='2'><draw:g><draw:rect>"
        "<svg:desc xmlns:svg='s'>a box</svg:desc><text:p>Другий поверх</text:p></draw:rect></draw:g></draw:page></office:drawing></office:body></office:document-content>"))],
        stored=("mimetype",))
    style = lambda name, display: f'<style:style style:name="{name}" style:family="text"><style:text-properties text:display="{display}"/></style:style>'
    yield "hidden.odt", pack([("mimetype", "application/vnd.oasis.opendocument.text"),
        ("styles.xml", HEAD + f"<office:document-styles {ODF}><office:styles>{style('Common', 'none')}</office:styles><office:automatic-styles>{style('T2', 'none')}"
         "</office:automatic-styles></office:document-styles>"),
        ("content.xml", HEAD + f"<office:document-content {ODF}><office:automatic-styles>{style('T1', 'none')}{style('T2', 'true')}</office:automatic-styles><office:body><office:text>"
         "<text:p>Видно <text:span text:style-name='T1'>не<text:s/>видно <text:span>зовсім</text:span></text:span><text:span text:style-name='T2'>далі</text:span> "
         "<text:span text:style-name='Common'>ні</text:span>і тут.</text:p><text:section text:name='a' text:display='none'><text:h>Схований</text:h><text:p>розділ</text:p></text:section>"
         "<text:section text:name='b'><text:p>Показаний розділ.</text:p></text:section></office:text></office:body></office:document-content>")],
        stored=("mimetype",))
    yield "plain.zip", pack([("readme.txt", "not an office file")])


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for maker in (docx, xlsx, pptx, odt, ods, epub, others):
        for name, data in maker(folder):
            (folder / name).write_bytes(data)


main()
