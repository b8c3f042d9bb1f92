"""The demo as a whole: how much there is of everything, and the loading of it."""

from datetime import datetime

from engine.clock import Clock, now
from engine.context import Cause
from engine.tenant import Tenant
from seeds.demo.customers import found_companies
from seeds.demo.deals import work_on_deals
from seeds.demo.leads import meet_leads
from seeds.demo.story import Story, introduce_people
from seeds.demo.talks import comment_on_deals, keep_in_touch, talk_about_deals
from seeds.demo.todo import finish_tasks, plan_week
from seeds.loader import Act, known_names, perform

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


def load_demo(tenant: Tenant, records: int = USUAL, clock: Clock = now) -> int:
    """Load the demo into a tenant that has the packs core and crm: all of it, or nothing."""
    acts = tell_story(clock(), records)
    with tenant.writing(cause=Cause(via="seed")) as ctx:
        perform(ctx, acts, known_names(ctx))
    return len(acts)
