"""Expressions of any kind over given names, most of which make no sense."""

from collections.abc import Sequence

from hypothesis import strategies as st

from metadata.functions import FUNCTIONS

SIGNS = ["+", "-", "*", "/", "//", "%", "==", "!=", "<", "<=", ">", ">=", "in", "not in", "and", "or"]
CONSTANTS = ["1", "'month'", "'EUR'", "2.5", "'x'", "''", "'2024-02-29'", "None", "True", "'name'", "'plain'"]


def sources(names: Sequence[str]) -> st.SearchStrategy[str]:
    """Texts that can be read, of names, constants, signs and functions joined anyhow."""
    return st.recursive(
        st.sampled_from([*names, *CONSTANTS]),
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from(SIGNS), inner).map(lambda p: f"({' '.join(p)})"),
            st.tuples(st.sampled_from([*FUNCTIONS, "nothing"]), st.lists(inner, max_size=4)).map(
                lambda p: f"{p[0]}({', '.join(p[1])})"
            ),
            st.lists(inner, min_size=1, max_size=3).map(lambda p: f"[{', '.join(p)}]"),
            st.tuples(inner, inner, inner).map(lambda p: f"({p[0]} if {p[1]} else {p[2]})"),
            inner.map(lambda p: f"not {p}"),
            inner.map(lambda p: f"-{p}"),
        ),
        max_leaves=7,
    )
