"""Records of every kind of value, and expressions over them, generated."""

from typing import Any

from hypothesis import strategies as st

ORYX = """
entity: oryx
fields:
  name: {type: text, required: true}
  nick: {type: text}
  full: {type: person_name}
  home: {type: address}
  size: {type: decimal}
  weight: {type: decimal, scale: 4}
  count: {type: integer}
  stars: {type: rating}
  price: {type: money}
  born: {type: date}
  seen: {type: datetime}
  tame: {type: boolean}
  coat: {type: choice, choices: [striped, plain]}
  traits: {type: tags}
  stage: {type: stage}
  mother: {type: link, to: oryx, inverse: children}
  friends: {type: links, to: oryx, inverse: friend_of}
  owner: {type: user}
---
pipeline: horns
entity: oryx
stages:
  calf: {probability: 10}
  grown: {category: won, probability: 100}
  lost: {category: lost, label: Lost!}
"""

WORDS = ["Ada", "ada", "ÄDA", "İstanbul", "straße", "STRASSE", "ΟΔΟΣ", "a%b", "a_b", "it's", 'say "a"', "back\\slash",
         "ﬁn", "🦓 zebra", "nul", "'", "x"]  # fmt: skip
NUMBERS = ["0", "1", "-1", "1.5", "1.50", "2.25", "-0.01", "0.0001", "12.3456", "100", "1000000000000000", "-7"]
DAYS = ["2024-02-28", "2024-02-29", "2024-03-31", "2024-10-27", "2024-12-31"]
MOMENTS = ["2024-02-29T00:00:00Z", "2024-02-28T23:00:00Z", "2024-03-31T00:30:00Z", "2024-10-27T02:30:00+02:00",
           "2024-02-29T12:00:00.000001Z"]  # fmt: skip


def records(count: int) -> list[dict[str, Any]]:
    """Records of which each field is empty in some and at an edge in others."""

    def pick(options: list[Any], at: int, every: int) -> Any:
        return None if at % every == 0 else options[(at * 7 + every) % len(options)]

    made = []
    for at in range(count):
        town = pick(["Berlin", "Ürzig", "a%b"], at, 4)
        made.append({
            "name": f"{at:03}",
            "nick": pick(WORDS, at, 5),
            "full": pick([{"first": "Ann", "last": "Smith"}, {"last": "Özil"}, {"first": "Ann"}], at, 3),
            "home": town and {"city": town, "country": "DE"},
            "size": pick([n for n in NUMBERS if len(n.partition(".")[2]) <= 2 and len(n) < 10], at, 4),
            "weight": pick([n for n in NUMBERS if len(n) < 10], at, 3),
            "count": pick([0, 1, -1, 2, 100, 1000000000000000], at, 5),
            "stars": pick([1, 2, 5], at, 3),
            "price": pick(["1 EUR", "1.50 EUR", "100 USD", "0 EUR"], at, 4),
            "born": pick(DAYS, at, 4),
            "seen": pick(MOMENTS, at, 3),
            "tame": [None, True, False][at % 3],
            "coat": pick(["striped", "plain"], at, 3),
            "traits": pick([["wild"], ["wild", "calm"], ["ÄDA", "a%b"]], at, 3),
            "stage": [None, "calf", "grown", "lost"][at % 4],
        })  # fmt: skip
    return made


def _text(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


TEXTS = st.sampled_from([*WORDS, "", "Smith", "Ann", "Ann Smith", "Berlin", "zz"]).map(_text)
TEXT_FIELDS = st.sampled_from(["nick", "full", "full.first", "full.last", "home.city", "stage.label", "lower(nick)",
                               "upper(nick)", "name"])  # fmt: skip
NUMBER_FIELDS = st.sampled_from(["size", "weight", "count", "stars", "price", "stage.probability"])
LITERALS = st.sampled_from([*NUMBERS, "1e18", "-1e18", "0.00000000001", "None", "1 + 1 / 4", "1 / 0", "7 // 2 - 1"])
DATE_FIELDS = st.sampled_from(["born", "seen"])
DATES = st.sampled_from([f"'{each}'" for each in [*DAYS, *MOMENTS, "2024-02-29T00:00", "2024-10-27T02:30", "2024-03-31T02:30",
                                                "0001-01-01", "9999-12-31", "0001-01-01T00:00+14:00"]] +
                        ["today()", "now()", "days_ago(0)", "days_from_now(1)", "date(2024, 2, 29)", "date(2024, 2, 30)",
                         "None"])  # fmt: skip
EQUALITY = st.sampled_from(["==", "!="])
ORDERS = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])


def _joined(*parts: Any) -> st.SearchStrategy[str]:
    return st.tuples(*(st.just(part) if isinstance(part, str) else part for part in parts)).map("".join)


NUMERIC = _joined(NUMBER_FIELDS | LITERALS, " ", ORDERS, " ", NUMBER_FIELDS | LITERALS)
SIMPLE = st.one_of(
    NUMERIC,
    _joined(TEXT_FIELDS | TEXTS, " ", EQUALITY, " ", TEXT_FIELDS | TEXTS | st.just("None")),
    _joined(st.sampled_from(["contains(", "starts_with(", "ends_with("]), TEXT_FIELDS, ", ", TEXTS, ")"),
    _joined(DATE_FIELDS, " ", ORDERS, " ", DATES),
    _joined(st.sampled_from(["born", "seen"]), " in (", DATES, ", ", DATES, ")"),
    _joined("'2024-02-29' ", ORDERS, " ", DATE_FIELDS),
    _joined(NUMBER_FIELDS, st.sampled_from([" in (", " not in ("]), LITERALS, ", ", LITERALS, ")"),
    _joined("nick", st.sampled_from([" in ", " not in "]), "('striped', '', 'Ada')"),
    _joined("coat", st.sampled_from([" in ", " not in "]), "('striped', '', nick)"),
    _joined(st.sampled_from(["coat", "stage", "stage.category"]), " ", EQUALITY, " ",
            st.sampled_from(["None", "''", "nick"])),
    _joined("coat ", EQUALITY, " 'plain'"),
    _joined("stage ", EQUALITY, " 'grown'"),
    _joined("stage.category ", EQUALITY, " ", st.sampled_from(["'won'", "'open'"])),
    _joined("is_empty(", NUMBER_FIELDS | TEXT_FIELDS | DATE_FIELDS |
            st.sampled_from(["tame", "coat", "traits", "mother", "home", "stage"]), ")"),
    _joined(st.sampled_from(["'wild'", "'a%b'", "'ä'", "''"]), st.sampled_from([" in ", " not in "]), "traits"),
    _joined("contains(traits, ", TEXTS, ")"),
    _joined("tame ", EQUALITY, " ", st.sampled_from(["True", "False", "None", "is_won", "(size > 1)"])),
    _joined("owner ", EQUALITY, " ", st.sampled_from(["me", "None"])),
    _joined("mother ", EQUALITY, " ", st.sampled_from(["me", "None"])),
    _joined("1 < ", NUMBER_FIELDS, " <= ", LITERALS),
    st.sampled_from(["tame", "is_open", "is_won", "is_lost", "True", "False", "1 < 2", "has_role('admin')", "None == None"]),
)  # fmt: skip
CONDITIONS = st.recursive(
    SIMPLE,
    lambda inner: st.one_of(
        _joined("(", inner, " and ", inner, ")"),
        _joined("(", inner, " or ", inner, ")"),
        _joined("not (", inner, ")"),
        _joined("(", inner, " if ", inner, " else ", inner, ")"),
        _joined("((", inner, ") == (", inner, "))"),
    ),
    max_leaves=5,
)
