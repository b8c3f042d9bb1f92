"""Whether a column writes the day first or the month: told by the whole column, not by a cell.

One cell that can only be read in one way settles all the others. A column without such
a cell is read as the reader's own language writes dates; one with cells of both kinds has
no order, and what is ambiguous in it is refused row by row.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import get_date_format

from engine.fields import Reader

_NUMERIC = re.compile(r"\s*(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d{2})\b")
_SERIAL = re.compile(r"\d{5}(\.\d+)?")
EXCEL_BEGINS = datetime(1899, 12, 30)  # noqa: DTZ001 - a calendar's first day, nowhere in particular
SERIALS = range(15_000, 80_000)  # 1941 to 2119, as spreadsheets count days


@cache
def writes_day_first(locale: str, region: str) -> bool:
    """Whether people write the day before the month, by their language and where they are."""
    said = locale.replace("-", "_")
    for each in (said if "_" in said else f"{said}_{region}", said):
        try:
            pattern = get_date_format("short", locale=Locale.parse(each)).pattern
        except (ValueError, UnknownLocaleError):
            continue
        return pattern.index("d") < pattern.index("M")
    return False


def find_day_first(cells: Iterable[Any], reader: Reader) -> bool | None:
    """The order of a column's dates: True for day first, False for month first, None for neither."""
    day_first = month_first = False
    for cell in cells:
        if isinstance(cell, str) and (found := _NUMERIC.match(cell)):
            day_first = day_first or int(found[1]) > 12
            month_first = month_first or int(found[2]) > 12
    if day_first and month_first:
        return None
    return day_first or (not month_first and writes_day_first(reader.locale, reader.region))


def read_serial(cell: Any) -> Any:
    """A day as spreadsheets count it, made a date; anything else as it is."""
    if isinstance(cell, str) and _SERIAL.fullmatch(cell.strip()):
        cell = Decimal(cell.strip())
    if isinstance(cell, bool | str) or not isinstance(cell, int | float | Decimal):
        return cell
    if int(cell) not in SERIALS:
        return cell
    moment = EXCEL_BEGINS + timedelta(seconds=round(float(cell) * 86_400))
    return moment if cell % 1 else date(moment.year, moment.month, moment.day)
