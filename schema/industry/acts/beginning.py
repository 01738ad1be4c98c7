"""What article 2 begins with in a city: the six ones of each group, asked of their keepers; the regions;
what an older release knew of the ones otherwise.
"""

from schema import database
from schema.gate.gate import Gate
from schema.gate.operator import Beginning, begins_with
from schema.gate.tables import JournalEntry
from schema.industry.acts.standing import LACKING, contents_of
from schema.industry.rules import PROVISIONAL, OneKind, OneState
from schema.industry.rules.beginning import FIRST_DAY
from schema.industry.tables import One, OneItem, TargetRegion
from schema.people.tables import Group, Organization

REGIONS = (
    ("yangtze-delta", "长三角"),
    ("pearl-delta", "珠三角"),
    ("jing-jin-ji", "京津冀"),
    ("chengdu-chongqing", "成渝"),
    ("overseas", "欧美日韩"),
)
"""The target regions that article 2 names."""


async def lacks_ones() -> bool:
    """Whether some group has no ones yet."""
    return await One.all().count() < len(OneKind) * await Group.all().count()


async def add_ones(gate: Gate) -> None:
    """The six ones of every group that has none."""
    known = set(await One.all().values_list("group_id", flat=True))
    for group in await Group.all().order_by("position"):
        if group.id not in known:
            await lay_down_ones(gate, group)


async def lay_down_ones(gate: Gate, group: Group) -> None:
    """The six ones of a group, none of which the city has published: each has a keeper.

    The lead department is the one whose work it is by its duties, and waits for its document.
    """
    office = await Organization.get(slug="office")
    lead = group.lead_department_id
    keepers = dict.fromkeys(OneKind, group.office_id)
    keepers |= {OneKind.CITY_LEADER: office.id, OneKind.LEAD_DEPARTMENT: office.id}
    if lead is not None:
        keepers[OneKind.POLICY_SET] = lead
    for kind, keeper in keepers.items():
        named = lead if kind is OneKind.LEAD_DEPARTMENT else None
        one = await gate.create(
            One,
            no=f"{group.slug}-{kind.slug}",
            group_id=group.id,
            kind=kind,
            keeper_id=keeper,
            state=OneState.PAPERS_MISSING if named else OneState.NOT_BEGUN,
            updated_at=gate.now,
        )
        if named:
            department = await Organization.get(id=named)
            await gate.create(
                OneItem,
                one_id=one.id,
                name=department.name,
                detail=PROVISIONAL,
                organization_id=named,
                starts_on=FIRST_DAY,
                recorded_at=gate.now,
            )


async def ask_for_ones(gate: Gate) -> None:
    """Ask the keepers of all ones that lack something and were never asked for."""
    for one in await One.filter(asked_at=None, state__in=LACKING).order_by("id"):
        await gate.change(one, asked_at=gate.now)


async def unmarked() -> list[tuple[One, list[OneItem]]]:
    """The ones of which something waits to be checked or was returned, from a release that kept neither
    beside them; each with what of it that is.
    """
    found = []
    for one in await One.filter(to_check=False, returned_at=None).order_by("id"):
        contents = await contents_of(one)
        ready = {each.key for each in contents.standings() if each.can_be_checked}
        waiting = [each for each in contents.items if each.id in ready]
        if waiting or one.returned_for:
            found.append((one, waiting))
    return found


async def lacks_marks() -> bool:
    return bool(await unmarked())


async def mark_what_waits(gate: Gate) -> None:
    """What was returned stays returned, since its return, until it is mended; what waits goes on waiting
    since it was submitted. What that release asked nobody to check is submitted now.
    """
    returns = JournalEntry.filter(subject_kind="One", act="oneCheck").order_by("id")
    returned_at = dict(await returns.values_list("subject_id", "at"))
    for one, items in await unmarked():
        if one.returned_for:
            await gate.change(one, returned_at=returned_at[one.id])
            for each in items:
                await gate.change(each, returned_for=one.returned_for)
        else:
            since = one.submitted_at if one.state is OneState.TO_CHECK else gate.now
            await gate.change(one, to_check=True, submitted_at=since)


async def name_regions(gate: Gate) -> None:
    """The regions that article 2 has groups look to."""
    for position, (slug, name) in enumerate(REGIONS):
        await gate.create(
            TargetRegion, slug=slug, name=name, position=position, updated_at=gate.now
        )


async def lacks_regions() -> bool:
    return not await TargetRegion.exists()


FOLLOWED = """SELECT i."id" FROM "one_item" i JOIN "one_item" n ON n."follows_id" = i."id"
    WHERE i."ends_on" IS NOT NULL AND i."ends_on" < n."starts_on" AND n."void_at" IS NULL
    AND i."end_document_no" = n."document_no" AND NOT EXISTS (SELECT 1 FROM "one_change" c
    WHERE c."item_id" = i."id" AND c."kind" = 'END' AND c."returned_for" = '')"""
"""Items on which an earlier release has written the end that comes of being followed. Whoever has an end
of its own is followed by nobody, but where it was stated afterwards, as a change."""


async def has_written_ends() -> bool:
    return bool(await database.fetch(FOLLOWED))


async def take_back_written_ends(gate: Gate) -> None:
    """From now on they follow from what follows; they are the same days, where that is checked."""
    keys = sorted({each["id"] for each in await database.fetch(FOLLOWED)})
    for item in await gate.hold("OneItem", keys):
        await gate.change(item, ends_on=None, end_document_no="")


begins_with(Beginning("“六个一”的接替", has_written_ends, take_back_written_ends))
begins_with(Beginning("“六个一”", lacks_ones, add_ones, ask_for_ones))
begins_with(Beginning("“六个一”中待核对和已退回的情况", lacks_marks, mark_what_waits))
begins_with(Beginning("目标区域", lacks_regions, name_regions))
