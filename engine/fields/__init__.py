"""Field types: what each kind of value can do. Importing this package registers them all."""

from engine.fields import (
    address,
    any_link,
    autonumber,
    boolean,
    choice,
    choices,
    date,
    datetime,
    decimal,
    duration,
    email,
    file,
    formula,
    image,
    integer,
    json,
    link,
    links,
    long_text,
    money,
    percent,
    person_name,
    phone,
    pipeline,
    rating,
    rich_text,
    stage,
    tags,
    team,
    text,
    url,
    user,
)
from engine.fields.base import PLAIN, FieldType, Reader, Reference, field_types

__all__ = ["PLAIN", "FieldType", "Reader", "Reference", "field_types"]
TYPES = (
    address, any_link, autonumber, boolean, choice, choices, date, datetime, decimal, duration,
    email, file, formula, image, integer, json, link, links, long_text, money, percent, person_name, phone,
    pipeline, rating, rich_text, stage, tags, team, text, url, user,
)  # fmt: skip
