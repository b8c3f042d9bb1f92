"""Expressions as JavaScript, for forms that decide while somebody types.

Each becomes a function of an ES module, made from our own tree: nothing that a person wrote is run
as it was written. What the functions call is `ui_builder/elements/expressions`. Some questions only
the server can answer, for they need other records, or what no browser knows; those are told apart.
"""

import json
from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from engine.expressions.functions import as_text
from engine.fields.money import Money
from metadata.catalog import Entity
from metadata.expression_types import STATES
from metadata.functions import FUNCTIONS, PERIODS, WRITES
from metadata.syntax import (
    Arithmetic,
    Call,
    Compare,
    Conditional,
    Expression,
    Items,
    Literal,
    Logic,
    Negative,
    Node,
    Not,
    Path,
    walk,
)

IN_BROWSER = frozenset(
    ("lower", "upper", "trim", "length", "left", "right", "replace", "concat", "contains", "starts_with", "ends_with",
     "abs", "round", "floor", "ceil", "min", "max", "is_empty", "coalesce", "case", "today", "now", "date",
     "days_ago", "days_from_now", "start_of", "end_of", "year", "month", "day", "weekday", "days_between",
     "business_days_between", "add_business_days", "currency", "has_role")
)  # fmt: skip
_KNOWN_CALLS = IN_BROWSER | PERIODS | WRITES
PLUGGED: dict[str, str] = {}  # functions of plugins, each as the source of one in JavaScript
_FITTING = {
    "text": "r.call.left(g.facts, {answer}, r.n('20000'))",
    "number": "r.join('+', {answer}, r.n('0'))",
    "boolean": "({answer} === true)",
}


def can_run_in_browser(expression: Expression, entity: Entity) -> bool:
    """Whether a browser that knows a record's own values can work out an expression."""
    return all(_is_known(node, entity) for node in walk(expression.root))


def _is_known(node: Node, entity: Entity) -> bool:
    if isinstance(node, Call):
        return node.name in _KNOWN_CALLS or node.name in PLUGGED
    return not isinstance(node, Path) or _is_own(node, entity)


def _is_own(path: Path, entity: Entity) -> bool:
    """Whether a path names a value of the record itself, or of the asker."""
    if path.names in {("me",), ("me", "teams")}:
        return True
    first, *rest = path.names[1:] if path.names[0] == "old" else path.names
    if first in entity.relations:
        return not rest and not entity.relations[first].many
    field = entity.fields.get(first)
    if field is None:
        return first in STATES and not rest
    return len(rest) < 2 and field.formula is None  # which the server works out


def names_in(expression: Expression) -> frozenset[str]:
    """The names of the record that an expression asks for, each as `stage` or `stage.category`."""
    paths = (path.names for path in expression.paths if path.names[0] != "me")
    told = {".".join(names[1:] if names[0] == "old" else names) for names in paths}
    calls = (node for node in walk(expression.root) if isinstance(node, Call) and node.name in WRITES)
    changed = (call.arguments[0] for call in calls if call.arguments)
    return frozenset(told | {str(each.value) for each in changed if isinstance(each, Literal)})


def write_function(expression: Expression, name: str) -> str:
    """A function of a module, given the runtime and what one evaluation works with."""
    return f"export const {name} = (r, g) => {_write(expression.root)}\n"


def written(value: Any) -> Any:
    """A value of an expression as JSON, for the runtime to read."""
    if isinstance(value, Decimal):
        return {"number": f"{value:f}"}
    if isinstance(value, Money):
        return {"amount": f"{value.amount:f}", "currency": value.currency}
    if isinstance(value, date):
        return {"moment" if isinstance(value, datetime) else "day": as_text(value)}
    return {"other": bool(value)} if isinstance(value, Mapping) else value


def _write(node: Node) -> str:
    match node:
        case Literal(value=value):
            return f'r.n("{value}")' if isinstance(value, Decimal) else json.dumps(value)
        case Path(names=names):
            return _path(names)
        case Logic(operator=word, operands=operands):
            return f"({(' && ' if word == 'and' else ' || ').join(map(_holds, operands))})"
        case Not(operand=operand):
            return f"!{_holds(operand)}"
        case Negative(operand=operand):
            return f"r.negative({_write(operand)})"
        case Arithmetic(operator=sign, left=left, right=Call(name=unit, arguments=(count,))) if unit in PERIODS:
            return f'r.shift("{sign}", {_list([left])}, "{unit}", {_list([count])}, g.facts)'
        case Arithmetic(operator=sign, left=left, right=right):
            return f'r.join("{sign}", {_list([left, right])})'
        case Compare(operator=sign, left=left, right=right):
            return _compare(sign, left, right)
        case Conditional(condition=condition, then=then, otherwise=otherwise):
            return f"({_holds(condition)} ? {_write(then)} : {_write(otherwise)})"
        case Call(name="is_new"):
            return "g.isNew"
        case Call(name="changed" | "changed_to", arguments=arguments):
            return f"r.changed(g, {_list(arguments)})"
        case Call(name=name, arguments=arguments) if name in PLUGGED:
            return _plugged(name, arguments)
        case Call(name=name, arguments=arguments):
            return f"r.call.{name}({', '.join(['g.facts', *map(_write, arguments)])})"
        case _:
            raise ValueError(node)


def _plugged(name: str, arguments: Collection[Node]) -> str:
    """A call of a plugin's function, which is never asked with an empty value."""
    asked = f"((...v) => v.includes(null) ? null : ({PLUGGED[name]})(r, ...v))({_list(arguments)})"
    return _FITTING.get(FUNCTIONS[name].answers, "{answer}").replace("{answer}", asked)


def _list(nodes: Collection[Node]) -> str:
    return ", ".join(map(_write, nodes))


def _holds(node: Node) -> str:
    return f"({_write(node)} === true)"


def _path(names: tuple[str, ...]) -> str:
    if names[0] == "me":
        return "g.facts.teams" if len(names) > 1 else "g.facts.user"
    if names[0] == "old":
        return f"g.old({json.dumps('.'.join(names[1:]))})"
    return f"g.get({json.dumps('.'.join(names))})"


def _compare(sign: str, left: Node, right: Node) -> str:
    if sign in {"in", "not in"}:
        found = (
            f"r.among({_write(left)}, [{_list(right.items)}], g.facts)"
            if isinstance(right, Items)
            else f"r.within({_write(left)}, {_write(right)})"
        )
        return found if sign == "in" else f"!{found}"
    if sign in {"==", "!="}:
        return f"{'!' if sign == '!=' else ''}r.equal({_list([left, right])}, g.facts)"
    return f'r.ordered("{sign}", {_list([left, right])}, g.facts)'
