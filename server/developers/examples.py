"""Examples of what each kind of token does: a document, its variables, and what it was answered.

`examples.json` keeps the answers. A test runs every example with a token of its kind, in this order, and
compares what is answered with what is kept.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

ANSWERS = Path(__file__).with_name("examples.json")


class Example(NamedTuple):
    """`access` is the kind of token, by its key in `ACCESS`; an act is sent with `key` as Idempotency-Key."""

    name: str
    access: str
    document: str
    variables: dict[str, Any]
    key: str = ""

    @property
    def answer(self) -> str:
        """What is answered, as JSON that people read."""
        return json.dumps(answers()[self.name], ensure_ascii=False, indent=2)

    @property
    def body(self) -> str:
        """What is sent: the document on one line, and the variables."""
        sent = {"query": " ".join(self.document.split()), "variables": self.variables}
        return json.dumps(sent if self.variables else {"query": sent["query"]}, ensure_ascii=False)


@cache
def answers() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ANSWERS.read_text(encoding="utf-8"))
    return found


REPORT = """\
mutation Report($input: ProjectReportInput!) {
  projectReport(input: $input) {
    project { no stage linkage { clock { label dueAt } } }
    userErrors { code message field }
  }
}"""
LEAD = {
    "name": "轨道交通转向架智能工厂",
    "investorName": "四川某轨道装备有限公司",
    "uscc": "91512000MA0000074Q",
    "amount": "12.5亿",
    "group": "advanced-manufacturing",
    "contactName": "张总",
    "contactPhone": "13900000001",
}

EXAMPLES = (
    Example("report", "agent", REPORT, {"input": LEAD}, key="8f1c2d40-lead-1"),
    Example(
        "report-wrong",
        "agent",
        REPORT,
        {"input": LEAD | {"amount": "待定", "contactPhone": "139"}},
        key="8f1c2d40-lead-2",
    ),
    Example(
        "stage",
        "agent",
        """\
query Stage($no: String!) {
  project(no: $no) {
    stage
    linkage {
      clock { label }
      returns { reason returnedAt }
      judgement { verdict firstContactPlace { name } judgedAt }
    }
    duties(first: 3) { nodes { label status unit { shortName contactPhone } } }
  }
}""",
        {"no": "2026-0001"},
    ),
    Example(
        "own-reports",
        "agent",
        """\
query Own($after: String) {
  projects(first: 100, after: $after, orderBy: { field: UPDATED_AT }) {
    totalCount
    nodes { no name stage updatedAt }
    pageInfo { hasNextPage endCursor }
  }
}""",
        {"after": None},
    ),
    Example(
        "rule",
        "partner",
        """\
query Rule($name: String!, $on: Date) {
  rule(name: $name, on: $on) { title value { text } effectiveOn clause status }
}""",
        {"name": "lead.assessment_deadline", "on": "2026-11-18"},
    ),
    Example(
        "places",
        "partner",
        "{ places { slug name kind } groups { slug name } ranking { month } }",
        {},
    ),
    Example(
        "signed",
        "scoped",
        """\
query Signed($since: Date, $after: String) {
  projects(first: 100, after: $after, filter: { signedOn: { since: $since } }) {
    totalCount
    nodes { no name stage amount investor { uscc name } landingPlace { name } signedOn }
    pageInfo { hasNextPage endCursor }
  }
}""",
        {"since": "2026-11-01", "after": None},
    ),
    Example(
        "messages",
        "expert",
        "{ messages(filter: { unanswered: true }) { nodes { id text notice { answerBy } } } }",
        {},
    ),
    Example(
        "answer",
        "expert",
        """\
mutation Answer($input: NoticeAnswerInput!) {
  noticeAnswer(input: $input) { message { answeredAt } userErrors { code message field } }
}""",
        {"input": {"message": "4D6573736167653A31", "text": "可以参加"}},
        key="8f1c2d40-answer-1",
    ),
    Example(
        "calendar", "public", "{ calendar(year: 2026) { year documentNo } viewer { name } }", {}
    ),
)


def examples_of(access: str) -> list[Example]:
    return [each for each in EXAMPLES if each.access == access]
