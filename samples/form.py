"""Form.docx: an application for membership, one page, with fields to fill in."""

from pathlib import Path

import docx
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Pt

from common import AUTHOR, DATE, settle

BOX = "http://schemas.microsoft.com/office/word/2010/wordml"


def make(path: Path) -> None:
    document = docx.Document()
    document.core_properties.author = AUTHOR
    document.core_properties.created = DATE
    document.styles["Normal"].font.size = Pt(12)
    document.add_heading("Application for membership", 1)
    document.add_paragraph("Lantern Street Workshop takes everybody who makes things. Fill in the fields; the rest stays as it is.")
    _line(document, "Name: ", _field("Name", "<w:text/>", "Click here and write your name"))
    _line(document, "Room: ", _field("Room", _list("Wood shop", "Print room", "Pottery"), "Choose a room"))
    _line(document, "From: ", _field("From", '<w:date><w:dateFormat w:val="yyyy-MM-dd"/><w:lid w:val="en-GB"/></w:date>', "2026-12-01"))
    box = (
        f'<w14:checkbox xmlns:w14="{BOX}"><w14:checked w14:val="0"/><w14:checkedState w14:val="2612"/>'
        '<w14:uncheckedState w14:val="2610"/></w14:checkbox>'
    )
    _line(document, "", _field("Rules", box, "\u2610"), " I have read the rules of the house.")
    document.add_paragraph("The board answers within two weeks.")
    document.save(path)
    settle(path)


def _list(*items: str) -> str:
    entries = "".join(f'<w:listItem w:displayText="{item}" w:value="{item}"/>' for item in items)
    return f"<w:dropDownList>{entries}</w:dropDownList>"


def _field(name: str, kind: str, text: str) -> OxmlElement:
    """A content control in a line."""
    return parse_xml(
        f'<w:sdt {nsdecls("w")}><w:sdtPr><w:alias w:val="{name}"/>{kind}</w:sdtPr>'
        f"<w:sdtContent><w:r><w:t>{text}</w:t></w:r></w:sdtContent></w:sdt>"
    )


def _line(document: docx.document.Document, before: str, field: OxmlElement, after: str = "") -> None:
    paragraph = document.add_paragraph(before)
    paragraph._p.append(field)
    if after:
        paragraph.add_run(after)
