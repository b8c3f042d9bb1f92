"""The demo as a whole: how much there is of everything, who is in it, and the loading of it."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from engine.access import accounts
from engine.access.actors import user_by
from engine.context import Context
from engine.records.queries import find_record
from engine.tenant import Tenant
from metadata.packs import builtin
from seeds.demo.customers import found_companies
from seeds.demo.deals import work_on_deals
from seeds.demo.leads import meet_leads
from seeds.demo.story import MONTHS_OF_HISTORY, Story, introduce_people
from seeds.demo.talks import comment_on_deals, keep_in_touch, talk_about_deals
from seeds.demo.todo import finish_tasks, plan_week
from seeds.loader import Act, known_names, perform

PACKS = ("core", "crm")
USUAL = 3_600  # records
FOR_EACH_COMPANY = 15  # records of all kinds, roughly


def tell_story(moment: datetime, records: int = USUAL) -> list[Act]:
    """All that happened at Brightwater until this moment, in about so many records."""
    story = Story(moment)
    introduce_people(story)
    companies = found_companies(story, max(4, records // FOR_EACH_COMPANY))
    deals = work_on_deals(story, companies, round(len(companies) * 1.45))
    meet_leads(story, max(6, len(companies) // 4))
    talk_about_deals(story, deals)
    keep_in_touch(story, companies)
    comment_on_deals(story, deals)
    finish_tasks(story, deals)
    plan_week(story, deals, companies)
    return story.told()


def make_crm(tenant: Tenant) -> None:
    """An empty CRM for the story to happen in."""
    tenant.apply(tenant.plan([file for pack in PACKS for file in builtin(pack)]), note="demo")


def load_story(tenant: Tenant, acts: Iterable[Act]) -> int:
    """Load a story: all of it, or nothing."""
    with tenant.writing() as ctx:
        return perform(ctx, acts, known_names(ctx))


def when_told(ctx: Context) -> datetime | None:
    """The moment up to which the story was told here; None when it never was."""
    for user_id, _ in people_in(ctx):
        met: datetime = find_record(ctx, "user", user_id).values["created_at"]
        return met + MONTHS_OF_HISTORY
    return None


def people_in(ctx: Context) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The ids of the demo's people who are still there and active, and who they are."""
    for person in Story(ctx.now()).people.values():
        found = user_by(ctx.connection, ctx.machine, "email", person["email"])
        if found is not None and found["active"]:
            yield found["id"], person


def invite(ctx: Context, user_id: str) -> str:
    """The path of a link that signs a person in, once."""
    return f"/sign-in/{accounts.create_sign_in_link(ctx.connection, user_id, ctx.now())}"
