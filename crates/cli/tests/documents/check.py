#!/usr/bin/env python3
"""Converts every case to its own type with `recto convert` and says what is not kept. Standard library only.

    python3 check.py [--recto PATH] [--save FOLDER] [FILE ...]
    python3 check.py --made FOLDER

The second form judges what was converted already, to FOLDER/NAME.TYPE and FOLDER/NAME.pdf, and prints a JSON
object for each rule: file, what, and why it is not kept, or null.
"""
import argparse, json, os, re, shutil, subprocess, tempfile, zipfile
from pathlib import Path
import xml.etree.ElementTree as ET

HERE = Path(__file__).resolve().parent
FILES = HERE / "files"
SAME = {"docm": "docx", "xlsm": "xlsx", "pptm": "pptx"}
PASSWORDS = {"password-swordfish.docx": "swordfish"}

def cells(path):
    """(sheet file, cell) -> value as text; errors as #…"""
    found = {}
    with zipfile.ZipFile(path) as z:
        names = z.namelist()
        texts = []
        if "xl/sharedStrings.xml" in names:
            for item in ET.fromstring(z.read("xl/sharedStrings.xml")).findall("{*}si"):
                texts.append("".join(t.text or "" for t in item.iter() if t.tag.endswith("}t")))
        for name in sorted(n for n in names if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", n)):
            for c in ET.fromstring(z.read(name)).iter():
                if not c.tag.endswith("}c"):
                    continue
                v = c.find("{*}v")
                kind = c.get("t")
                if kind == "inlineStr":
                    value = "".join(t.text or "" for t in c.iter() if t.tag.endswith("}t"))
                elif v is None or not v.text:
                    continue
                else:
                    value = texts[int(v.text)] if kind == "s" else v.text
                found[name, c.get("r")] = value
    return found

def same(a, b):
    try:
        return abs(float(a) - float(b)) <= 1e-9 * max(1, abs(float(a)))
    except ValueError:
        return a == b

def formats(path):
    with zipfile.ZipFile(path) as z:
        styles = ET.fromstring(z.read("xl/styles.xml"))
        own = {e.get("numFmtId"): e.get("formatCode") for e in styles.iter() if e.tag.endswith("}numFmt")}
        xfs = [x.get("numFmtId") for x in styles.find("{*}cellXfs")]
        known = {"0": "General", "11": "0.00E+00", "46": "[h]:mm:ss", "49": "@"}
        plain = lambda f: re.sub(r';@$', '', re.sub(r'["\\_ ]', "", f).lower())
        sheet = ET.fromstring(z.read("xl/worksheets/sheet1.xml"))
        return {c.get("r"): plain(own.get(xfs[int(c.get("s", 0))], known.get(xfs[int(c.get("s", 0))], "?")))
                for c in sheet.iter() if c.tag.endswith("}c") and c.get("r")}

def judge(case, made, pdf):
    source, part = FILES / case["file"], case["part"]
    if part == "OPENS":
        return None
    if part == "PDF":
        if not shutil.which("pdftotext"):
            return "pdftotext is missing"
        text = subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, text=True).stdout
        return None if case["regex"] in text else f"not in the PDF: {case['regex']}"
    if part == "FONTS":
        if not shutil.which("fc-list"):
            return "fc-list is missing"
        none = [c for c in case["regex"] if not subprocess.run(
            ["fc-list", f":charset={ord(c):x}"], capture_output=True, text=True).stdout.strip()]
        return f"no font has {' '.join(none)}: boxes" if none else None
    if part == "BYTES":
        found = len(re.findall(case["regex"].encode(), made.read_bytes(), re.S))
    elif part in ("NOERR", "NOLOST"):
        before, after = cells(source), cells(made)
        bad = [f"{c}: {v!r} -> {after.get((s, c))!r}" for (s, c), v in before.items() if not same(v, after.get((s, c), ""))]
        return "; ".join(bad[:6]) or None
    elif part == "NUMFMT":
        before, after = formats(source), formats(made)
        bad = [f"{c}: {f} -> {after.get(c)}" for c, f in before.items() if f != after.get(c)]
        return "; ".join(bad[:6]) or None
    else:
        found, layouts = 0, set()
        with zipfile.ZipFile(made) as z:
            for name in z.namelist():
                if not re.fullmatch(part, name):
                    continue
                text = z.read(name).decode("utf-8", "replace")
                if case["regex"] == "LAYOUTS":
                    layouts.update(re.findall(r"slideLayout\d+\.xml", text))
                elif case["regex"] == ".":
                    found += 1
                else:
                    found += len(re.findall(case["regex"], text, re.S))
        found = len(layouts) if case["regex"] == "LAYOUTS" else found
    return None if found >= case["min"] else f"{found} of {case['min']}"

def places(folder, name):
    kind = name.rsplit(".", 1)[1]
    return folder / f"{name}.{SAME.get(kind, kind)}", folder / f"{name}.pdf"

def tell(cases, folder):
    """Judges what was converted already."""
    for case in cases:
        made, pdf = places(folder, case["file"])
        try:
            why = judge(case, made, pdf) if made.exists() else "it was not converted"
        except Exception as error:  # a result that can't be read is a failure like any other
            why = f"{type(error).__name__}: {error}"
        print(json.dumps({"file": case["file"], "what": case["what"], "why": why}))

def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--recto", default="recto")
    parser.add_argument("--save")
    parser.add_argument("--made")
    parser.add_argument("files", nargs="*")
    args = parser.parse_args()
    cases = json.loads((HERE / "cases.json").read_text())
    if args.made:
        return tell(cases, Path(args.made))
    folder = Path(args.save or tempfile.mkdtemp())
    folder.mkdir(exist_ok=True)
    good = 0
    wanted = [c for c in cases if not args.files or c["file"] in args.files]
    failed = {}
    for name in sorted({c["file"] for c in wanted}):
        made, pdf = places(folder, name)
        for out in [made] + [pdf] * any(c["file"] == name and c["part"] == "PDF" for c in wanted):
            command = [args.recto, "convert", str(FILES / name), str(out)]
            if name in PASSWORDS:
                command += ["--password", PASSWORDS[name]]
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode:
                failed[name] = (done.stderr + done.stdout).strip().splitlines()[0]
        for case in (c for c in wanted if c["file"] == name):
            try:
                why = failed.get(name) or judge(case, made, pdf)
            except Exception as error:  # a result that can't be read is a failure like any other
                why = f"{type(error).__name__}: {error}"
            good += why is None
            if why:
                print(f"{name}: {case['what']}: {why}", flush=True)
    print(f"{good} of {len(wanted)}")

main()
