"""How conditions are said: the words between a field and its values."""

from collections.abc import Mapping, Sequence

OF_VALUES: Mapping[str, str] = {
    "eq": "is",
    "ne": "is not",
    "lt": "is less than",
    "lte": "is at most",
    "gt": "is more than",
    "gte": "is at least",
    "in": "is",
    "not_in": "is not",
    "contains": "contains",
    "lacks": "does not contain",
    "starts_with": "starts with",
    "ends_with": "ends with",
    "empty": "is empty",
    "filled": "is not empty",
    "yes": "is yes",
    "no": "is no",
    "me": "is me",
    "not_me": "is not me",
    "my_teams": "is one of my teams",
    "mates": "is in one of my teams",
}
IN_TIME: Mapping[str, str] = {
    "lt": "is before",
    "lte": "is on or before",
    "gt": "is after",
    "gte": "is on or after",
}
OF_SPANS: Mapping[str, str] = {
    "last": "is in the last {}",
    "next": "is in the next {}",
    "this": "is this {}",
    "ago_more": "is more than {} ago",
    "ago_less": "is less than {} ago",
    "ahead_more": "is more than {} from now",
    "ahead_less": "is less than {} from now",
}
OF_MANY: Mapping[str, str] = {
    "any": "Has {label}",
    "none": "Has no {label}",
    "all": "For all {label}",
    "count_eq": "Has exactly {number} {label}",
    "count_ne": "Has not {number} {label}",
    "count_lt": "Has fewer than {number} {label}",
    "count_lte": "Has at most {number} {label}",
    "count_gt": "Has more than {number} {label}",
    "count_gte": "Has at least {number} {label}",
}


def joined(words: Sequence[str], last: str) -> str:
    """Words with commas between, and a word before the last of them."""
    if len(words) < 2:
        return "".join(words)
    is_long = any(" or " in each or " where " in each for each in words[:-1])
    comma = "," if is_long else ""  # or one would read on into what follows
    return f"{', '.join(words[:-1])}{comma} {last} {words[-1]}"


def lowered(words: str) -> str:
    """Words within a sentence; what is written in capitals stays."""
    return words[:1].lower() + words[1:] if words[1:2].islower() or words[1:2] == " " else words


def raised(words: str) -> str:
    """Words that begin a line."""
    return words[:1].upper() + words[1:]
