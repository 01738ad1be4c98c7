"""Who may do what, who sees which rows, and which columns are hidden from whom. The only file that says so.

`MAY` names for each act the posts that may do it, and on which rows: any, or those of a relation.
`SEES` names for each table the rows of each post, by the same relations. A table without an entry
cannot be read. `BESIDE` names what is shown with a row of a row that is not seen. `SCOPES` names all
that outsiders are shown of a table; `HIDES` names columns that are null for further posts. `FIGURES`
names who is shown which figures of the ranking. `LISTS` says in whose menu a list stands.

A person may hold several posts. Rights are their union: what any of the posts may do or sees; hidden
is only what is hidden from each of them. `decisions.py` reads these tables; what stands here has the
words of `relations.py` and `conditions.py`.
"""

from collections.abc import Mapping
from typing import TypeAlias

from schema.people.rules import Post, Scope
from schema.permissions.conditions import (
    Rows,
    Standing,
    about,
    about_oneself,
    behind,
    both,
    everything,
    given_with,
    having,
    lacking,
    menu,
    opened,
    that_opens,
    that_verifies,
    through,
    through_any,
    to,
)
from schema.permissions.weighing import histories, once_judged, weighed
from schema.project.rules import SIGNED_ON
from schema.relations import (
    APPROVED_TRANSFERS_PLACE,
    CLAIMANT_PLACE,
    FIRST_CONTACT_PLACE,
    HANDLES_OWN_REPORT,
    HOLDER,
    KEEPER,
    LANDING_PLACE,
    OF_MY_DEPARTMENTS_GROUPS,
    OF_MY_GROUP,
    OWN_PERSON,
    OWN_REPORT,
    OWN_UNIT,
    TO_LAND_HERE,
    VERIFYING_UNIT,
    WAITING_UNIT,
    Relation,
)

O, G, P, D = Post.OFFICE, Post.GROUP, Post.PLACE, Post.DEPARTMENT
B, A, L, I = Post.BRANCH, Post.AGENT, Post.LEADER, Post.INSPECTION
E, N = Post.EXPERT, Post.PARTNER

STAFF = (O, G, P, D, B, A, L, I)
EVERYBODY = tuple(Post)
OUTSIDERS = (A, E, N, Post.PUBLIC)

# ---------------------------------------------------------------- MAY: act → post → on which rows

ANYWHERE: tuple[Relation, ...] = ()
Where: TypeAlias = tuple[Relation, ...]

MAY: dict[str, Mapping[Post, Where]] = {
    "projectReport": dict.fromkeys((O, G, P, D, B, A), ANYWHERE),
    "projectResubmit": {O: ANYWHERE} | dict.fromkeys((G, P, D, B, A), (OWN_REPORT,)),
    "projectWithdraw": {O: ANYWHERE} | dict.fromkeys((G, P, D, B, A), (OWN_REPORT,)),
    "projectClaim": {O: ANYWHERE, P: ANYWHERE},
    "projectDispute": {P: ANYWHERE},
    "claimAssess": {O: ANYWHERE},
    "projectAmend": {O: ANYWHERE},
    "projectOpine": {G: (OF_MY_GROUP,)},
    "projectJudge": {O: ANYWHERE},
    "projectReturn": {O: ANYWHERE},
    "projectMerge": {O: ANYWHERE},
    "disputeDecide": {O: ANYWHERE},
    # Whoever is shown contacts masked; those whose own they are read them plain, see PLAIN.
    "contactReveal": {
        G: (OF_MY_GROUP,),
        P: (APPROVED_TRANSFERS_PLACE,),
        D: (OF_MY_DEPARTMENTS_GROUPS,),
        **dict.fromkeys((L, I), ANYWHERE),
    },
    "companyAmend": {O: ANYWHERE},
    "projectTransferRequest": {O: ANYWHERE, P: (FIRST_CONTACT_PLACE,)},
    "projectTransferDecide": {O: ANYWHERE},
    "projectTakeUp": {O: ANYWHERE, P: (APPROVED_TRANSFERS_PLACE,)},
    "agreementSign": {O: ANYWHERE, P: (LANDING_PLACE,)},
    "milestoneReach": {O: ANYWHERE, P: (LANDING_PLACE,)},
    "fundsRecord": {O: ANYWHERE, P: (LANDING_PLACE,)},
    "fundsReverse": {O: ANYWHERE, P: (LANDING_PLACE,)},
    "taxRecord": {O: ANYWHERE, P: (LANDING_PLACE,)},
    "fundsVerify": dict.fromkeys((O, D), (VERIFYING_UNIT,)),
    "taxVerify": dict.fromkeys((O, D), (VERIFYING_UNIT,)),
    "entryResubmit": {O: ANYWHERE, P: (LANDING_PLACE,)},
    "ledgerPreview": {O: ANYWHERE, P: ANYWHERE},
    "ledgerMend": {O: ANYWHERE, P: ANYWHERE},
    "ledgerImport": {O: ANYWHERE, P: ANYWHERE},
    "ledgerConfirm": {O: ANYWHERE},
    "ledgerUndo": {O: ANYWHERE, P: ANYWHERE},
    # A list is brought in by whoever may do what one of its lines does: the kind's own act decides.
    "listPreview": dict.fromkeys((O, G, P), ANYWHERE),
    "listImport": dict.fromkeys((O, G, P), ANYWHERE),
    "listUndo": dict.fromkeys((O, G, P), ANYWHERE),
    "dutyHandOver": {O: ANYWHERE} | dict.fromkeys((G, P, D, B, A), (HOLDER,)),
    "dutyRemind": dict.fromkeys((O, L, I), ANYWHERE)
    | dict.fromkeys((G, P, D, B, A), (WAITING_UNIT,)),
    "groupAppoint": {O: ANYWHERE, G: (OF_MY_GROUP,)},
    "oneUpdate": {O: ANYWHERE, G: (OF_MY_GROUP, KEEPER)} | dict.fromkeys((D, P), (KEEPER,)),
    "onePapers": {O: ANYWHERE, G: (OF_MY_GROUP, KEEPER)} | dict.fromkeys((D, P), (KEEPER,)),
    "oneEnd": {O: ANYWHERE, G: (OF_MY_GROUP, KEEPER)} | dict.fromkeys((D, P), (KEEPER,)),
    "oneVoid": {O: ANYWHERE, G: (OF_MY_GROUP, KEEPER)} | dict.fromkeys((D, P), (KEEPER,)),
    # What changes what is checked counts when a second person has checked it.
    "oneCheck": {O: ANYWHERE},
    "oneAssign": {O: ANYWHERE},
    "chainNodeSet": {O: ANYWHERE, G: (OF_MY_GROUP,)},
    "chainFirmAdd": {O: ANYWHERE, G: (OF_MY_GROUP,)},
    "chainFirmEnd": {O: ANYWHERE, G: (OF_MY_GROUP,)},
    "targetCompanyAdd": {O: ANYWHERE, G: ANYWHERE},
    "targetCompanyAmend": {O: ANYWHERE, G: (OF_MY_GROUP,)},
    "targetCompanyMove": {O: ANYWHERE, G: (OF_MY_GROUP,)},
    "targetCompanyContact": {O: ANYWHERE, G: (OF_MY_GROUP,)},
    "targetCompanyConvert": {O: ANYWHERE, G: (OF_MY_GROUP,)},
    "targetCompanyDrop": {O: ANYWHERE, G: (OF_MY_GROUP,)},
    "targetCompanyResume": {O: ANYWHERE, G: (OF_MY_GROUP,)},
    "targetRegionSet": {O: ANYWHERE},
    "calendarPublish": {O: ANYWHERE},
    "calendarConfirm": {O: ANYWHERE},
    "calendarDecline": {O: ANYWHERE},
    "ruleSet": {O: ANYWHERE},
    "ruleConfirm": {O: ANYWHERE},
    "ruleDecline": {O: ANYWHERE},
    "documentTemplateSet": {O: ANYWHERE},
    "viewSave": dict.fromkeys(STAFF, ANYWHERE),
    "viewDelete": dict.fromkeys(STAFF, (OWN_PERSON,)),
    "viewWithdraw": {O: ANYWHERE},
    "jobRetry": {O: ANYWHERE},
    "noticeSend": dict.fromkeys((O, G, P, D, L, I), ANYWHERE),
    "noticeAnswer": dict.fromkeys((*STAFF, E), (OWN_PERSON,)),
    "messageRead": dict.fromkeys((*STAFF, E), (OWN_PERSON,)),
}

# ---------------------------------------------------------------- SEES: table → post → rows

OF_MY_PLACE: Rows = (
    OWN_REPORT,
    FIRST_CONTACT_PLACE,
    LANDING_PLACE,
    APPROVED_TRANSFERS_PLACE,
    HOLDER,
)

WEIGHS: dict[Post, Where] = dict.fromkeys((O, L, I), ANYWHERE) | {
    G: (OF_MY_GROUP,),
    D: (OF_MY_DEPARTMENTS_GROUPS,),
}
"""Who weighs a report, and reads before its judgement what every place claims and the group holds of
it. Whoever sees the project as its reporter or holder alone reads until then its own claim and papers,
as whoever has claimed it does.
"""

WHOLE: Mapping[Post, Where] = WEIGHS
"""Who sees all the work of a group, its projects, duties and companies, so that numbers made of it are
the group's. Whoever sees only a part is shown no figures of the group, and no paper that its office issues.
"""

about_me = about_oneself("Person")
of_seen_project = through("project_id", "project")
of_my_places_project = through("project_id", "project", OF_MY_PLACE)
given_with_own = (given_with("Claim", "claim"), given_with("Return", "return"))
OF_A_GROUPS_WORK = (
    given_with("OneItem", "one_item"),
    given_with("OneChange", "one_change"),
    given_with("TargetContact", "target_contact"),
)
# Whoever sees a row of a group's own reads its history; that a company was reported, with the project.
OF_A_GROUPS_OWN = (
    about("Group", through("row_id", "industry_group")),
    about("ChainNode", through("row_id", "chain_node")),
    about("One", through("row_id", "one")),
    both(
        about("TargetCompany", through("row_id", "target_company")),
        lacking("act", "projectReport", words="不涉及报送的"),
    ),
)


def on_what_is_of(rows: Rows) -> Rows:
    """Duties on the ones and the target companies of these groups, whoever holds them."""
    return given_with("One", "one", rows), given_with("TargetCompany", "target_company", rows)


INSIDE = (O, G, P, D, B, L, I)
INSIDE_BUT_PLACES = (O, G, D, B, L, I)


SEES: dict[str, dict[Post, Rows]] = {
    "place": to(EVERYBODY, everything),
    "industry_group": to(EVERYBODY, everything),
    "organization": {
        **to(INSIDE, everything),
        A: (HANDLES_OWN_REPORT, behind("notice", "organization_id")),
        E: (OWN_UNIT, behind("notice", "organization_id")),
        N: (OWN_UNIT,),
    },
    "person": {
        **to(INSIDE, everything),
        A: (OWN_UNIT, HANDLES_OWN_REPORT),
        **to((E, N), OWN_PERSON),
    },
    "appointment": to(INSIDE, everything) | to(OUTSIDERS, OWN_PERSON),
    "calendar_year": to(EVERYBODY, everything),
    "calendar_day": to(EVERYBODY, everything),
    "parameter": to((*INSIDE, A, E, N), everything),
    "rule_proposal": to((O, L, I), everything),
    "calendar_proposal": to((O, L, I), everything),
    "closed_month": to(INSIDE, everything),
    "company": to((O, L, I), everything) | to((G, P, D, B, A, N), behind("project", "investor_id")),
    "company_holder": to((O, L, I), everything) | to((G, P, D, B, A), OWN_UNIT),
    "company_name": to((O, L, I), everything),
    "project": {
        **to((O, L, I), everything),
        G: (OF_MY_GROUP, OWN_REPORT, HOLDER),
        P: OF_MY_PLACE,
        D: (OWN_REPORT, OF_MY_DEPARTMENTS_GROUPS, HOLDER, VERIFYING_UNIT),
        B: (OWN_REPORT, HOLDER),
        A: (OWN_REPORT,),
        N: (opened(Scope.SIGNED_PROJECTS, having("stage", *SIGNED_ON, words="已签约的")),),
    },
    # A place that has only claimed a project does not see it: it sees its claim, what BESIDE shows
    # with it, its own dispute, and the judgement, whose reason is written for the claimants.
    "entry": to(INSIDE_BUT_PLACES, of_seen_project) | to((P,), of_my_places_project),
    "entry_step": to(INSIDE_BUT_PLACES, of_seen_project) | to((P,), of_my_places_project),
    # Who does not see the other entry that one is like does not learn that there is one.
    "entry_flag": to(INSIDE, both(through("entry_id", "entry"), through_any("other_id", "entry"))),
    # A group's papers are seen by whoever sees the group's work; of a target company by its own.
    "attachment": weighed(
        WEIGHS, OF_MY_PLACE, (*given_with_own, *OF_A_GROUPS_WORK), (CLAIMANT_PLACE, OWN_PERSON)
    )
    | to((A,), OWN_PERSON),
    "claim": weighed(WEIGHS, OF_MY_PLACE, (OWN_REPORT,), (CLAIMANT_PLACE,)) | to((A,), OWN_PERSON),
    "opinion": weighed(WEIGHS, OF_MY_PLACE),
    "judgement": to((*INSIDE_BUT_PLACES, A), of_seen_project)
    | to((P,), of_seen_project, CLAIMANT_PLACE),
    "return": to((*INSIDE_BUT_PLACES, A), of_seen_project) | to((P,), of_my_places_project),
    "dispute": weighed(WEIGHS, OF_MY_PLACE, place=(CLAIMANT_PLACE,)),
    "transfer": to(INSIDE_BUT_PLACES, of_seen_project) | to((P,), of_my_places_project),
    "merge": to(INSIDE_BUT_PLACES, of_seen_project) | to((P,), of_my_places_project),
    "credit": to(INSIDE_BUT_PLACES, of_seen_project) | to((P,), of_my_places_project),
    "agreement": to(INSIDE_BUT_PLACES, of_seen_project) | to((P,), of_my_places_project),
    "milestone": to(INSIDE_BUT_PLACES, of_seen_project) | to((P,), of_my_places_project),
    "journal_entry": histories(WEIGHS, OF_MY_PLACE, about_me, *OF_A_GROUPS_OWN)
    | to((P,), *once_judged(OF_MY_PLACE), OWN_PERSON, about_me, *OF_A_GROUPS_OWN)
    | to((O, I), everything),
    "duty": to((O, L, I), everything)
    | to((B,), of_seen_project, HOLDER, WAITING_UNIT)
    | {
        G: (of_seen_project, HOLDER, WAITING_UNIT, *on_what_is_of((OF_MY_GROUP,))),
        D: (of_seen_project, HOLDER, WAITING_UNIT, *on_what_is_of((OF_MY_DEPARTMENTS_GROUPS,))),
    }
    | to((P,), of_my_places_project, HOLDER, WAITING_UNIT)
    | to((A,), HOLDER, WAITING_UNIT),
    "hand_over": to(INSIDE_BUT_PLACES, of_seen_project) | to((P,), of_my_places_project),
    "reminder": to(INSIDE_BUT_PLACES, of_seen_project) | to((P,), of_my_places_project),
    "inquiry": to((O, I), everything),  # never to a unit what another one asks
    "batch": to((O,), everything) | to((P, G), OWN_UNIT),
    "batch_row": to((O, P, G), through("batch_id", "batch")),
    "migration": to((O, L, I), everything)
    | to((G, D, B), behind("project", "migration_id"))
    | to((P,), behind("project", "migration_id"), through("batch_id", "batch")),
    "one": to(INSIDE, everything),
    "one_item": to(INSIDE, everything),
    "one_change": to(INSIDE, everything),
    "chain_node": to(INSIDE, everything),
    "chain_firm": to(INSIDE, everything),
    "target_region": to(INSIDE, everything),
    # Groups do not see each other's companies: that another one goes after the same is all they learn.
    "target_company": to((O, L, I), everything)
    | {G: (OF_MY_GROUP,), D: (OF_MY_DEPARTMENTS_GROUPS,), P: (TO_LAND_HERE,)},
    "target_contact": to((O, G, D, P, L, I), through("target_id", "target_company")),
    "contact_reveal": to((O, I), everything) | to((G, P, D, L), OWN_PERSON),
    "job": to((O,), everything),
    "notice": to(INSIDE, OWN_PERSON, OWN_UNIT, behind("message", "notice_id"))
    | to((A, E), behind("message", "notice_id")),
    "message": to(INSIDE, OWN_PERSON, through("notice_id", "notice", (OWN_PERSON, OWN_UNIT)))
    | to((A, E), OWN_PERSON),
    "document_template": to(INSIDE, everything),
    "saved_view": to(INSIDE, OWN_PERSON, OWN_UNIT, having("shared", "ALL", words="全市共享的"))
    | to((O,), OWN_PERSON, having("shared", "UNIT", "ALL", words="共享的"))
    | to((A,), OWN_PERSON, OWN_UNIT),
    "token": to((*STAFF, E, N), OWN_PERSON),
    "session": to((*STAFF, E, N), OWN_PERSON),
}


BESIDE: dict[str, dict[str, str]] = {
    "claim": {"project": "no stage first_contact_place_id"},
    "dispute": {"project": "no stage"},
}
"""The columns of a far table that are shown with a row of a table to whoever sees that row, the far
row itself seen or not: table → far table → columns. Nothing else of an unseen row is shown.
"""

# ---------------------------------------------------------------- SCOPES, HIDES: table → column → posts

# Published, so for whoever asks: the city's places and groups and the working calendar; for whoever has
# an account the rulebook in force, by which deadlines and rewards are reckoned. A ranking is published by
# the office, and no office has published one yet. Everything else is opened by a relation of one's own
# or by a scope of the token.
#
# An agent reads of its own reports what it filled in, the stage, the outcome and what is to be supplied
# (the reason of a return is written for the reporter), and who has them in hand; no reason of a
# judgement, no agreement, no money, no journal. A partner reads what is published, and with the scope
# SIGNED_PROJECTS which projects are signed, who invests and where.

OF_A_UNIT = "slug name short_name kind place_id position"
OF_A_COMPANY = "uscc no_code_reason name normal_name search region"

SCOPES: dict[str, dict[Post, str]] = {
    "place": dict.fromkeys(OUTSIDERS, "slug name kind code position"),
    "industry_group": dict.fromkeys(
        OUTSIDERS, "slug name short_name office_id lead_department_id position"
    ),
    "calendar_year": dict.fromkeys(OUTSIDERS, "year source document_no published_at"),
    "calendar_day": dict.fromkeys(OUTSIDERS, "day year_id name working"),
    "parameter": dict.fromkeys(
        (A, E, N), "name value effective_on clause status note document_no recorded_at journal_id"
    ),
    "organization": {
        **dict.fromkeys((A, E), f"{OF_A_UNIT} contact_name contact_phone"),
        N: OF_A_UNIT,
    },
    "person": dict.fromkeys((A, E, N), "name"),
    "appointment": dict.fromkeys(
        OUTSIDERS,
        "person_id organization_id post title main starts_on ends_on document_no document_on"
        " recorded_at end_document_no ended_at acting_for_id",
    ),
    "company_holder": {
        A: "company_id role name normal_name uscc share source as_of project_id ended_on"
    },
    "company": dict.fromkeys((A, N), OF_A_COMPANY),
    "project": {
        A: (
            "no name normal_name search summary investor_id amount_fen amount_estimated currency"
            " foreign_cents rate_on rate_micro fixed_assets_fen industry_code group_id capital_origin land_mu"
            " contact_name contact_phone source needs owner_name stage stage_at reported_by_id"
            " reporter_id reported_at judge_by judged_at first_contact_place_id landing_place_id"
            " merged_into_id migration_id revision updated_at"
        ),
        N: (
            "no name normal_name search investor_id amount_fen amount_estimated industry_code"
            " group_id capital_origin stage stage_at reported_at judge_by landing_place_id signed_on"
            " revision updated_at"
        ),
    },
    "attachment": {
        A: "project_id subject_kind subject_id name media_type size sha256 added_at added_by_id"
    },
    "claim": {
        A: "project_id place_id contact_on contact_with contact_by note claimed_at claimed_by_id"
        " claimed_post_id by_report"
    },
    "judgement": {A: "project_id verdict first_contact_place_id due_at judged_at"},
    "return": {A: "project_id reason returned_at resubmitted_at"},
    "duty": {
        A: "task subject_kind subject_id subject_no project_id holder_post holder_unit_id"
        " holder_place_id unit_id person_id barred waiting_id page since opened_at due_at paused_at"
        " reminded_at closed_at outcome level"
    },
    "saved_view": {A: "name page query person_id organization_id shared shared_at created_at"},
    "notice": dict.fromkeys(
        (A, E),
        "no text answer_by sent_at organization_id subject_kind subject_id subject_name link",
    ),
    "message": dict.fromkeys(
        (A, E),
        "person_id organization_id notice_id written_at sent_at not_sent read_at answered_at answer"
        " subject_kind subject_id template given link",
    ),
    "token": dict.fromkeys((A, E, N), "name prefix scopes created_at expires_at used_at ended_at"),
    "session": dict.fromkeys((A, E, N), "created_at seen_at ended_at"),
}
"""All that outsiders are shown of each table beside its id. A column that is not named is null."""

HIDES: dict[str, dict[str, tuple[Post, ...]]] = {"person": {"phone": (B,)}}
"""Columns that are null for further posts."""

# ---------------------------------------------------------------- PLAIN: table → post → rows

PLAIN: dict[str, dict[Post, Rows]] = {
    "project": {
        O: (everything,),
        **to((G, D, B, A), OWN_REPORT),
        P: (OWN_REPORT, FIRST_CONTACT_PLACE, LANDING_PLACE),
    },
    "claim": {
        O: (everything,),
        **to((G, D, B, A), OWN_PERSON),
        P: (
            CLAIMANT_PLACE,
            through("project_id", "project", (FIRST_CONTACT_PLACE, LANDING_PLACE)),
        ),
    },
    # Whom a group met at a company is for the group to know, and for the office.
    "target_contact": to((O, G), everything),
    # Of a company's holders a unit sees what it has entered itself; registers show them to everybody.
    "company_holder": to((O, G, P, D, B, A, L, I), everything),
    # A line is seen by the unit that brought it in and by the office alone.
    "batch_row": to((O, P, G), everything),
}
"""The rows of which a post is shown the personal columns as they are: its own report's and claim's, and
once the office has judged those of the place that the project is given to. Whoever else sees a row
is shown 张** and 138****5678 of it, and nobody filters, orders, sums or compares by what is masked.
`MAY["contactReveal"]` says who may have it shown, with a reason that is noted.
"""

TEXTS: dict[str, dict[Post, Rows]] = {"target_company": PLAIN["target_contact"]}
"""Likewise the numbers in the texts of tables without personal columns. Of rows of a project they are
plain for whom the project's contact is.
"""

# ---------------------------------------------------------------- FIGURES: figure of a ranking → posts

FIGURES: dict[str, tuple[Post, ...]] = {
    "PAID_IN_FUNDS": INSIDE,
    "SIGNED_FUNDS": INSIDE,
    "TAX": INSIDE,
    "ACCOUNTS": INSIDE,
}
"""Which figures of the month's ranking a post is shown: sums by indicator, and in ACCOUNTS what they
are made of: parts by role, entries, what waits. Whoever is not shown the figure by which a month is
ranked is shown no ranking of it. No outsider is shown one before the office publishes it.
"""

# ---------------------------------------------------------------- AUDITS: posts

AUDITS: tuple[Post, ...] = (O, I)
"""Who reads the journal as a whole, searches it, and asks whether a printed head stands in its chain. Others
read of it what `SEES` names, by the row that it is about.
"""

# ---------------------------------------------------------------- LISTS: list → in whose menu

LISTS: dict[str, Mapping[Post, Standing]] = {
    "inbox": menu(STAFF),
    "duties": menu(STAFF),
    "judgement": menu((O, G, L, I)),
    "projects": menu(STAFF) | {N: that_opens(Scope.SIGNED_PROJECTS)},
    "groups": menu(INSIDE),
    "targets": menu((O, G, D, P, L, I)),
    "transfers": menu((O, P, L, I, G)),
    "verification": menu((O, P, L, I)) | {D: that_verifies},
    "claims": menu((O, P, L, I, G)),
    "inquiries": menu((O, I)),
    "ranking": menu(INSIDE),
    "ledgers": menu((O, P)),
    "calendar": menu(STAFF),
    "rules": menu((*STAFF, E, N)),
    "documents": menu((O, L, I)),
    "companies": menu((O, L, I)),
    "reveals": menu((O, I)),
    "developers": menu((*STAFF, E, N)),
    "messages": menu((*STAFF, E)),
    "jobs": menu((O,)),
    "journal": menu(AUDITS),
}
"""What a list shows is `SEES`'; this only says who works with it: which posts, and of these those for
which the condition holds, as departments that the rulebook has verify figures.
"""
