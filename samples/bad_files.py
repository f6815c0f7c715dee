"""Files that say .docx and are not good ones: each must be refused with a sentence that tells why."""

from pathlib import Path

from msoffcrypto.format.ooxml import OOXMLFile

# The smallest document that is a PDF: a reader that goes by content sees at once that it is no .docx.
PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj
trailer<</Root 1 0 R>>
%%EOF
"""


def make(out: Path, sound: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    data = sound.read_bytes()
    (out / "damaged.docx").write_bytes(data[: len(data) * 3 // 5])
    (out / "empty.docx").write_bytes(b"")
    (out / "mislabelled.docx").write_bytes(PDF)
    with sound.open("rb") as source, (out / "encrypted.docx").open("wb") as target:
        OOXMLFile(source).encrypt("lantern", target)
