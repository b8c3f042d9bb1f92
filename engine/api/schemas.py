"""What the calls take besides records: checked by marshmallow, every fault told at once."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from flask import request
from marshmallow import RAISE, Schema, ValidationError, fields, validate

from engine.errors import Invalid, Malformed, Problem
from engine.records.aggregates import MOST_GROUPS, USUAL_GROUPS
from engine.records.queries import DEFAULT_LIMIT, MOST_LIMIT, MOST_OFFSET
from metadata.schemas import KEY

LARGEST = 2**63 - 1


def is_printable(text: str) -> None:
    """Refuse characters that are no part of words, and that not every database can be asked about."""
    if not text.isprintable():
        raise ValidationError("Leave out control characters.")


class Names(fields.Field[tuple[str, ...]]):
    """Names separated by commas."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **also: Any) -> tuple[str, ...]:
        names = tuple(name.strip() for name in str(value).split(","))
        if not all(names):
            raise ValidationError("Give names separated by single commas.")
        return names


class Whole(fields.Field[int]):
    """A whole number in a body: a JSON number, and not true, "1" or 1.5."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **also: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise ValidationError("Give a whole number.")
        return value


class Truth(fields.Field[bool]):
    """True or false in a body, and nothing that looks like it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **also: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("Give true or false.")
        return value


class ListParameters(Schema):
    """The parameters of a list of records."""

    class Meta:
        """Unknown parameters are refused, so that a misspelt filter never shows everything."""

        unknown = RAISE

    where = fields.String(load_default="")
    q = fields.String(load_default="", validate=[validate.Length(max=200), is_printable])
    sort = Names(load_default=())
    fields_ = Names(data_key="fields", load_default=None)
    expand = Names(load_default=())
    limit = fields.Integer(load_default=None, validate=validate.Range(1, MOST_LIMIT))
    after = fields.String(load_default=None)
    offset = fields.Integer(load_default=0, validate=validate.Range(0, MOST_OFFSET))
    count = fields.String(
        load_default="none", validate=validate.OneOf(["none", "capped", "exact"])
    )
    trash = fields.Boolean(load_default=False)
    view = fields.String(load_default=None)


class ReadParameters(Schema):
    """The parameters of one record."""

    class Meta:
        """Unknown parameters are refused."""

        unknown = RAISE

    fields_ = Names(data_key="fields", load_default=None)
    expand = Names(load_default=())


class DeleteParameters(Schema):
    """The parameters of a deletion."""

    class Meta:
        """Unknown parameters are refused."""

        unknown = RAISE

    permanent = fields.Boolean(load_default=False)


class HistoryParameters(Schema):
    """The parameters of a record's history."""

    class Meta:
        """Unknown parameters are refused."""

        unknown = RAISE

    limit = fields.Integer(load_default=DEFAULT_LIMIT, validate=validate.Range(1, MOST_LIMIT))
    after = fields.Integer(load_default=None, validate=validate.Range(1, LARGEST))


class SignIn(Schema):
    """Credentials."""

    email = fields.String(required=True, validate=validate.Length(1, 320))
    password = fields.String(required=True, validate=validate.Length(1, 1024))
    code = fields.String(load_default=None)


class NewToken(Schema):
    """A token to be made. `expires_in` is in days."""

    name = fields.String(required=True, validate=[validate.Length(1, 100), is_printable])
    scopes = fields.List(fields.String(validate=validate.Length(1, 80)), load_default=None)
    expires_in = Whole(load_default=None, validate=validate.Range(1, 3650))


class Values(fields.Field[dict[str, Any]]):
    """The values of a record. Names and values are looked at where they are written."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Any, **also: Any
    ) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise ValidationError("Give an object.")
        return value


class Row(Values):
    """The new values of a record, and its id."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Any, **also: Any
    ) -> dict[str, Any]:
        values = super()._deserialize(value, attr, data, **also)
        if not isinstance(values.get("id"), str):
            raise ValidationError({"id": ["Name the record by its id."]})
        return values


class BulkUpsert(Schema):
    """Rows to be updated where a unique field matches, else created."""

    by = fields.String(required=True)
    rows = fields.List(Values(), required=True)


class Bulk(Schema):
    """Many writes of one entity."""

    create = fields.List(Values(), load_default=list)
    update = fields.List(Row(), load_default=list)
    delete = fields.List(fields.String(), load_default=list)
    upsert = fields.Nested(BulkUpsert, load_default=None)
    atomic = Truth(load_default=True)


class Sorting(Names):
    """What is sorted by: names separated by commas, or a list of them."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **also: Any) -> tuple[str, ...]:
        if not isinstance(value, list):
            return super()._deserialize(value, attr, data)
        return tuple(str(name).strip() for name in value)


class AggregateQuestion(Schema):
    """What records come to, group by group."""

    group_by = fields.List(fields.String(validate=validate.Length(1)), load_default=list)
    measures = fields.Dict(
        fields.String(validate=validate.Regexp(KEY.replace("$", r"\Z"), error="Call it by small letters, digits and _.")),
        fields.String(),
        load_default=dict,
    )
    where = fields.String(load_default="")
    q = fields.String(load_default="", validate=[validate.Length(max=200), is_printable])
    having = fields.String(load_default="")
    sort = Sorting(load_default=())
    limit = Whole(load_default=USUAL_GROUPS, validate=validate.Range(1, MOST_GROUPS))
    currency = fields.String(load_default="", validate=is_printable)
    rate_date = fields.String(load_default="")


class ExpressionPreview(Schema):
    """An expression to try out, and the values to try it on."""

    entity = fields.String(required=True, validate=is_printable)
    expression = fields.String(required=True, validate=validate.Length(1, 5_000))
    values = fields.Dict(fields.String(validate=is_printable), fields.Raw(allow_none=True), load_default=dict)


class DocumentParameters(Schema):
    """The parameters of reading metadata."""

    class Meta:
        """Unknown parameters are refused."""

        unknown = RAISE

    layers = fields.Boolean(load_default=False)


class ExplainParameters(Schema):
    """The parameters of explaining a field."""

    class Meta:
        """Unknown parameters are refused."""

        unknown = RAISE

    entity = fields.String(required=True, validate=is_printable)
    field = fields.String(required=True, validate=is_printable)
    id = fields.String(load_default=None, validate=is_printable)


@cache
def _made(schema: type[Schema]) -> Schema:
    """The one instance of a schema: making it copies all its fields, which takes longer than a load."""
    return schema()


def read_parameters(schema: type[Schema]) -> dict[str, Any]:
    """The parameters of the request's address. Malformed names each that is wrong."""
    given = dict(request.args.lists())
    twice = [name for name, values in given.items() if len(values) > 1]
    faults = {name: ["Give it once."] for name in twice}
    loaded: dict[str, Any] = {}
    try:
        loaded = dict(_made(schema).load({name: values[0] for name, values in given.items()}))
    except ValidationError as error:
        faults |= dict(_messages(error))
    if faults:
        raise Malformed(
            "parameter.invalid",
            f"The parameter \"{next(iter(faults))}\" is not right."
            if len(faults) == 1
            else f"{len(faults)} parameters are not right.",
            problems=list(_problems(faults, "parameter.invalid")),
        )
    return loaded


def read_body(schema: type[Schema], body: Mapping[str, Any]) -> dict[str, Any]:
    """A body that is no record. Invalid names everything that is wrong."""
    try:
        return dict(_made(schema).load(body, unknown=RAISE))
    except ValidationError as error:
        problems = list(_problems(_messages(error), "body.invalid"))
        raise Invalid(
            "body.invalid", problems[0].message if len(problems) == 1 else
            f"{len(problems)} members are not right.", problems=problems
        ) from error


def _messages(error: ValidationError) -> Mapping[Any, Any]:
    messages: Mapping[Any, Any] = error.normalized_messages()  # type: ignore[no-untyped-call]  # marshmallow leaves it so
    return messages


def _problems(faults: Mapping[Any, Any], code: str, prefix: str = "") -> Any:
    for name, fault in faults.items():
        pointer = f"{prefix}/{str(name).replace('~', '~0').replace('/', '~1')}"
        if isinstance(fault, Mapping):
            yield from _problems(fault, code, pointer)
        else:
            yield Problem(pointer, code, " ".join(str(word) for word in fault))
