#!/usr/bin/env python3
"""Makes the empty documents that the portal starts new files from.

Run it in this folder: python3 make.py. The files are the least that Office Open XML
(ECMA-376) asks for, plus the styles that a writer expects to find; times and order are
fixed, so that the same script always makes the same bytes.
"""
import zipfile

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
MAIN = "http://schemas.openxmlformats.org/drawingml/2006/main"
KIND = "application/vnd.openxmlformats-officedocument."


def types(parts):
    rows = "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in parts)
    return (f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType='
            f'"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
            f'ContentType="application/xml"/>{rows}</Types>')


def relations(*targets):
    rows = "".join(f'<Relationship Id="rId{number}" Type="{OFFICE}/{kind}" Target="{target}"/>'
                   for number, (kind, target) in enumerate(targets, 1))
    return f'<Relationships xmlns="{PACKAGE}/relationships">{rows}</Relationships>'


def write(path, parts):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts:
            entry = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            package.writestr(entry, HEAD + text)


def paragraph_style(key, name, size, bold, before, after, level=None, following="Normal"):
    outline = f'<w:outlineLvl w:val="{level}"/>' if level is not None else ""
    weight = "<w:b/>" if bold else ""
    return (f'<w:style w:type="paragraph" w:styleId="{key}"><w:name w:val="{name}"/><w:basedOn w:val="Normal"/>'
            f'<w:next w:val="{following}"/><w:qFormat/><w:pPr><w:keepNext/><w:spacing w:before="{before}" '
            f'w:after="{after}" w:line="240" w:lineRule="auto"/>{outline}</w:pPr><w:rPr>{weight}'
            f'<w:sz w:val="{size}"/></w:rPr></w:style>')


def docx():
    word = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    styles = (
        f'<w:styles {word}><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" '
        'w:eastAsia="Calibri" w:cs="Calibri"/><w:sz w:val="22"/><w:szCs w:val="22"/></w:rPr></w:rPrDefault>'
        '<w:pPrDefault><w:pPr><w:spacing w:after="120" w:line="264" w:lineRule="auto"/></w:pPr></w:pPrDefault>'
        '</w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>'
        '<w:qFormat/></w:style>'
        + paragraph_style("Title", "Title", 52, False, 0, 240)
        + paragraph_style("Subtitle", "Subtitle", 28, False, 0, 240)
        + paragraph_style("Heading1", "heading 1", 34, True, 360, 120, 0)
        + paragraph_style("Heading2", "heading 2", 28, True, 280, 80, 1)
        + paragraph_style("Heading3", "heading 3", 24, True, 240, 80, 2)
        + '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:tblPr>'
        '<w:tblCellMar><w:left w:w="108" w:type="dxa"/><w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        '</w:style></w:styles>')
    body = (f'<w:document {word}><w:body><w:p/><w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1418" '
            'w:right="1418" w:bottom="1418" w:left="1418" w:header="709" w:footer="709" w:gutter="0"/></w:sectPr>'
            '</w:body></w:document>')
    write("blank.docx", [
        ("[Content_Types].xml", types([("/word/document.xml", KIND + "wordprocessingml.document.main+xml"),
                                       ("/word/styles.xml", KIND + "wordprocessingml.styles+xml")])),
        ("_rels/.rels", relations(("officeDocument", "word/document.xml"))),
        ("word/document.xml", body),
        ("word/_rels/document.xml.rels", relations(("styles", "styles.xml"))),
        ("word/styles.xml", styles),
    ])


def xlsx():
    sheet = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    styles = (f'<styleSheet {sheet}><fonts count="1"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font>'
              '</fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill '
              'patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/>'
              '<diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" '
              'borderId="0"/></cellStyleXfs><cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" '
              'xfId="0"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/>'
              '</cellStyles></styleSheet>')
    write("blank.xlsx", [
        ("[Content_Types].xml", types([("/xl/workbook.xml", KIND + "spreadsheetml.sheet.main+xml"),
                                       ("/xl/worksheets/sheet1.xml", KIND + "spreadsheetml.worksheet+xml"),
                                       ("/xl/styles.xml", KIND + "spreadsheetml.styles+xml")])),
        ("_rels/.rels", relations(("officeDocument", "xl/workbook.xml"))),
        ("xl/workbook.xml", f'<workbook {sheet} xmlns:r="{OFFICE}"><sheets><sheet name="Sheet1" sheetId="1" '
                            'r:id="rId1"/></sheets></workbook>'),
        ("xl/_rels/workbook.xml.rels", relations(("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml"))),
        ("xl/worksheets/sheet1.xml", f'<worksheet {sheet}><sheetViews><sheetView workbookViewId="0"/></sheetViews>'
                                     '<sheetFormatPr defaultRowHeight="15"/><sheetData/></worksheet>'),
        ("xl/styles.xml", styles),
    ])


def shape(number, kind, name, box=None, style=""):
    place = ""
    if box:
        x, y, width, height = box
        place = f'<a:xfrm><a:off x="{x}" y="{y}"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'
        place += '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
    return (f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="{name}"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr>'
            f'<p:nvPr><p:ph {kind}/></p:nvPr></p:nvSpPr><p:spPr>{place}</p:spPr><p:txBody><a:bodyPr/>'
            f'<a:lstStyle>{style}</a:lstStyle><a:p><a:endParaRPr/></a:p></p:txBody></p:sp>')


def tree(shapes):
    return ('<p:cSld><p:spTree><p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr>'
            f'<a:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/><a:chOff x="0" y="0"/><a:chExt cx="0" cy="0"/></a:xfrm>'
            f'</p:grpSpPr>{shapes}</p:spTree></p:cSld>')


def levels(size, bullet):
    marks = "" if bullet else "<a:buNone/>"
    rows = ""
    for level in range(1, 6 if bullet else 2):
        left = 342900 * level if bullet else 0
        mark = f'<a:buFont typeface="Arial"/><a:buChar char="•"/>' if bullet else marks
        indent = -342900 if bullet else 0
        rows += (f'<a:lvl{level}pPr marL="{left}" indent="{indent}" algn="l"><a:spcBef><a:spcPts val="600"/></a:spcBef>'
                 f'{mark}<a:defRPr sz="{max(size - 400 * (level - 1), 1400)}"><a:solidFill><a:schemeClr val="tx1"/>'
                 f'</a:solidFill><a:latin typeface="+mn-lt"/></a:defRPr></a:lvl{level}pPr>')
    return rows


def theme():
    colours = {"dk1": "20261F", "lt1": "FFFFFF", "dk2": "1F5C4D", "lt2": "F6F4EE", "accent1": "1F5C4D",
               "accent2": "2A5F8F", "accent3": "A4562A", "accent4": "C79A2B", "accent5": "6B4E8E",
               "accent6": "7A8577", "hlink": "2A5F8F", "folHlink": "6B4E8E"}
    scheme = "".join(f'<a:{name}><a:srgbClr val="{value}"/></a:{name}>' for name, value in colours.items())
    font = '<a:latin typeface="Calibri"/><a:ea typeface=""/><a:cs typeface=""/>'
    fill = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>' * 3
    line = '<a:ln w="9525"><a:solidFill><a:schemeClr val="phClr"/></a:solidFill></a:ln>' * 3
    effect = '<a:effectStyle><a:effectLst/></a:effectStyle>' * 3
    return (f'<a:theme xmlns:a="{MAIN}" name="Recto"><a:themeElements><a:clrScheme name="Recto">{scheme}</a:clrScheme>'
            f'<a:fontScheme name="Recto"><a:majorFont>{font}</a:majorFont><a:minorFont>{font}</a:minorFont>'
            f'</a:fontScheme><a:fmtScheme name="Recto"><a:fillStyleLst>{fill}</a:fillStyleLst><a:lnStyleLst>{line}'
            f'</a:lnStyleLst><a:effectStyleLst>{effect}</a:effectStyleLst><a:bgFillStyleLst>{fill}</a:bgFillStyleLst>'
            '</a:fmtScheme></a:themeElements></a:theme>')


def pptx():
    names = (f'xmlns:a="{MAIN}" xmlns:r="{OFFICE}" '
             'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"')
    title = (838200, 365125, 10515600, 1325563)
    body = (838200, 1825625, 10515600, 4351338)
    cover = (1524000, 1722438, 9144000, 1787525)
    subtitle = (1524000, 3602038, 9144000, 1655762)
    inherit = "<p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr>"
    colours = ('<p:clrMap bg1="lt1" tx1="dk1" bg2="lt2" tx2="dk2" accent1="accent1" accent2="accent2" '
               'accent3="accent3" accent4="accent4" accent5="accent5" accent6="accent6" hlink="hlink" '
               'folHlink="folHlink"/>')
    background = '<p:cSld><p:bg><p:bgPr><a:solidFill><a:schemeClr val="bg1"/></a:solidFill><a:effectLst/></p:bgPr></p:bg>'
    master_tree = tree(shape(2, 'type="title"', "Title", title) + shape(3, 'type="body" idx="1"', "Text", body))
    master = (f'<p:sldMaster {names}>' + master_tree.replace("<p:cSld>", background) + colours
              + '<p:sldLayoutIdLst><p:sldLayoutId id="2147483649" r:id="rId1"/><p:sldLayoutId id="2147483650" '
              'r:id="rId2"/></p:sldLayoutIdLst><p:txStyles><p:titleStyle>' + levels(4000, False)
              + '</p:titleStyle><p:bodyStyle>' + levels(2800, True) + '</p:bodyStyle><p:otherStyle/></p:txStyles></p:sldMaster>')
    centred = '<a:lvl1pPr marL="0" indent="0" algn="ctr"><a:buNone/></a:lvl1pPr>'
    cover_layout = (f'<p:sldLayout {names} type="title">' + tree(
        shape(2, 'type="ctrTitle"', "Title", cover, centred) + shape(3, 'type="subTitle" idx="1"', "Subtitle", subtitle, centred))
        .replace('<p:cSld>', '<p:cSld name="Title Slide">') + inherit + '</p:sldLayout>')
    text_layout = (f'<p:sldLayout {names} type="obj">' + tree(
        shape(2, 'type="title"', "Title") + shape(3, 'idx="1"', "Content"))
        .replace('<p:cSld>', '<p:cSld name="Title and Content">') + inherit + '</p:sldLayout>')
    slide = f'<p:sld {names}>' + tree(
        shape(2, 'type="ctrTitle"', "Title") + shape(3, 'type="subTitle" idx="1"', "Subtitle")) + inherit + '</p:sld>'
    show = (f'<p:presentation {names}><p:sldMasterIdLst><p:sldMasterId id="2147483648" r:id="rId1"/></p:sldMasterIdLst>'
            '<p:sldIdLst><p:sldId id="256" r:id="rId2"/></p:sldIdLst><p:sldSz cx="12192000" cy="6858000"/>'
            '<p:notesSz cx="6858000" cy="9144000"/></p:presentation>')
    kind = KIND + "presentationml."
    write("blank.pptx", [
        ("[Content_Types].xml", types([
            ("/ppt/presentation.xml", kind + "presentation.main+xml"),
            ("/ppt/slideMasters/slideMaster1.xml", kind + "slideMaster+xml"),
            ("/ppt/slideLayouts/slideLayout1.xml", kind + "slideLayout+xml"),
            ("/ppt/slideLayouts/slideLayout2.xml", kind + "slideLayout+xml"),
            ("/ppt/slides/slide1.xml", kind + "slide+xml"),
            ("/ppt/theme/theme1.xml", KIND + "theme+xml")])),
        ("_rels/.rels", relations(("officeDocument", "ppt/presentation.xml"))),
        ("ppt/presentation.xml", show),
        ("ppt/_rels/presentation.xml.rels", relations(("slideMaster", "slideMasters/slideMaster1.xml"),
                                                      ("slide", "slides/slide1.xml"), ("theme", "theme/theme1.xml"))),
        ("ppt/slideMasters/slideMaster1.xml", master),
        ("ppt/slideMasters/_rels/slideMaster1.xml.rels", relations(
            ("slideLayout", "../slideLayouts/slideLayout1.xml"), ("slideLayout", "../slideLayouts/slideLayout2.xml"),
            ("theme", "../theme/theme1.xml"))),
        ("ppt/slideLayouts/slideLayout1.xml", cover_layout),
        ("ppt/slideLayouts/_rels/slideLayout1.xml.rels", relations(("slideMaster", "../slideMasters/slideMaster1.xml"))),
        ("ppt/slideLayouts/slideLayout2.xml", text_layout),
        ("ppt/slideLayouts/_rels/slideLayout2.xml.rels", relations(("slideMaster", "../slideMasters/slideMaster1.xml"))),
        ("ppt/slides/slide1.xml", slide),
        ("ppt/slides/_rels/slide1.xml.rels", relations(("slideLayout", "../slideLayouts/slideLayout1.xml"))),
        ("ppt/theme/theme1.xml", theme()),
    ])


docx()
xlsx()
pptx()
