"""The encoding of a text file: marked, UTF-8, or one of those from before it.

Which of the old ones it is can't be known, only judged: by whether the letters beyond
ASCII make words. Western ones come first, as most files that are not UTF-8 are theirs.
"""

import codecs
import re
from collections.abc import Iterator

from charset_normalizer import from_bytes

MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
USUAL = ("cp1252", "cp1250", "mac_roman")
RARE = ["cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp932", "gb18030", "big5", "cp949"]
SAMPLE = 64 * 1024
BAD_SHARE = 0.1  # of the letters beyond ASCII, above which an encoding is given up
_FOREIGN = re.compile(r"[^\x00-\x7f]")
_RUN = re.compile(r"[À-ɏ]{3,}")
_PUNCTUATION = frozenset("‘’‚“”„–—…€«»·•™©®\u00a0\u200b")


def detect_encoding(content: bytes) -> str:
    """The encoding that a text is most likely in. It may still turn out not to be text at all."""
    for mark, encoding in MARKS.items():
        if content.startswith(mark):
            return encoding
    if wide := _wide(content[:SAMPLE]):
        return wide
    odd = find_undecodable(content, "utf-8")
    return "utf-8" if odd is None else _legacy(content, odd)


def find_undecodable(content: bytes, encoding: str) -> int | None:
    """Where, about, a text stops being in an encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    for at in range(0, len(content) + 1, SAMPLE):
        try:
            decoder.decode(content[at : at + SAMPLE], final=at + SAMPLE > len(content))
        except UnicodeDecodeError as broken:
            return at + broken.start
    return None


def _wide(sample: bytes) -> str | None:
    """UTF-16 without its mark: every other byte of Western text is nought."""
    for encoding, at in (("utf-16-le", 1), ("utf-16-be", 0)):
        other = sample[1 - at :: 2].count(0)
        if sample[at::2].count(0) > len(sample) // 4 and other <= len(sample) // 50:
            return encoding
    return None


def _legacy(content: bytes, odd: int) -> str:
    around = content[max(0, odd - SAMPLE) : odd + SAMPLE]
    for encoding in USUAL:
        if _makes_words(around, encoding) and find_undecodable(content, encoding) is None:
            return encoding
    best = from_bytes(around, cp_isolation=RARE).best()
    found = best.encoding if best is not None else "cp1252"
    return found if find_undecodable(content, found) is None else "latin-1"


def _makes_words(content: bytes, encoding: str) -> bool:
    text = content.decode(encoding, errors="replace")
    judged = list(_judge(text))
    return bool(judged) and judged.count(False) <= len(judged) * BAD_SHARE


def _judge(text: str) -> Iterator[bool]:
    """Whether each character beyond ASCII stands where such a one would."""
    runs = [range(*found.span()) for found in _RUN.finditer(text)]
    lost = {at for run in runs for at in run}
    for found in _FOREIGN.finditer(text):
        at, character = found.start(), found[0]
        before, behind = text[at - 1 : at], text[at + 1 : at + 2]
        if character in _PUNCTUATION:
            yield True
        elif not character.isalpha():
            yield not (before.isalpha() or behind.isalpha())
        else:
            cyrillic = "Ѐ" <= character <= "ӿ"
            mixed = any(("Ѐ" <= n <= "ӿ") != cyrillic for n in (before, behind) if n.isalpha())
            around = before + behind
            jumps = character.isupper() and before.isalpha() and around != around.upper()
            yield not (mixed or jumps or at in lost)
