"""From merged documents to the frozen views, layouts, apps, roles, samples and translations."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from metadata.building import read_expression, words
from metadata.catalog import Grant, Role, Sample, Settings, Translation
from metadata.diagnostics import Diagnostics
from metadata.merging import Layered
from metadata.screens import App, Composer, Layout, NavGroup, NavItem, Related, Section, Tab, View

Documents = Mapping[str, Layered]
Steps = tuple[str | int, ...]


def build_settings(documents: Documents) -> Settings:
    """The settings of the tenant; the usual ones where none are declared."""
    said = documents["tenant"].data if "tenant" in documents else {}
    return Settings(**{key: said[key] for key in ("currency", "time_zone", "locale") if key in said})


def build_views(documents: Documents, found: Diagnostics) -> Mapping[str, View]:
    """Views by key."""
    return MappingProxyType({key: _view(key, doc, found) for key, doc in documents.items()})


def _view(key: str, layered: Layered, found: Diagnostics) -> View:
    data = layered.data
    sort = data.get("sort") or ()
    return View(
        key=key,
        entity=data.get("entity", ""),
        label=data.get("label") or words(key),
        kind=data.get("kind", "list"),
        icon=data.get("icon", ""),
        columns=tuple(data.get("columns") or ()),
        where=read_expression(layered, data.get("where"), ("where",), found),
        sort=(sort,) if isinstance(sort, str) else tuple(sort),
        group=data.get("group", ""),
        totals=tuple(data.get("totals") or ()),
        card=tuple(data.get("card") or ()),
        check_off=MappingProxyType(data.get("check_off") or {}),
        layer=layered.document.pack,
    )


def build_layouts(documents: Documents, found: Diagnostics) -> Mapping[str, Layout]:
    """Layouts by key."""
    return MappingProxyType({key: _layout(key, doc, found) for key, doc in documents.items()})


def _layout(key: str, layered: Layered, found: Diagnostics) -> Layout:
    data = layered.data
    tabs = [
        Tab(label=tab.get("label", ""), sections=_sections(layered, ("tabs", at), tab, found))
        for at, tab in enumerate(data.get("tabs") or ())
    ]
    if data.get("sections"):
        tabs.insert(0, Tab(sections=_sections(layered, (), data, found)))
    return Layout(
        key=key,
        entity=data.get("entity", ""),
        label=data.get("label", ""),
        kind=data.get("kind", "record"),
        highlights=tuple(data.get("highlights") or ()),
        tabs=tuple(tabs),
        related=tuple(_related(said) for said in data.get("related") or ()),
        timeline=tuple(data.get("timeline") or ()),
        composer=tuple(_composer(said) for said in data.get("composer") or ()),
        layer=layered.document.pack,
    )


def _sections(
    layered: Layered, above: Steps, said: Mapping[str, Any], found: Diagnostics
) -> tuple[Section, ...]:
    return tuple(
        Section(
            label=section.get("label", ""),
            columns=section.get("columns", 1),
            fields=tuple(section.get("fields") or ()),
            when=read_expression(layered, section.get("when"), (*above, "sections", at, "when"), found),
        )
        for at, section in enumerate(said.get("sections") or ())
    )


def _related(said: Any) -> Related:
    if isinstance(said, str):
        return Related(relation=said, label=words(said))
    relation = said["relation"]
    return Related(
        relation=relation,
        label=said.get("label") or words(relation),
        columns=tuple(said.get("columns") or ()),
    )


def _composer(said: Mapping[str, Any]) -> Composer:
    return Composer(
        label=said["label"],
        entity=said["entity"],
        relation=said["relation"],
        icon=said.get("icon", ""),
        fields=tuple(said.get("fields") or ()),
        values=MappingProxyType(said.get("values") or {}),
    )


def build_apps(documents: Documents, views: Documents) -> Mapping[str, App]:
    """Apps by key. An item without a label of its own is called as its view is."""
    return MappingProxyType(
        {
            key: App(
                key=key,
                label=layered.data.get("label") or words(key),
                icon=layered.data.get("icon", ""),
                groups=tuple(_group(said, views) for said in layered.data.get("groups") or ()),
                layer=layered.document.pack,
            )
            for key, layered in documents.items()
        }
    )


def _group(said: Mapping[str, Any], views: Documents) -> NavGroup:
    return NavGroup(
        label=said.get("label", ""),
        items=tuple(_item(item, views) for item in said.get("items") or ()),
    )


def _item(said: Mapping[str, Any], views: Documents) -> NavItem:
    view, page = said.get("view", ""), said.get("page", "")
    usual = views[view].data if view in views else {}
    return NavItem(
        label=said.get("label") or usual.get("label") or words(view or page),
        icon=said.get("icon") or usual.get("icon", ""),
        view=view,
        page=page,
    )


def build_roles(documents: Documents) -> Mapping[str, Role]:
    """Roles by key."""
    return MappingProxyType(
        {
            key: Role(
                key=key,
                identity=key,
                label=layered.data.get("label") or words(key),
                help=layered.data.get("help", ""),
                grants=_grants(layered.data.get("grants")),
                deny=_grants(layered.data.get("deny")),
                can=frozenset(layered.data.get("can") or ()),
                layer=layered.document.pack,
            )
            for key, layered in documents.items()
        }
    )


def _grants(said: Any) -> Mapping[str, Grant]:
    return MappingProxyType({entity: _grant(each or {}) for entity, each in (said or {}).items()})


def _grant(said: Mapping[str, Any]) -> Grant:
    fields = said.get("fields")
    return Grant(
        create=said.get("create") in (True, "yes"),
        read=_scope(said.get("read")),
        update=_scope(said.get("update")),
        delete=_scope(said.get("delete")),
        export=said.get("export") in (True, "yes"),
        fields=None if fields is None else MappingProxyType(fields),
    )


def _scope(said: Any) -> str:
    return str({True: "all", "yes": "all", False: "no", None: "no"}.get(said, said))


def build_samples(documents: Documents) -> Mapping[str, Sample]:
    """Samples by key. A record without a local id gets its number as one."""
    return MappingProxyType(
        {
            key: Sample(
                key=key,
                records=tuple(
                    (entity, str((values or {}).get("id", f"#{at}")),
                     MappingProxyType({k: v for k, v in (values or {}).items() if k != "id"}))
                    for at, record in enumerate(layered.data.get("records") or ())
                    for entity, values in record.items()
                ),
                layer=layered.document.pack,
            )
            for key, layered in documents.items()
        }
    )  # fmt: skip


def build_translations(documents: Documents) -> Mapping[str, Translation]:
    """Translations by locale, their texts by path."""
    return MappingProxyType(
        {
            key: Translation(
                locale=key,
                texts=MappingProxyType(dict(_flat(layered.data.get("texts") or {}))),
                layer=layered.document.pack,
            )
            for key, layered in documents.items()
        }
    )


def _flat(texts: Mapping[str, Any], above: str = "") -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for key, said in texts.items():
        path = f"{above}/{key}" if above else str(key)
        pairs += _flat(said, path) if isinstance(said, Mapping) else [(path, str(said))]
    return pairs
