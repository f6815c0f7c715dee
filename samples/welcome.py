"""Welcome.docx: the yearly letter of a small workshop, eight pages."""

from pathlib import Path

import docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from common import ACCENT, AUTHOR, DATE, INK, seal, settle, sunrise

CHAPTERS = [
    (
        "A year behind the blue door",
        [
            "When the door of number 14 was painted blue in January, two neighbours asked whether a café was about to open. It was not, although more coffee has been drunk here since than in most cafés of the street. What opened was a workshop in which people who make things can share a bench, a lathe and, above all, what they know.",
            "We began with nine members and one working heater. In October we were sixty-three, the heaters were four, and the waiting list for the print room had become long enough to need a chair of its own. This letter tells how that happened, what it cost, and what we would like to do next.",
            "None of it was planned as neatly as it reads here. The print room exists because a press was offered to us on a Friday and had to be gone from its old place by Monday. The Thursday suppers began with a pot of soup that was too big. We have learned to leave room for such things in every plan that we make.",
        ],
        None,
    ),
    (
        "What we made",
        [
            "Members finished more than four hundred pieces this year. Most of them left the house quietly, under an arm or on a bicycle. A few did not: the long table for the school in Mill Lane needed six people, a van and a window taken out of its frame.",
            "The pieces that we are proudest of have little in common but the care that went into them:",
        ],
        (
            "List Bullet",
            [
                "a set of forty chairs for the village hall, each with a seat woven by a different person;",
                "a broadside of the poem that won the schools' competition, set by hand and printed on the old press;",
                "twelve bird boxes with cameras, built by the children's group and watched by half the town;",
                "a boat, three metres long, which floats.",
            ],
        ),
    ),
    (
        "How a piece is started",
        [
            "New members ask most often how to begin. There is no form to fill in. There is, however, an order in which things go well, and it has been found by doing them in every other order first.",
        ],
        (
            "List Number",
            [
                "Come on a Tuesday evening and tell the table what you would like to make.",
                "Draw it, however badly, and write the measures beside the lines.",
                "Ask the steward of the room which tools you need and who can teach you to use them.",
                "Order the material together with the others: the list hangs beside the door and closes on Fridays.",
                "Book the bench, do the work, and sweep up.",
                "Show the finished piece at the next supper. This is the only rule that nobody has ever broken.",
            ],
        ),
    ),
    (
        "The rooms and their hours",
        [
            "The house has five rooms. Each has a steward, who is a member like any other and gives two hours a week to it. Hours differ because neighbours do: the wood shop falls silent at eight, while the print room may go on for as long as somebody wants to read proofs.",
            "The table shows the rooms as they are today, with the hours of use that the stewards counted from January to October.",
        ],
        "rooms",
    ),
    (
        "Money",
        [
            "The workshop lives on its members' fees, on two small grants and on the sale of the things that are made on open days. The figures are kept in the workbook that comes with this letter; every member may read it, and the treasurer is glad when somebody does.",
            "We ended October with a little more than we had begun with. That is not thrift alone. The press was a gift, the roof was mended by people who know how to mend roofs, and the baker next door has not sent a bill since spring.",
            "Three costs will grow next year. The rent rises by four per cent in March. The insurer wants a second exit from the print room, which means a door, which means a wall. And the lathe, which is older than any of us, needs new bearings before it needs anything else.",
        ],
        None,
    ),
    (
        "What went wrong",
        [
            "A letter that tells of successes only is an advertisement. So here is the rest.",
            "In April we lost a week to a flood from the flat above, and with it most of the paper store. In June we promised a courtyard stage for the summer feast and delivered half of one, a day late. And twice this year a new member came, found nobody who had the time to help, and did not come back. The last is the failure that we mind most, because neither water nor weather can be blamed for it.",
            "Since September there is therefore a host on every evening. The host makes nothing. The host looks up when the door opens, and knows where the kettle is.",
        ],
        None,
    ),
    (
        "Next year, and how to join in",
        [
            "We would like to open the house on one more evening, build the wall that the door needs, and begin a lending library of tools. The first two need money; the third needs a cupboard and somebody who likes lists.",
            "If that is you, write to us, or better, come in. You need no skill and no tools. Bring something that is broken: mending is the quickest way to learn how a thing was made.",
            "With thanks to everybody who held the other end of something this year,",
        ],
        "signature",
    ),
]

ROOMS = [
    ("Wood shop", "Ada Lindqvist", "9 to 20", "2,140"),
    ("Print room", "Bruno Castel", "10 to 24", "1,385"),
    ("Textiles", "Mireille Okafor", "9 to 22", "960"),
    ("Electronics", "Jun Watanabe", "14 to 22", "815"),
    ("Kitchen", "whoever is hungry", "always", "uncounted"),
]


def make(path: Path) -> None:
    document = docx.Document()
    _styles(document)
    _page(document)
    _cover(document)
    for heading, paragraphs, extra in CHAPTERS:
        title = document.add_heading(heading, level=1)
        title.paragraph_format.page_break_before = True
        for text in paragraphs:
            document.add_paragraph(text)
        if extra == "rooms":
            _rooms(document)
        elif extra == "signature":
            _signature(document)
        elif extra:
            style, items = extra
            for item in items:
                document.add_paragraph(item, style=style)

    properties = document.core_properties
    properties.author = properties.last_modified_by = AUTHOR
    properties.title = "Welcome"
    properties.created = properties.modified = DATE
    document.save(path)
    settle(path)


def _styles(document) -> None:
    normal = document.styles["Normal"]
    normal.font.name = "Calibri"
    normal.font.size = Pt(12)
    normal.paragraph_format.space_after = Pt(10)
    normal.paragraph_format.line_spacing = 1.25
    for name, size in (("Title", 34), ("Heading 1", 22), ("Heading 2", 15)):
        style = document.styles[name]
        style.font.name = "Calibri"
        style.font.size = Pt(size)
        style.font.color.rgb = RGBColor.from_string(INK)
        # The template names theme fonts, which would win over the name set above.
        fonts = style.element.rPr.rFonts
        for attribute in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(attribute), None)
    document.styles["Heading 1"].paragraph_format.space_after = Pt(14)


def _page(document) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.8)
    section.top_margin = section.bottom_margin = Cm(2.6)

    header = section.header.paragraphs[0]
    header.text = f"{AUTHOR}\t\tThe year 2026"
    header.runs[0].font.size = Pt(9)

    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    footer.add_run("Page ")
    _field(footer, "PAGE")
    footer.add_run(" of ")
    _field(footer, "NUMPAGES")


def _field(paragraph, instruction: str) -> None:
    """A field whose value the reader computes: python-docx has no call for it."""
    for kind, text in (("begin", None), (None, instruction), ("separate", None), ("text", "1"), ("end", None)):
        run = paragraph.add_run(text if kind == "text" else None)
        if kind == "text":
            continue
        if kind is None:
            element = OxmlElement("w:instrText")
            element.set(qn("xml:space"), "preserve")
            element.text = f" {text} "
        else:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        run._r.append(element)


def _cover(document) -> None:
    document.add_paragraph("Welcome", style="Title")
    lead = document.add_paragraph()
    lead.add_run("This is a real document. ").bold = True
    lead.add_run("Click anywhere and write. Whoever has it open at the same time sees your words as you type them, and your caret with your name beside it.")
    document.add_picture(sunrise(), width=Cm(15.4))
    caption = document.add_paragraph("Lantern Street, shortly before the first coffee")
    caption.alignment = WD_ALIGN_PARAGRAPH.CENTER
    caption.runs[0].italic = True
    document.add_heading("To our members, neighbours and friends", level=2)
    text = document.add_paragraph("The pages that follow are the yearly letter of the ")
    text.add_run("Lantern Street Workshop").bold = True
    text.add_run(", a house that does not exist but could. They have headings and lists, a table and pictures, and enough text to scroll through. ")
    change = text.add_run("Change whatever you like")
    change.font.color.rgb = RGBColor.from_string(ACCENT)
    change.underline = True
    text.add_run(": when the last of you closes the document, a new version is kept and this one stays as it is.")


def _rooms(document) -> None:
    table = document.add_table(rows=1, cols=4)
    table.style = "Light Grid Accent 1"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for cell, text in zip(table.rows[0].cells, ("Room", "Steward", "Hours", "Hours of use")):
        cell.text = text
    for room in ROOMS:
        cells = table.add_row().cells
        for cell, text in zip(cells, room):
            cell.text = text
        cells[3].paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    document.add_paragraph()
    document.add_paragraph("The kitchen is the only room without a booking list, and the only one that has never been empty.")


def _signature(document) -> None:
    document.add_paragraph("the stewards of Lantern Street").runs[0].italic = True
    document.add_picture(seal(), width=Cm(3.2))
