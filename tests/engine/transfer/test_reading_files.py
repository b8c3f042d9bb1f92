"""What a file is, is told by its content; what is wrong with it is said in one sentence."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime

import pytest
import xlsxwriter

from engine.errors import Refused
from engine.records.transfer import opening, sheets
from engine.records.transfer.sheets import Sheet, read_sheet

PEOPLE = "name,city\nJürgen Müller,Köln\nAnna Weiß,Nürnberg\n"


def workbook(fill: Callable[[xlsxwriter.Workbook], object]) -> bytes:
    content = io.BytesIO()
    made = xlsxwriter.Workbook(content)
    fill(made)
    made.close()
    return content.getvalue()


def archive(**members: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            made.writestr(name.replace("__", "/"), data)
    return content.getvalue()


def cells(sheet: Sheet) -> list[tuple[object, ...]]:
    return [row.cells for row in sheet.rows()]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "latin-1", "mac_roman"]
)
def test_letters_are_read_in_whatever_encoding_they_come(encoding: str) -> None:
    sheet = read_sheet(PEOPLE.encode(encoding), "people.csv")

    assert sheet.headers == ("name", "city")
    assert cells(sheet) == [("Jürgen Müller", "Köln"), ("Anna Weiß", "Nürnberg")]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1250", "imię;miasto\nŁukasz Wójcik;Kraków\nŻaneta Dąbrowska;Łódź\n"),
        ("cp1251", "имя;город\nИван Петров;Москва\nОльга;Казань\n"),
        ("gb18030", "姓名;公司\n王小明;北京公司\n李雷;上海\n"),
    ],
)
def test_letters_of_other_scripts_make_words_again(encoding: str, text: str) -> None:
    sheet = read_sheet(text.encode(encoding), "people.csv")

    lines = [";".join(map(str, row)) for row in [sheet.headers, *cells(sheet)]]
    assert "\n".join(lines) + "\n" == text


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_columns_are_cut_where_the_file_cuts_them(delimiter: str) -> None:
    text = f'a{delimiter}b\n"1{delimiter}5"{delimiter}"say ""hi"""\n"two\nlines"{delimiter}\n'

    sheet = read_sheet(text.encode(), "cut.csv")

    assert cells(sheet) == [(f"1{delimiter}5", 'say "hi"'), ("two\nlines", "")]
    assert [row.number for row in sheet.rows()] == [2, 3]


def test_a_word_to_excel_in_the_first_line_is_no_row() -> None:
    sheet = read_sheet(b"sep=;\r\na;b\r\n1,5;2\r\n", "excel.csv")

    assert (sheet.headers, cells(sheet)) == (("a", "b"), [("1,5", "2")])


def test_blank_lines_are_passed_over_and_footnotes_left_out_with_a_note() -> None:
    text = "a,b,c\n1,2,3\n\n4,,\n5,6,7\n\n\nCopyright (c) 2026\nConfidential\n"

    sheet = read_sheet(text.encode(), "report.csv")

    assert [row.number for row in sheet.rows()] == [2, 4, 5]
    assert sheet.count == 3
    assert sheet.notes == ("Left out as footnotes: what stands below the table (2).",)


def test_headers_that_repeat_can_be_told_apart() -> None:
    sheet = read_sheet(b"Phone,Phone,,Phone\n1,2,3,4\n", "phones.csv")

    assert sheet.headers == ("Phone", "Phone (2)", "", "Phone (3)")


def test_a_row_that_is_longer_than_the_headers_keeps_what_is_beyond_them() -> None:
    sheet = read_sheet(b"a,b\n1,2,,\n1,2,3\n1\n", "long.csv")

    assert cells(sheet) == [("1", "2"), ("1", "2", "3"), ("1", None)]


def test_a_workbook_keeps_what_its_cells_are() -> None:
    def fill(made: xlsxwriter.Workbook) -> None:
        made.add_worksheet("empty")
        sheet = made.add_worksheet("people")
        made.add_worksheet("more").write(0, 0, "x")
        day = made.add_format({"num_format": "dd.mm.yyyy"})
        moment = made.add_format({"num_format": "dd.mm.yyyy hh:mm"})
        sheet.write_row(0, 0, ["name", "amount", "whole", "born", "seen", "active"])
        sheet.write_row(1, 0, ["Ann", 1.5, 42])
        sheet.write_datetime(1, 3, date(1980, 2, 1), day)
        sheet.write_datetime(1, 4, datetime(2026, 2, 1, 9, 30), moment)  # noqa: DTZ001
        sheet.write_boolean(1, 5, True)

    sheet = read_sheet(workbook(fill), "people.xlsx")

    assert cells(sheet) == [("Ann", 1.5, 42, date(1980, 2, 1), datetime(2026, 2, 1, 9, 30), True)]  # noqa: DTZ001
    assert sheet.about == 'XLSX, sheet "people"'
    assert sheet.notes == ('Only the sheet "people" was read. Left out: empty, more.',)


@pytest.mark.parametrize("text", ['[{"a": 1}, {"b": [2]}]', '{"a": 1}\n\n{"b": [2]}\n'])
def test_json_is_rows_whether_it_is_a_list_or_lines(text: str) -> None:
    sheet = read_sheet(text.encode(), "rows.json")

    assert (sheet.headers, cells(sheet)) == (("a", "b"), [(1, None), (None, [2])])


OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
BOMB = archive(xl__workbook_xml=b"", **{"xl/workbook.xml": b"<x/>", "xl/worksheets/sheet1.xml": bytes(90_000_000)})
WRONG: list[tuple[str, bytes, str, str]] = [
    ("a.csv", b"", "file.empty", "is empty"),
    ("a.csv", b"\xef\xbb\xbf \r\n\r\n", "file.empty", "is empty"),
    ("a.csv", b"a,b\n", "file.no-rows", "no rows under them"),
    ("a.csv", b'a,b\n1,2\n"x,2\n3,4\n', "file.broken-quote", "opened in the row at line 3"),
    ("a.csv", b'a,b\n1,2\n"x"y,2\n', "file.broken-quote", "middle of a cell in the row at line 3"),
    ("a.csv", b"%PDF-1.7\n...", "file.no-table", "a PDF document"),
    ("a.csv", b"\x89PNG\r\n\x1a\n", "file.no-table", "a picture"),
    ("a.csv", bytes(range(256)) * 40, "file.no-table", "bytes of some other kind"),
    ("a.csv", b"\xff\xfea\x00,\x00\x00\xd8\n\x00", "file.encoding", "marked as UTF-16"),
    ("a.csv", b"<html><table><tr>", "file.no-table", "a web page"),
    ("a.xls", OLD_EXCEL, "file.no-table", "an Excel workbook of the old kind"),
    ("a.csv", archive(a=b"x"), "file.not-what-it-says", "is an XLSX workbook"),
    ("a.xlsx", b"a,b\n1,2\n", "file.not-what-it-says", "is a CSV file"),
    ("a.json", b"a,b\n1,2\n", "file.not-what-it-says", "is a CSV file"),
    ("a.xlsx", archive(word__document=b"x"), "file.no-table", "not an XLSX workbook"),
    ("a.xlsx", b"PK\x03\x04 and no more", "file.damaged", "damaged or protected"),
    ("a.xlsx", archive(**{"xl/workbook.xml": b"<x/>"}), "file.damaged", "can't be read as a workbook"),
    ("a.xlsx", BOMB, "file.bomb", "unpacks to 86 MB"),
    ("a.json", b'{"a": 1}\n{"a":', "file.broken-json", "line 2"),
    ("a.json", b"[1]", "file.broken-json", "no object"),
]


@pytest.mark.parametrize(("name", "content", "code", "words"), WRONG)
def test_a_file_that_is_wrong_is_refused_with_what_was_found(
    name: str, content: bytes, code: str, words: str
) -> None:
    with pytest.raises(Refused) as refusal:
        read_sheet(content, name)

    assert refusal.value.code == code
    assert words in refusal.value.message
    assert refusal.value.message.startswith((f'"{name}" ', f'A sheet of "{name}" '))


def test_a_file_that_is_too_large_is_refused_before_it_is_read() -> None:
    with pytest.raises(Refused) as refusal:
        opening.require_size(300 * 1024 * 1024, "all.csv")

    assert refusal.value.message.startswith('"all.csv" has 300 MB; an import takes 50 MB at a time.')


def test_there_may_be_so_many_rows_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 2)

    assert read_sheet(b"a\n1\n2\n", "a.csv").count == 2
    with pytest.raises(Refused) as refusal:
        read_sheet(b"a\n1\n2\n3\n", "a.csv")

    assert refusal.value.code == "file.too-many-rows"


def test_cells_that_lie_too_far_apart_are_no_table() -> None:
    def fill(made: xlsxwriter.Workbook) -> None:
        sheet = made.add_worksheet()
        sheet.write(0, 0, "a")
        sheet.write(1_048_575, 16_383, "b")

    with pytest.raises(Refused) as refusal:
        read_sheet(workbook(fill), "far.xlsx")

    assert refusal.value.code == "file.too-many-cells"


def test_an_archive_that_lies_about_its_size_is_refused() -> None:
    content = bytearray(archive(**{"xl/workbook.xml": b"<x/>", "xl/worksheets/sheet1.xml": b"<row/>" * 9_000}))
    at = content.rindex(b"xl/worksheets/sheet1.xml") - 46  # its entry in the central directory
    content[at + 24 : at + 28] = (60).to_bytes(4, "little")

    with pytest.raises(Refused) as refusal:
        read_sheet(bytes(content), "lies.xlsx")

    assert refusal.value.code == "file.damaged"
