"""The catalog: all packs of one revision, checked, merged, compiled and frozen.

Every other room reads these classes and nothing else of the metadata room's
making. A catalog never changes; publishing makes a new one that shares every
entity whose documents stayed the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from metadata.place import Place
from metadata.screens import EMPTY, App, Layout, View
from metadata.syntax import Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of the values a choice field offers. A retired one stays readable, and is offered no more."""

    key: str
    label: str
    color: str = ""
    retired: bool = False
    aliases: tuple[str, ...] = ()  # other words for it in files from elsewhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A station of a pipeline. `category` is open, won or lost; `probability` is 0 to 100."""

    key: str
    label: str
    category: str = "open"
    probability: int = 0
    color: str = ""
    requires: tuple[str, ...] = ()
    moves: tuple[str, ...] | None = None  # None: every stage can be reached from here
    rotting_days: int | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """The road of an entity's records. The first stage is where a new record starts."""

    key: str
    identity: str
    entity: str
    label: str
    stages: Mapping[str, Stage]
    aliases: tuple[str, ...] = ()
    layer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A way from one entity's records to others: a field that links, or the inverse of one.

    `holder` and `field` say where the link is declared and stored. For an inverse,
    `entity` is the target of the declaring field and `to` is `(holder,)`.
    """

    key: str
    entity: str
    to: tuple[str, ...]
    many: bool
    holder: str
    field: str
    kind: str  # one | many | any: what the declaring field's type says of itself
    inverse: str = ""
    on_delete: str = "clear"  # restrict | cascade | clear
    label: str = ""

    @property
    def is_inverse(self) -> bool:
        """Whether the link is stored on the other side."""
        return self.holder != self.entity or self.field != self.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One fact of an entity's records.

    `settings` is what the field says to its type, defaults filled in and references
    resolved: `choices` is a tuple of Choice, `pipelines` a tuple of Pipeline, `to`
    a tuple of entity keys. `default` is a literal or an Expression. A computed field has a
    `formula`; its `mode` says whether its value is stored, or worked out when it is read.
    """

    key: str
    identity: str
    entity: str
    type: str
    label: str
    help: str = ""
    required: bool = False
    unique: bool = False
    default: Any = None
    index: bool = False
    search: bool = False
    hidden: bool = False
    read_only: bool = False
    aliases: tuple[str, ...] = ()  # other names the field goes by in files from elsewhere
    personal: str = ""
    audit: bool = True
    system: bool = False  # every record has it: id, created_at, version…
    settings: Mapping[str, Any] = field(default_factory=lambda: EMPTY)
    relation: Relation | None = None
    formula: Expression | None = None
    mode: str = "stored"
    layer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a record must meet, show, require or lock when its condition holds."""

    key: str
    when: Expression | None = None
    check: Expression | None = None
    message: str = ""
    field: str = ""
    lock: tuple[str, ...] = ()
    require: tuple[str, ...] = ()
    show: tuple[str, ...] = ()
    layer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A kind of record.

    `fields` holds the declared fields in their order, then the system ones.
    `relations` holds every way out: own link fields and the inverses of others'.
    `access` is private, read, write, or the key of the to-one relation it inherits from
    when `inherits` is set. `owner` names the field of the person a record belongs to.
    """

    key: str
    identity: str
    label: str
    plural: str
    icon: str = "circle"
    help: str = ""
    title: str = ""
    access: str = "private"
    inherits: str = ""
    owner: str = ""
    search: tuple[str, ...] = ()
    match: tuple[str, ...] = ()  # fields by which a file may name a record; the first that fits
    aliases: tuple[str, ...] = ()  # what other products call such a record
    timeline: bool = True  # records have activities, comments and changes; links to "*" reach them
    mirrors: str = ""  # a kind of document whose documents are this entity's records
    fields: Mapping[str, Field]
    relations: Mapping[str, Relation]
    pipelines: Mapping[str, Pipeline]
    rules: tuple[Rule, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    layer: str = ""
    hash: str = ""
    former: Mapping[str, str] = field(default_factory=lambda: EMPTY)  # what names of before mean now

    @property
    def declared(self) -> tuple[Field, ...]:
        """The fields its documents declare, without the system ones."""
        return tuple(f for f in self.fields.values() if not f.system)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a role's holders may do with one entity.

    Scopes are no, own, team or all. `fields` maps a field key, or `*` for those not named, to
    none, read or write; None means every field as far as the verbs allow.
    """

    create: bool = False
    read: str = "no"
    update: str = "no"
    delete: str = "no"
    export: bool = False
    fields: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """What its holders may do. Grants and denials are keyed by entity, `*` for those not named."""

    key: str
    identity: str
    label: str
    help: str = ""
    grants: Mapping[str, Grant]
    deny: Mapping[str, Grant]
    can: frozenset[str] = frozenset()
    layer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Demo records in the order they are to be made. Each is (entity, local id, values)."""

    key: str
    records: tuple[tuple[str, str, Mapping[str, Any]], ...]
    layer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """Labels and texts of a locale: `texts` maps a path such as `entity/deal/label` to words."""

    locale: str
    texts: Mapping[str, str]
    layer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What holds for everybody of a tenant: the reporting currency (ISO 4217), and the time zone and
    language of whoever names no other.
    """

    currency: str = "EUR"
    time_zone: str = "UTC"
    locale: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """An installed bundle of metadata."""

    name: str
    version: str
    label: str = ""
    requires: Mapping[str, str] = field(default_factory=lambda: EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effective:
    """A document as it stands after all layers.

    `layers` maps the path of each overlaid property, written `fields/amount/label`, to the layer
    it came from; every other property came from `layer`.
    """

    kind: str
    key: str
    data: Mapping[str, Any]
    layers: Mapping[str, str]
    place: Place
    layer: str

    def layer_of(self, *path: str) -> str:
        """The layer that gave a property the value it has."""
        ends = ("/".join(path[:end]) for end in range(len(path), 0, -1))
        return next((self.layers[end] for end in ends if end in self.layers), self.layer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """All documents of one revision. Mappings keep the order of declaration."""

    packs: tuple[Pack, ...] = ()
    entities: Mapping[str, Entity]
    pipelines: Mapping[str, Pipeline]
    choices: Mapping[str, tuple[Choice, ...]]
    views: Mapping[str, View]
    layouts: Mapping[str, Layout]
    apps: Mapping[str, App]
    roles: Mapping[str, Role]
    samples: Mapping[str, Sample]
    translations: Mapping[str, Translation]
    documents: Mapping[tuple[str, str], Effective]
    settings: Settings = field(default_factory=lambda: Settings())
    hash: str = ""
