"""How a row belongs to whoever holds a post, by name: own report, landing place, of my group.

`MAY` and `SEES` of `permissions/policy.py` use the same names. Each relation says for each table what it
means there, once as a condition of SQL and once as a test in Python; the two are one and the same,
which a test compares on random rows on both databases.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from schema.clauses import (
    EVERYTHING,
    NOTHING,
    WORKING,
    All,
    Among,
    Clause,
    Columns,
    Either,
    Having,
    HeldBy,
    Missing,
    Near,
    NotBarred,
    Own,
    Referenced,
    Sql,
    Verified,
    all_of,
    any_of,
    working,
)

__all__ = [
    "APPROVED_TRANSFERS_PLACE",
    "CLAIMANT_PLACE",
    "EVERYTHING",
    "FIRST_CONTACT_PLACE",
    "HANDLES_OWN_REPORT",
    "HOLDER",
    "LANDING_PLACE",
    "MINE_TO_DO",
    "NOTHING",
    "NOT_BARRED",
    "OF_MY_DEPARTMENTS_GROUPS",
    "OF_MY_GROUP",
    "OWN_PERSON",
    "OWN_REPORT",
    "OWN_UNIT",
    "RELATIONS",
    "VERIFYING_UNIT",
    "WAITING_UNIT",
    "WORKING",
    "All",
    "Columns",
    "Near",
    "Own",
    "Relation",
    "Sql",
    "Verified",
    "all_of",
    "any_of",
    "entries_about",
    "working",
]


@dataclass(frozen=True, eq=False)
class Relation:
    """A name, the words for it, and what it means on each table that it is asked of."""

    name: str
    words: str
    on: Mapping[str, Clause] = field(default_factory=dict)


# ---------------------------------------------------------------- by name

_REPORTED = Own("reported_by_id", "organization")
_BY_MY_UNIT = Own("organization_id", "organization")
OWN_REPORT = Relation(
    "own report",
    "本单位报送",
    {
        "project": _REPORTED,
        "claim": All(
            (
                Among("claimed_post_id", "appointment", _BY_MY_UNIT),
                Among("project_id", "project", _REPORTED),
            )
        ),
    },
)
FIRST_CONTACT_PLACE = Relation(
    "first-contact place", "本地首谈", {"project": Own("first_contact_place_id", "place")}
)
_LANDED = Own("landing_place_id", "place")
LANDING_PLACE = Relation(
    "landing place",
    "本地承接、落户",
    {"project": _LANDED, "entry": Among("project_id", "project", _LANDED)},
)
_TO_VERIFY = Verified("indicator", waiting=("state", "CLAIMED"))
VERIFYING_UNIT = Relation(
    "verifying unit",
    "本单位核实",
    {"entry": _TO_VERIFY, "project": Referenced("entry", "project_id", _TO_VERIFY)},
)
_CLAIMED = Own("place_id", "place")


def _given_with(kind: str, table: str) -> Clause:
    """A file given with what a place has claimed or raised."""
    return All((Having("subject_kind", (kind,)), Among("subject_id", table, _CLAIMED)))


CLAIMANT_PLACE = Relation(
    "claimant place",
    "本地申报首谈",
    {
        "claim": _CLAIMED,
        "dispute": _CLAIMED,
        "judgement": Among("project_id", "claim", _CLAIMED, key="project_id"),
        "attachment": Either((_given_with("Claim", "claim"), _given_with("Dispute", "dispute"))),
    },
)
_COMING = All((Own("to_place_id", "place"), Having("state", ("APPROVED", "TAKEN_UP"))))
APPROVED_TRANSFERS_PLACE = Relation(
    "approved transfer's place",
    "已同意流转到本地",
    {"transfer": _COMING, "project": Referenced("transfer", "project_id", _COMING)},
)
_HELD = HeldBy()
NOT_BARRED = NotBarred("barred")
"""A duty that its viewer may do, as far as a second person must."""
MINE_TO_DO = Relation(
    "mine to do",
    "由本人承办：本单位待办，未交他人、不须回避的",
    {
        "duty": All(
            (
                Either((Own("person_id", "person"), Missing("person_id"))),
                NOT_BARRED,
                _HELD,
            )
        )
    },
)
WAITING_UNIT = Relation(
    "waiting unit", "本单位等待办理", {"duty": Own("waiting_id", "organization")}
)
HOLDER = Relation(
    "holder of a duty on it",
    "本单位待办",
    {
        "duty": _HELD,
        "project": Referenced("duty", "project_id", All((Missing("closed_at"), _HELD))),
    },
)
_GROUPS = Own("group_id", "group")
OF_MY_GROUP = Relation(
    "of my group",
    "本小组",
    {
        "industry_group": Own("id", "group"),
        "project": _GROUPS,
        "one": _GROUPS,
        "one_item": Among("one_id", "one", _GROUPS),
        "chain_node": _GROUPS,
        "target_company": _GROUPS,
    },
)
_KEPT = Own("keeper_id", "organization")
KEEPER = Relation(
    "keeper of it", "本单位负责更新", {"one": _KEPT, "one_item": Among("one_id", "one", _KEPT)}
)
_LED = Own("lead_department_id", "organization")
_GROUPS_LED = Among("group_id", "industry_group", _LED)
OF_MY_DEPARTMENTS_GROUPS = Relation(
    "of my department's groups",
    "本部门牵头的小组",
    {
        "industry_group": _LED,
        "project": _GROUPS_LED,
        "one": _GROUPS_LED,
        "target_company": _GROUPS_LED,
    },
)
TO_LAND_HERE = Relation("to land here", "拟落地本地", {"target_company": Own("place_id", "place")})
OWN_UNIT = Relation(
    "own unit",
    "本单位",
    {
        "organization": Own("id", "organization"),
        "person": Among(
            "id", "appointment", Own("organization_id", "organization"), key="person_id"
        ),
        "batch": Own("organization_id", "organization"),
        "company_holder": Own("unit_id", "organization"),
        "notice": Own("organization_id", "organization"),
        "saved_view": All((Having("shared", ("UNIT",)), Own("organization_id", "organization"))),
    },
)
HANDLES_OWN_REPORT = Relation(
    "handles own report",
    "办理本单位所报项目的",
    {
        "organization": Either(
            (
                Own("id", "organization"),
                Having("kind", ("OFFICE",)),
                Among("place_id", "project", _REPORTED, key="first_contact_place_id"),
                Among("place_id", "project", _REPORTED, key="landing_place_id"),
                Among(
                    "id",
                    "industry_group",
                    Among("id", "project", _REPORTED, key="group_id"),
                    key="office_id",
                ),
            )
        ),
        "person": Among(
            "id",
            "duty",
            All((Own("waiting_id", "organization"), Missing("closed_at"))),
            key="person_id",
        ),
    },
)
OWN_PERSON = Relation(
    "own person",
    "本人",
    {
        "person": Own("id", "person"),
        "appointment": Own("person_id", "person"),
        "session": Own("person_id", "person"),
        "token": Own("person_id", "person"),
        "saved_view": Own("person_id", "person"),
        "claim": Own("claimed_by_id", "person"),
        "attachment": Own("added_by_id", "person"),
        "contact_reveal": Own("revealed_by_id", "person"),
        "journal_entry": Own("actor_id", "person"),
        "message": Own("person_id", "person"),
        "notice": Own("sent_by_id", "person"),
    },
)
RELATIONS = (
    OWN_REPORT,
    FIRST_CONTACT_PLACE,
    LANDING_PLACE,
    VERIFYING_UNIT,
    CLAIMANT_PLACE,
    APPROVED_TRANSFERS_PLACE,
    HOLDER,
    MINE_TO_DO,
    WAITING_UNIT,
    OF_MY_GROUP,
    KEEPER,
    OF_MY_DEPARTMENTS_GROUPS,
    TO_LAND_HERE,
    OWN_UNIT,
    HANDLES_OWN_REPORT,
    OWN_PERSON,
)


def entries_about(kind: str, row: str, holds: Sql) -> Sql:
    """Entries of the journal, alias `row`, about a row of `kind` for which `holds`, of `ROW_about`."""
    near, (sql, values) = f"{row}_about", holds
    of = f"""{near}."entry_id" = {row}."id" AND {near}."kind" = '{kind}' AND {sql}"""
    return f'EXISTS (SELECT 1 FROM "journal_row" {near} WHERE {of})', values
