"""A workbook is an archive, and an archive may be a bomb: it is measured before it is opened.

Each member is unpacked once, a little at a time and never into memory, to see that it is
as large as it says and that its cells lie close enough together for a table.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

from engine.errors import Invalid

MOST_MEMBERS = 2_000
MOST_UNPACKED = 400 * 1024 * 1024
MOST_RATIO = 250  # a table of one word over and over packs about 150 times
SMALL = 1024 * 1024  # below which a ratio means nothing
MOST_CELLS = 8_000_000  # of the rectangle around all cells, which is kept whole in memory
STEP = 256 * 1024
_CELL = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{1,3})(\d{1,7})["']""")
_LOCAL_HEADER = struct.Struct("<4s22xHH")


def require_sound_workbook(content: bytes, name: str) -> None:
    """Refuse an archive that is no workbook, is damaged, or is larger inside than any table."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise _damaged(name) from None
    if not any(member.filename == "xl/workbook.xml" for member in members):
        message = f'"{name}" is an archive, but not an XLSX workbook. Save it as XLSX or CSV.'
        raise Invalid("file.no-table", message)
    unpacked = sum(member.file_size for member in members)
    if len(members) > MOST_MEMBERS or unpacked > MOST_UNPACKED or any(map(_is_bomb, members)):
        raise Invalid(
            "file.bomb",
            f'"{name}" unpacks to {unpacked / 1024 / 1024:,.0f} MB in {len(members):,} parts, more '
            "than any table of this size does. Export it as CSV, and import that.",
        )
    for member in members:
        _measure(content, member, name)


def _is_bomb(member: zipfile.ZipInfo) -> bool:
    return member.file_size > max(SMALL, MOST_RATIO * member.compress_size)


def _measure(content: bytes, member: zipfile.ZipInfo, name: str) -> None:
    """See that a member is as large as it says, and where the farthest of its cells are."""
    is_sheet = member.filename.startswith("xl/worksheets/")
    columns: set[bytes] = set()
    lines: set[bytes] = set()
    size, rest = 0, b""
    for piece in _unpack(content, member, name):
        size += len(piece)
        if size > member.file_size:
            break
        if is_sheet:
            whole, bracket, rest = (rest + piece).rpartition(b"<")
            rest = bracket + rest  # a tag that may go on in the next piece
            for column, line in _CELL.findall(whole):
                columns.add(column)
                lines.add(line)
        if len(rest) > STEP:
            raise _damaged(name)
    if size != member.file_size:
        raise _damaged(name)
    width = max(map(_number_of, columns), default=0)
    height = max(map(int, lines), default=0)
    if width * height > MOST_CELLS:
        raise Invalid(
            "file.too-many-cells",
            f'A sheet of "{name}" reaches to column {width:,} and row {height:,}. Delete what lies '
            "outside the table, or export it as CSV.",
        )


def _unpack(content: bytes, member: zipfile.ZipInfo, name: str) -> Iterator[bytes]:
    header = content[member.header_offset : member.header_offset + _LOCAL_HEADER.size]
    if len(header) < _LOCAL_HEADER.size or member.flag_bits & 1:
        raise _damaged(name)
    _, name_size, extra_size = _LOCAL_HEADER.unpack(header)
    start = member.header_offset + _LOCAL_HEADER.size + name_size + extra_size
    packed = memoryview(content)[start : start + member.compress_size]
    if member.compress_type == zipfile.ZIP_STORED:
        yield from (bytes(packed[at : at + STEP]) for at in range(0, len(packed), STEP))
        return
    if member.compress_type != zipfile.ZIP_DEFLATED:
        raise _damaged(name)
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for at in range(0, len(packed), STEP):
            piece = inflate.decompress(bytes(packed[at : at + STEP]), STEP)
            while piece:
                yield piece
                piece = inflate.decompress(inflate.unconsumed_tail, STEP)
        yield inflate.flush()
    except zlib.error:
        raise _damaged(name) from None


def _number_of(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _damaged(name: str) -> Invalid:
    message = f'"{name}" is a damaged or protected workbook. Save it again, without a password.'
    return Invalid("file.damaged", message)
