"""What the samples share: their date, their pictures, and packages that come out the same every time."""

import datetime
import io
import re
import zipfile
from pathlib import Path

from PIL import Image, ImageDraw

DATE = datetime.datetime(2026, 11, 2, 9, 0, 0)
AUTHOR = "Lantern Street Workshop"

INK = "1F2A44"
ACCENT = "C8553D"
CALM = "588B8B"


def sunrise(width: int = 1200, height: int = 520) -> io.BytesIO:
    """A street at sunrise, as PNG."""
    image = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(image)
    for y in range(height):
        share = y / height
        draw.line(
            [(0, y), (width, y)],
            fill=(int(255 - 40 * share), int(196 + 30 * share), int(140 + 90 * share)),
        )
    draw.ellipse([width * 0.62, height * 0.22, width * 0.62 + 170, height * 0.22 + 170], fill=(255, 240, 200))
    houses = [(0, 0.58, 150), (150, 0.46, 120), (270, 0.64, 200), (470, 0.4, 110), (580, 0.55, 190),
              (770, 0.48, 140), (910, 0.62, 160), (1070, 0.44, 130)]
    for index, (left, top, span) in enumerate(houses):
        shade = 44 + 9 * (index % 3)
        roof = height * top
        draw.rectangle([left, roof, left + span, height], fill=(shade - 13, shade - 2, shade + 24))
        draw.polygon([(left, roof), (left + span / 2, roof - 46), (left + span, roof)], fill=(shade - 20, shade - 9, shade + 16))
        for column in range(left + 22, left + span - 26, 42):
            for row in range(int(roof) + 26, height - 40, 58):
                lit = (column * 7 + row * 3) % 5 < 2
                draw.rectangle([column, row, column + 18, row + 26], fill=(250, 214, 130) if lit else (66, 74, 104))
    return _png(image)


def seal(size: int = 360) -> io.BytesIO:
    """A lantern in a circle, as PNG."""
    image = Image.new("RGB", (size, size), "white")
    draw = ImageDraw.Draw(image)
    draw.ellipse([6, 6, size - 6, size - 6], fill="#" + INK)
    middle = size / 2
    draw.polygon([(middle - 70, 130), (middle + 70, 130), (middle + 46, 92), (middle - 46, 92)], fill="#" + ACCENT)
    draw.rectangle([middle - 60, 130, middle + 60, 250], fill="#FAD682")
    draw.rectangle([middle - 70, 250, middle + 70, 268], fill="#" + ACCENT)
    draw.line([(middle, 60), (middle, 92)], fill="#" + ACCENT, width=8)
    for x in (middle - 20, middle + 20):
        draw.line([(x, 130), (x, 250)], fill="#" + INK, width=5)
    return _png(image)


def _png(image: Image.Image) -> io.BytesIO:
    data = io.BytesIO()
    image.save(data, "PNG")
    data.seek(0)
    return data


def settle(path: Path) -> None:
    """Writes the package again with one date for every entry and every property that holds a date."""
    stamp = DATE.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(path) as package:
        entries = [(entry.filename, package.read(entry)) for entry in package.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in entries:
            if name == "docProps/core.xml":
                data = re.sub(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rb"\g<1>" + stamp, data)
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, data)
