"""Slides.pptx: four slides with titles, bullets, a table and a picture."""

from pathlib import Path

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.util import Cm, Pt

from common import AUTHOR, CALM, DATE, INK, settle, sunrise


def make(path: Path) -> None:
    deck = Presentation()
    deck.slide_width, deck.slide_height = Cm(25.4), Cm(19.05)

    first = deck.slides.add_slide(deck.slide_layouts[0])
    first.shapes.title.text = "Lantern Street Workshop"
    first.placeholders[1].text = "The year in four slides"

    second = _titled(deck, 1, "What we made")
    _bullets(second, [
        ("Four hundred pieces, finished and shown", 0),
        ("forty chairs for the village hall", 1),
        ("a broadside on the old press", 1),
        ("Twelve bird boxes with cameras", 0),
        ("One boat, which floats", 0),
    ])

    third = _titled(deck, 5, "The rooms")
    rows = [("Room", "Steward", "Hours of use"), ("Wood shop", "Ada", "2,140"), ("Print room", "Bruno", "1,385"),
            ("Textiles", "Mireille", "960"), ("Electronics", "Jun", "815")]
    table = third.shapes.add_table(len(rows), 3, Cm(2), Cm(5), Cm(21.4), Cm(9)).table
    for row, texts in enumerate(rows):
        for column, text in enumerate(texts):
            cell = table.cell(row, column)
            cell.text = text
            cell.text_frame.paragraphs[0].font.size = Pt(20)
            if row == 0:
                cell.fill.solid()
                cell.fill.fore_color.rgb = RGBColor.from_string(CALM)

    fourth = _titled(deck, 5, "Come in")
    fourth.shapes.add_picture(sunrise(), Cm(2), Cm(4.8), width=Cm(21.4))
    note = fourth.shapes.add_textbox(Cm(2), Cm(14.6), Cm(21.4), Cm(2)).text_frame
    note.text = "Tuesday evenings, number 14, the blue door"
    note.paragraphs[0].font.size = Pt(24)

    for slide in deck.slides:
        slide.shapes.title.text_frame.paragraphs[0].font.color.rgb = RGBColor.from_string(INK)

    properties = deck.core_properties
    properties.author = properties.last_modified_by = AUTHOR
    properties.title = "Slides"
    properties.created = properties.modified = DATE
    deck.save(path)
    settle(path)


def _titled(deck, layout: int, title: str):
    slide = deck.slides.add_slide(deck.slide_layouts[layout])
    slide.shapes.title.text = title
    return slide


def _bullets(slide, lines: list[tuple[str, int]]) -> None:
    frame = slide.placeholders[1].text_frame
    for index, (text, level) in enumerate(lines):
        paragraph = frame.paragraphs[0] if index == 0 else frame.add_paragraph()
        paragraph.text = text
        paragraph.level = level
