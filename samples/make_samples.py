"""Makes Recto's sample documents: four real ones to work with, and the bad ones that the tests open.

The same versions of the libraries give the same bytes (the encrypted file apart: its salts are random).
"""

import sys
from pathlib import Path

import bad_files
import budget
import form
import slides
import welcome


def main() -> None:
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "out"
    out.mkdir(parents=True, exist_ok=True)
    welcome.make(out / "Welcome.docx")
    budget.make(out / "Budget.xlsx")
    slides.make(out / "Slides.pptx")
    form.make(out / "Form.docx")
    bad_files.make(out / "bad", sound=out / "Welcome.docx")


if __name__ == "__main__":
    main()
