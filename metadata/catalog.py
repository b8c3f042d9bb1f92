"""The catalog: all packs of one revision, checked, merged, compiled and frozen.

Every other room reads these classes and nothing else of the metadata room's
making. A catalog never changes; publishing makes a new one that shares every
entity whose documents stayed the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from metadata.expressions import Expression
from metadata.place import Place

EMPTY: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of the values a choice field offers. A retired one stays readable, and is offered no more."""

    key: str
    label: str
    color: str = ""
    retired: bool = False


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """The road of an entity's records. The first stage is where a new record starts."""

    key: str
    identity: str
    entity: str
    label: str
    stages: Mapping[str, Stage]
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
    a tuple of entity keys. `default` is a literal or an Expression.
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
    timeline: bool = True  # records have activities, comments and changes; links to "*" reach them
    mirrors: str = ""  # a kind of document whose documents are this entity's records
    fields: Mapping[str, Field]
    relations: Mapping[str, Relation]
    pipelines: Mapping[str, Pipeline]
    rules: tuple[Rule, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    layer: str = ""
    hash: str = ""

    @property
    def declared(self) -> tuple[Field, ...]:
        """The fields its documents declare, without the system ones."""
        return tuple(f for f in self.fields.values() if not f.system)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A saved way to look at many records."""

    key: str
    entity: str
    label: str
    kind: str = "list"  # list | kanban
    icon: str = ""
    columns: tuple[str, ...] = ()  # fields and dotted paths over to-one relations
    where: Expression | None = None
    sort: tuple[str, ...] = ()  # field names, a leading "-" for descending
    group: str = ""
    totals: tuple[str, ...] = ()
    card: tuple[str, ...] = ()  # what a kanban card shows under its title
    check_off: Mapping[str, Any] = field(default_factory=lambda: EMPTY)  # values that a tick sets
    layer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A titled part of a layout: `fields` in `columns` columns."""

    label: str = ""
    columns: int = 1
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A tab of a layout."""

    label: str = ""
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """A list of related records on a record page."""

    relation: str
    label: str = ""
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Composer:
    """One tab of the composer above a timeline: it creates an `entity` record about the one shown.

    `values` are set beforehand, `fields` are asked for.
    """

    label: str
    entity: str
    relation: str
    icon: str = ""
    fields: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=lambda: EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How one record is arranged: a record page, a form or a quick-create form."""

    key: str
    entity: str
    label: str = ""
    kind: str = "record"  # record | form | quick_create | panel
    highlights: tuple[str, ...] = ()  # key facts under the title
    tabs: tuple[Tab, ...] = ()
    related: tuple[Related, ...] = ()
    timeline: tuple[str, ...] = ()  # inverse relations whose records appear in the timeline
    composer: tuple[Composer, ...] = ()
    layer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NavItem:
    """A line of the navigation: exactly one of `view` and `page` is set."""

    label: str
    icon: str = ""
    view: str = ""
    page: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NavGroup:
    """A titled group of the navigation."""

    label: str = ""
    items: tuple[NavItem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """Navigation: groups of views and pages."""

    key: str
    label: str
    icon: str = ""
    groups: tuple[NavGroup, ...] = ()
    layer: str = ""


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
    hash: str = ""
