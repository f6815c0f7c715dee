"""Budget.xlsx: a year's figures with formulas on one sheet, their summary and a chart on another."""

from pathlib import Path

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

from common import AUTHOR, DATE, INK, settle

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
INCOME = [
    ("Fees", [405, 450, 540, 585, 720, 855, 990, 1080, 1350, 1800, 2385, 2835]),
    ("Grants", [3000, 0, 0, 0, 0, 2500, 0, 0, 0, 0, 0, 0]),
    ("Open days", [0, 0, 640, 0, 0, 1180, 0, 0, 905, 0, 0, 1520]),
]
COSTS = [
    ("Rent", [950] * 12),
    ("Power and heat", [310, 290, 240, 170, 90, 60, 55, 58, 84, 160, 250, 300]),
    ("Material", [120, 180, 260, 410, 220, 380, 190, 240, 330, 295, 410, 270]),
    ("Repairs", [0, 85, 0, 640, 0, 40, 0, 0, 115, 0, 60, 0]),
]
MONEY = '#,##0" €";[Red]-#,##0" €"'


def make(path: Path) -> None:
    book = Workbook()
    year = book.active
    year.title = "Year"
    last = _year(year)
    _summary(book.create_sheet("Summary"), last)
    book.properties.creator = book.properties.lastModifiedBy = AUTHOR
    book.properties.title = "Budget"
    book.properties.created = book.properties.modified = DATE
    book.save(path)
    settle(path)


def _year(sheet) -> dict[str, int]:
    """Fills the sheet; returns the rows that the summary refers to."""
    sheet["A1"] = "Lantern Street Workshop: budget 2026"
    sheet["A1"].font = Font(name="Calibri", size=16, bold=True, color=INK)
    head = 3
    for column, text in enumerate(["", *MONTHS, "Total"], start=1):
        cell = sheet.cell(head, column, text)
        cell.font = Font(name="Calibri", bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor=INK)
        cell.alignment = Alignment(horizontal="center")

    rows: dict[str, int] = {}
    row = head + 1
    for title, lines, total in (("Income", INCOME, "Income, total"), ("Costs", COSTS, "Costs, total")):
        sheet.cell(row, 1, title).font = Font(name="Calibri", bold=True, italic=True)
        first = row + 1
        for name, values in lines:
            row += 1
            sheet.cell(row, 1, name)
            for column, value in enumerate(values, start=2):
                sheet.cell(row, column, value).number_format = MONEY
            sheet.cell(row, 14, f"=SUM(B{row}:M{row})").number_format = MONEY
        end = row
        row += 1
        rows[total] = row
        _total(sheet, row, total, lambda letter, a=first, b=end: f"=SUM({letter}{a}:{letter}{b})")
        row += 2
    rows["Balance"] = row
    _total(sheet, row, "Balance", lambda letter: f"={letter}{rows['Income, total']}-{letter}{rows['Costs, total']}")

    sheet.column_dimensions["A"].width = 20
    for column in range(2, 15):
        sheet.column_dimensions[_letter(column)].width = 11
    sheet.freeze_panes = "B4"
    return rows


def _total(sheet, row: int, name: str, formula) -> None:
    line = Border(top=Side("thin"), bottom=Side("double"))
    for column in range(1, 15):
        cell = sheet.cell(row, column, name if column == 1 else formula(_letter(column)))
        cell.font = Font(name="Calibri", bold=True)
        cell.border = line
        cell.number_format = MONEY


def _letter(column: int) -> str:
    return chr(ord("A") + column - 1)


def _summary(sheet, rows: dict[str, int]) -> None:
    sheet["A1"] = "Summary"
    sheet["A1"].font = Font(name="Calibri", size=16, bold=True, color=INK)
    lines = [
        ("Income", f"=Year!N{rows['Income, total']}", MONEY),
        ("Costs", f"=Year!N{rows['Costs, total']}", MONEY),
        ("Balance", "=B3-B4", MONEY),
        ("Costs per income", "=B4/B3", "0.0%"),
        ("Best month", f"=INDEX(Year!B3:M3,MATCH(MAX(Year!B{rows['Balance']}:M{rows['Balance']}),Year!B{rows['Balance']}:M{rows['Balance']},0))", "General"),
    ]
    for row, (name, formula, number_format) in enumerate(lines, start=3):
        sheet.cell(row, 1, name).font = Font(name="Calibri", bold=True)
        sheet.cell(row, 2, formula).number_format = number_format
    sheet.column_dimensions["A"].width = 22
    sheet.column_dimensions["B"].width = 14

    chart = BarChart()
    chart.title = "Income and costs by month"
    chart.height, chart.width = 9, 18
    year = sheet.parent["Year"]
    for total in ("Income, total", "Costs, total"):
        chart.add_data(Reference(year, min_col=1, max_col=13, min_row=rows[total]), from_rows=True, titles_from_data=True)
    chart.set_categories(Reference(year, min_col=2, max_col=13, min_row=3))
    sheet.add_chart(chart, "D3")
