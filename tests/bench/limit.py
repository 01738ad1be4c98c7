"""The limit: what this machine can do at all for these documents. Hand-written SQL, a bare ASGI app.

No graph, no policy, no account, no prices: each path answers one workload with the text that one
statement has written. Whoever is near it has little left to gain.

    BENCH_DATABASE_URL=postgresql://… uvicorn tests.bench.limit:app
"""

import os
from datetime import datetime
from typing import Any

import asyncpg
import orjson

GROUP = "health-care"
STAGES = (
    *("REPORTED", "RETURNED", "JUDGED", "SIGNED", "REGISTERED", "STARTED", "COMPLETED"),
    *("OPERATING", "FULL_OUTPUT", "DECLINED", "WITHDRAWN", "MERGED", "TERMINATED", "CLEARED"),
)


def text(column: str) -> str:
    return f"to_json({column})::text"


def or_null(column: str, written: str) -> str:
    return f"CASE WHEN {column} IS NULL THEN 'null' ELSE {written} END"


def plain(column: str) -> str:
    """A value that needs no escaping, as an enum or a day."""
    return f"'\"' || {column} || '\"'"


def money(column: str) -> str:
    return f"""'"' || {column} / 100 || '.' || lpad(({column} % 100)::text, 2, '0') || '"'"""


def moment(column: str) -> str:
    form = '"\\""YYYY-MM-DD"T"HH24:MI:SS"+08:00\\""'
    return f"to_char({column} AT TIME ZONE 'Asia/Shanghai', '{form}')"


def joined(**members: str) -> str:
    """An object, as SQL for its text."""
    parts = [f"""'{"," if index else "{"}"{key}":' || {written}"""
             for index, (key, written) in enumerate(members.items())]  # fmt: skip
    return " || ".join(parts) + " || '}'"


def to_one(alias: str, **members: str) -> str:
    return or_null(f"{alias}.id", joined(**members))


SCALARS = {
    "no": plain("t.no"),
    "name": text("t.name"),
    "summary": text("t.summary"),
    "stage": plain("t.stage"),
    "amount": money("t.amount_fen"),
    "amountEstimated": "t.amount_estimated::text",
    "industryCode": text("t.industry_code"),
    "capitalOrigin": plain("t.capital_origin"),
    "signedFunds": money("t.signed_fen"),
    "reportedAt": moment("t.reported_at"),
}
TO_ONES = {
    "investor": to_one("c", name=text("c.name"), region=text("c.region")),
    "group": to_one("g", name=text("g.name"), shortName=text("g.short_name")),
    "firstContactPlace": to_one("f", name=text("f.name"), slug=text("f.slug")),
    "landingPlace": to_one("l", name=text("l.name"), slug=text("l.slug")),
}
JOINS = """
LEFT JOIN company c ON c.id = t.investor_id
LEFT JOIN industry_group g ON g.id = t.group_id
LEFT JOIN place f ON f.id = t.first_contact_place_id
LEFT JOIN place l ON l.id = t.landing_place_id
"""
ENTRY = joined(
    no=plain("e.no"),
    indicator=plain("e.indicator"),
    amount=money("e.amount_fen"),
    occurredOn=plain("e.occurred_on"),
)
MILESTONE = joined(stage=plain("m.stage"), reachedOn=plain("m.reached_on"))


def listed(written: str, source: str) -> str:
    """An ordered select of objects, as SQL for a list's text."""
    return f"""(SELECT '[' || COALESCE(string_agg(j, ','), '') || ']' FROM (
      SELECT {written} AS j FROM {source}) s)"""


def entries(first: int) -> str:
    return listed(ENTRY, f"entry e WHERE e.project_id = t.id ORDER BY e.id DESC LIMIT {first}")


MILESTONES = joined(
    milestones=listed(MILESTONE, "milestone m WHERE m.project_id = t.id ORDER BY m.id")
)
TOTAL = "(SELECT count(*) FROM entry e WHERE e.project_id = t.id)"


def page(where: str, size: int = 50) -> str:
    source = f"project t {JOINS} {where} ORDER BY t.reported_at DESC, t.id DESC LIMIT {size}"
    return f"SELECT {joined(projects=joined(nodes=listed(joined(**SCALARS, **TO_ONES), source)))}"


def figures(where: str) -> str:
    order = " ".join(f"WHEN '{stage}' THEN {index}" for index, stage in enumerate(STAGES))
    written = joined(stage=plain("stage"), count="n", amount=money("total"))
    return listed(
        written,
        f"(SELECT t.stage, count(*) AS n, sum(t.amount_fen)::bigint AS total FROM project t {where}"
        f" GROUP BY t.stage) f ORDER BY CASE stage {order} END",
    )


OF_GROUP = f"WHERE t.group_id = (SELECT id FROM industry_group WHERE slug = '{GROUP}')"
NESTED = joined(
    no=plain("t.no"),
    name=text("t.name"),
    entries=joined(totalCount=TOTAL, nodes=entries(5)),
    fulfilment=MILESTONES,
)
DETAIL = joined(
    **SCALARS,
    fixedAssets=or_null("t.fixed_assets_fen", money("t.fixed_assets_fen")),
    landMu=or_null("t.land_mu", text("t.land_mu")),
    contactName=text("t.contact_name"),
    contactPhone=text("t.contact_phone"),
    source=text("t.source"),
    needs=text("t.needs"),
    stageAt=moment("t.stage_at"),
    ownerName=text("t.owner_name"),
    signedOn=or_null("t.signed_on", plain("t.signed_on")),
    paidInFunds=money("t.paid_in_fen"),
    tax=money("t.tax_fen"),
    revision="t.revision",
    updatedAt=moment("t.updated_at"),
    **TO_ONES,
    fulfilment=MILESTONES,
    entries=joined(nodes=entries(10)),
)
STATEMENTS = {
    "W1": page(""),
    "W2": f"""SELECT {
        joined(
            projects=joined(
                nodes=listed(NESTED, "project t ORDER BY t.reported_at DESC, t.id DESC LIMIT 25")
            )
        )
    }""",
    "W3": f"SELECT {joined(project=DETAIL)} FROM project t {JOINS} WHERE t.no = $1",
    "W4": f"SELECT {joined(all=figures(''), group=figures(OF_GROUP))}",
    "W5": page("WHERE t.reported_at <= $1 AND (t.reported_at < $1 OR t.id < $2)"),
}


def given(workload: str, variables: dict[str, Any]) -> list[Any]:
    if workload == "W3":
        return [variables["no"]]
    if workload == "W5":
        at, _, key = variables["after"].partition("|")
        return [datetime.fromisoformat(at), int(key)]
    return []


async def leave_as_is(_connection: object) -> None:
    """Nothing here changes a session, so asyncpg's clean-up would clean nothing."""


POOL = 2 * (os.cpu_count() or 2) + 1  # as many as ours
BEFORE = b'{"data":'
# As many bytes as our server says about the price.
AFTER = (
    b',"extensions":{"cost":{"requested":1000,"limit":100000,"nodes":1000,"nodesLimit":10000,'
    b'"points":1}}}'
)
pool: asyncpg.Pool


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await lifespan(receive, send)
        return
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    workload = scope["path"][1:]
    variables = orjson.loads(body).get("variables") or {}
    found = await pool.fetchval(STATEMENTS[workload], *given(workload, variables))
    answer = BEFORE + found.encode() + AFTER
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(answer)).encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answer})


async def lifespan(receive: Any, send: Any) -> None:
    global pool
    await receive()
    pool = await asyncpg.create_pool(
        os.environ["BENCH_DATABASE_URL"], min_size=POOL, max_size=POOL, reset=leave_as_is
    )
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await pool.close()
    await send({"type": "lifespan.shutdown.complete"})
