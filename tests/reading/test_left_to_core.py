"""What of our pages' documents has no plan and goes through graphql-core, and why. Nothing else does."""

import pytest

from schema.permissions import HeldPost, Post, Viewer
from server.web.documents import Document
from server.web.resources import documents, graph

OFFICE = Viewer("李雷", 1, (HeldPost(Post.OFFICE, id=1, organization=1, unit="领导小组办公室"),))
A_RESOLVER = "no rows of one kind"  # computed by a resolver of its own: a ranking, sums, who asks
SCOPED = "a list with a scope of its own"
FURTHER = "{} asks further than its own value"  # a computed value whose explanation is asked for

LEFT: dict[str, dict[str, str]] = {
    "account/posts": {"me": A_RESOLVER},
    "assessment/ranking": {"ranking": A_RESOLVER},
    "assessment/ranking_export": {"ranking": A_RESOLVER},
    "assessment/ranking_widget": {"ranking": A_RESOLVER},
    "city/calendar": dict.fromkeys(("calendar", "calendarYears", "initial", "viewer"), A_RESOLVER),
    "city/calendar_proposal": {"viewer": A_RESOLVER},
    "city/proposals": {"ruleProposals": FURTHER.format("value")},
    "city/proposals_export": {"ruleProposals": FURTHER.format("value")},
    "city/rule": {
        **dict.fromkeys(("initial", "rule", "viewer"), A_RESOLVER),
        **dict.fromkeys(("ruleProposals", "ruleVersions"), FURTHER.format("value")),
    },
    "city/rule_new": dict.fromkeys(("initial", "rule", "rulePreview"), A_RESOLVER),
    "city/rule_proposal": {"subject": FURTHER.format("value"), "viewer": A_RESOLVER},
    "city/rules": {
        **dict.fromkeys(("rules", "viewer"), A_RESOLVER),
        **dict.fromkeys(("ruleProposals", "ruleVersions"), FURTHER.format("value")),
    },
    "city/rules_export": {"rules": A_RESOLVER},
    "company/show": dict.fromkeys(("initial", "journal", "subject"), A_RESOLVER),
    "documents/brief": {
        "head": A_RESOLVER,
        "project": "Judgement.judgedAs is not a plain part of its row",
    },
    "documents/group": dict.fromkeys(("initial", "group", "funnel", "head"), A_RESOLVER),
    "documents/kind": {"subject": A_RESOLVER, "viewer": A_RESOLVER},
    "documents/list": {"documents": A_RESOLVER},
    "documents/list_export": {"documents": A_RESOLVER},
    "documents/receipt": {"head": A_RESOLVER, "project": FURTHER.format("clock")},
    "duties/handover": dict.fromkeys(("initial", "personOptions", "subject"), A_RESOLVER),
    "duties/reminder": dict.fromkeys(("initial", "subject"), A_RESOLVER),
    "duties/list": {"workloads": A_RESOLVER},
    "fulfilment/entry": {"subject": "EntryFlag.flaggedAs is not a plain part of its row"},
    "inbox": {"me": A_RESOLVER},
    "industry/chain": {"group": A_RESOLVER, "subject": A_RESOLVER},
    "industry/chain_export": {"chainNodes": A_RESOLVER},
    "industry/node": {"subject": "GroupIndustry.whole is not a plain part of its row"},
    "industry/node_new": {"group": A_RESOLVER, "subject": A_RESOLVER},
    "industry/brief": dict.fromkeys(("initial", "group", "funnel"), A_RESOLVER),
    "industry/group": dict.fromkeys(("initial", "group", "funnel", "targetFigures"), A_RESOLVER),
    "industry/groups": {"groups": FURTHER.format("ones")},
    "industry/groups_export": {"ones": FURTHER.format("duty")},
    "industry/one": {
        "changeOptions": FURTHER.format("openChanges"),
        "itemOptions": FURTHER.format("validItems"),
        "replacesOptions": FURTHER.format("validItems"),
        "subject": FURTHER.format("duty"),
    },
    "industry/target": {
        "nodeOptions": "GroupIndustry.chainNodes is not a plain part of its row",
        "ownerOptions": "GroupIndustry.people is not a plain part of its row",
        "subject": FURTHER.format("reported"),
    },
    "industry/target_board": {
        **dict.fromkeys(("facets", "figures"), A_RESOLVER),
        **dict.fromkeys(
            ("longList", "shortList", "contacted", "visiting", "converted"), FURTHER.format("duty")
        ),
    },
    "industry/target_list": {
        **dict.fromkeys(("facets", "figures"), A_RESOLVER),
        "targetCompanies": FURTHER.format("duty"),
    },
    "industry/target_new": dict.fromkeys(
        ("subject", "chosen", "nodeOptions", "ownerOptions"), A_RESOLVER
    ),
    "industry/target_regions": {"facets": A_RESOLVER},
    "industry/seats": dict.fromkeys(("initial", "group"), A_RESOLVER),
    "journal/list": {"head": A_RESOLVER, "subject": A_RESOLVER},
    "journal/proof": {"subject": A_RESOLVER},
    "ledger/batch": {"batch": A_RESOLVER, "initial": A_RESOLVER},
    "ledger/imports": {
        **dict.fromkeys(("kinds", "me"), A_RESOLVER),
        **dict.fromkeys(("awaiting", "batches"), SCOPED),
    },
    "ledger/imports_export": {"batches": SCOPED},
    "ledger/list": dict.fromkeys(("batch", "initial", "subject"), A_RESOLVER),
    "ledger/list_current": {"file": A_RESOLVER},
    "ledger/list_template": {"file": A_RESOLVER},
    "ledger/lists": {**dict.fromkeys(("me", "subject"), A_RESOLVER), "batches": SCOPED},
    "ledger/lists_export": {"listBatches": SCOPED},
    "ledger/result": {"file": A_RESOLVER},
    "ledger/row": dict.fromkeys(("batch", "initial", "me"), A_RESOLVER),
    "ledger/template": {"file": A_RESOLVER},
    "linkage/claim": {"project": "Claim.contactMissing is not a plain part of its row"},
    "linkage/claim_by_ticket": {"me": A_RESOLVER},
    "linkage/claim_dispute": {"subject": A_RESOLVER},
    "linkage/claim_show": {"subject": A_RESOLVER},
    "linkage/amendment": {"project": FURTHER.format("opinion")},
    "linkage/assessment": {"project": FURTHER.format("proposedClaims"), "subject": A_RESOLVER},
    "linkage/compare": dict.fromkeys(
        ("project", "other"), "Claim.contactMissing is not a plain part of its row"
    ),
    "linkage/credits": {"creditTotals": A_RESOLVER},
    "linkage/dispute": {
        "me": A_RESOLVER,
        "project": "Claim.contactMissing is not a plain part of its row",
    },
    "linkage/dispute_decision": {
        "project": "Claim.contactMissing is not a plain part of its row",
        "subject": A_RESOLVER,
    },
    "linkage/duplicates": {"duplicates": A_RESOLVER},
    "linkage/inquiries": {
        "inquiries": FURTHER.format("projects"),
        **dict.fromkeys(("often", "quota"), A_RESOLVER),
    },
    "linkage/judgement": {"project": FURTHER.format("clock")},
    "linkage/opinion": {"project": FURTHER.format("opinion")},
    "linkage/queue": {
        "deadline": A_RESOLVER,
        **dict.fromkeys(("chosen", "ahead"), FURTHER.format("clock")),
    },
    "linkage/receipt": {"project": FURTHER.format("clock")},
    "linkage/resubmission": {"project": "Return.returnedAs is not a plain part of its row"},
    "linkage/report": {"deadline": A_RESOLVER},
    "linkage/shares": {"project": FURTHER.format("shares")},
    "linkage/transfers": dict.fromkeys(("indicatorShare", "taxShare"), A_RESOLVER),
    "linkage/transfer": {"project": "Transfer.requestedAs is not a plain part of its row"},
    "messages/list": {"messages": "Notice.subjectName is not a plain part of its row"},
    "messages/new": {"me": A_RESOLVER},
    "messages/show": {"subject": A_RESOLVER},
    "operations/jobs": {"repeatingJobs": A_RESOLVER},
    "pick/company": {"chosen": A_RESOLVER},
    "pick/industryClass": {"options": A_RESOLVER},
    "project/board": {
        **dict.fromkeys(("funnel", "me"), A_RESOLVER),
        **dict.fromkeys(
            (
                "reported",
                "judged",
                "signed",
                "registered",
                "started",
                "completed",
                "operating",
                "fullOutput",
            ),
            FURTHER.format("waits"),
        ),
    },
    "project/list": {"funnel": A_RESOLVER, "me": A_RESOLVER},
    "project/search": {"results": A_RESOLVER},
    "project/show": {"project": "Claim.contactMissing is not a plain part of its row"},
    "shell": {"viewer": A_RESOLVER},
}


@pytest.mark.parametrize("name", [name for name, each in documents.items() if each.query])
def test_a_page_is_read_by_plan_but_for_what_is_listed_here(name: str) -> None:
    assert left_of(documents[name]) == LEFT.get(name, {})


def test_nothing_is_listed_that_is_no_page() -> None:
    assert LEFT.keys() <= {name for name, each in documents.items() if each.query}


def left_of(document: Document) -> dict[str, str]:
    assert document.query
    prepared = document.query.prepared
    operation = prepared.operation(document.query.name)
    plan = prepared.compiled(operation, graph.schema).plan({}, OFFICE, "sqlite")
    return dict(reason.split(": ", 1) for reason in plan.why)
