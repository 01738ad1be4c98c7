"""Nothing is shown and then dropped: each field of a line says where it goes, and there it goes.

Lines are brought in that differ from a full one in one field; what stands in the tables of each is
compared with what stands there of the full one.
"""

import csv
from io import StringIO
from typing import Any

from schema import database
from schema.industry.tables import TargetCompany
from schema.intake import BATCH_ONLY, LISTS
from schema.ledger.rules import FIELDS
from schema.ledger.rules.columns import Field
from schema.ledger.tables import BatchRow
from schema.query.models import read_global_id
from tests.industry.scenes import GEARS, GROUP
from tests.ledger.ledgers import brought_in, ledger_city, on, sent
from tests.ledger.lists import company, previewed
from tests.linkage import company_lists
from tests.world import City, Said, uscc

__all__ = ["ledger_city"]
NOWHERE = (BATCH_ONLY, "只用于核对是否已有，不记录", "不记录")
"""What is said of a field that no table takes."""

FULL = {
    "approval_code": "2606-512002-04-01-123456",
    "investor_region": "广东省深圳市",
    "investor_tags": "上市公司",
    "contact_name": "张三",
    "contact_phone": "13800000000",
    "description": "建设柠檬深加工生产线",
    "industry_code": "C1373",
    "group": "先进制造",
    "is_leading_industry": "是",
    "cooperation_mode": "独资",
    "capital_origin": "内资",
    "agreed_investment": "10000",
    "agreed_out_of_province": "7000",
    "agreed_out_of_city": "1500",
    "agreed_in_city": "1000",
    "agreed_own": "500",
    "agreed_fixed_assets": "6000",
    "land_mu": "120.5",
    "first_contact_place": "雁江区",
    "first_contact_person": "李四",
    "first_talk_date": "2026-01-05",
    "landing_place": "高新区",
    "transfer_to": "高新区",
    "transfer_on": "2026-02-01",
    "transfer_state": "已流转",
    "owner": "王五",
    "responsible_unit": "安岳县",
    "linked_leader": "赵六",
    "stage": "已投产",
    "progress": "已经投产",
    "problems": "缺少用工",
    "next_step": "组织招工",
    "visit_level": "市级",
    "major": "是",
    "review_dates": "2026-02-10",
    "signed_on": "2026-03-05",
    "agreement_kind": "正式",
    "project_company": "资阳柠檬食品有限公司",
    "company_registered_on": "2026-03-20",
    "company_capital": "3000",
    "agreed_start": "2026-04-01",
    "agreed_completion": "2026-08-01",
    "agreed_operation": "2026-09-01",
    "actual_start": "2026-04-10",
    "actual_completion": "2026-08-10",
    "actual_operation": "2026-09-10",
    "paid_in_total": "5000",
    "paid_in_ytd": "2000",
    "on_track": "是",
    "advice": "加快投产",
    "remark": "以原件为准",
}
OTHERWISE: dict[str, dict[str, str]] = {
    "no": {"no": "2019-9999"},
    "serial": {"serial": "7"},
    "name": {"name": "另一个名称的柠檬产业园"},
    "investor_name": {"investor_name": "另一个名称的深圳柠檬有限公司"},
    "agreed_investment": {"agreed_investment": "20000"},
    "capital_origin": {"capital_origin": "外资"},
    "stage": {"stage": "已竣工"},
    "agreement_kind": {"agreement_kind": "框架"},
    "paid_in_total": {"paid_in_total": "6000"},
}
"""Fields that cannot be left out, or that would say the same by leaving them out: another value."""
TOGETHER: dict[str, dict[str, str]] = {
    "contact": {"contact": "张三 13800000000", "contact_name": "", "contact_phone": ""},
    "agreed_milestones": {"agreed_milestones": "开工2026-04-01；竣工2026-08-01；投产2026-09-01"}
    | dict.fromkeys(("agreed_start", "agreed_completion", "agreed_operation"), ""),
    "actual_milestones": {"actual_milestones": "开工2026-04-10；竣工2026-08-10；投产2026-09-10"}
    | dict.fromkeys(("actual_start", "actual_completion", "actual_operation"), ""),
}
"""Columns in which several fields stand together: they go where these go."""


def heading(field: Field) -> str:
    title = field.aliases[0] if field.group not in ("", "其中") else field.title
    return f"{title}（{field.unit}）" if field.unit else title


def ledger(lines: list[dict[str, str]]) -> bytes:
    out = StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(heading(field) for field in FIELDS.values())
    writer.writerows([line.get(name, "") for name in FIELDS] for line in lines)
    return out.getvalue().encode()


OF_PROJECT = {
    "claim": "project_id",
    "judgement": "project_id",
    "transfer": "project_id",
    "agreement": "project_id",
    "entry": "project_id",
    "milestone": "project_id",
}
OWN = (
    "id",
    "no",
    "search",
    "name_head",
    "name_tail",
    "personal_salt",
    "project_id",
    "investor_id",
    "entry_id",
)
"""Columns in which any two rows differ; texts that name the line are compared without its number."""


async def written(project: int) -> set[tuple[str, str, str]]:
    """What the tables hold of a project: table, column, value, of its investor and of all its rows."""
    found: set[tuple[str, str, str]] = set()
    rows = await database.fetch('SELECT * FROM "project" WHERE "id" = ?', [project])
    kept = {"project": rows}
    kept["company"] = await database.fetch(
        'SELECT * FROM "company" WHERE "id" = ?', [rows[0]["investor_id"]]
    )
    for table, column in OF_PROJECT.items():
        kept[table] = await database.fetch(
            f'SELECT * FROM "{table}" WHERE "{column}" = ?', [project]
        )
    for table, each in kept.items():
        for row in each:
            line = [f"{name}={value}" for name, value in row.items() if name not in OWN]
            found |= {(table, *part.split("=", 1)) for part in line}  # type: ignore[misc]
    return found


async def test_each_field_of_the_ledger_goes_where_it_says(ledger_city: City) -> None:
    city = ledger_city
    named = [name for name, field in FIELDS.items() if field.in_template]
    names = [*named, *TOGETHER]
    assert set(names) == set(FIELDS)

    def line(number: int, **given: str) -> dict[str, str]:
        own = {
            "name": f"柠檬产业园第{number:02}期",
            "investor_name": f"深圳第{number:02}柠檬有限公司",
            "uscc": uscc(300 + number),
        }
        return FULL | own | given

    lines = [line(0)]
    for at, name in enumerate(names, 1):
        lines.append(line(at, **(OTHERWISE | TOGETHER).get(name, {name: ""})))
    batch = (await city.done(city.office, "ledgerPreview", file=sent(ledger(lines))))["batch"]
    assert (batch["wrongCount"], batch["duplicateCount"]) == (0, 0)
    await brought_in(city, batch)
    rows = await BatchRow.filter(batch_id__gt=0).order_by("row_no")
    full = plain(await written(rows[0].project_id or 0), 0)  # type: ignore[attr-defined]
    for at, name in enumerate(names, 1):
        field = FIELDS[name]
        theirs = plain(await written(rows[at].project_id or 0), at)  # type: ignore[attr-defined]
        moved = bool(full ^ theirs)
        if name in TOGETHER:
            assert field.to and not moved, (name, full ^ theirs)
        else:
            assert moved == (field.to not in NOWHERE), (name, field.to, full ^ theirs)


def plain(found: set[tuple[str, str, str]], number: int) -> set[tuple[str, str, str]]:
    """Without what names the line itself."""
    own = {
        f"第{number:02}": "第N",
        f"第 {number + 2} 行": "第 N 行",
        uscc(300 + number): "CODE",
    }
    plainer = set()
    for table, column, value in found:
        for each, instead in own.items():
            value = value.replace(each, instead)
        plainer.add((table, column, value))
    return plainer


async def test_each_field_of_a_list_of_target_companies_goes_where_it_says(
    ledger_city: City,
) -> None:
    city = ledger_city
    await city.done(city.group, "chainNodeSet", group=GROUP, **GEARS)
    given: Said = {"node": GEARS["name"], "region": "珠三角", "place": "高新区", "why": "配套"}
    given |= {"owner": "吴钢", "next_on": "2026-11-20", "next_step": "寄资料"}
    others: dict[str, Any] = {"next_on": {"next_on": "2026-11-21"}, "name": {}}
    others["next_step"] = {"next_step": "上门"}
    group = {"group": "先进制造"}
    names = [each.name for each in LISTS["targets"].columns]
    lines = [company(0, **given, **group)]
    for at, name in enumerate(names, 1):
        lines.append(company(at, **given, **group) | others.get(name, {name: ""}))
    batch = await previewed(city, *lines)
    assert batch["readyCount"] == len(lines), batch
    await city.done(city.group, "listImport", **on(batch))
    rows = [dict(each) for each in await TargetCompany.all().order_by("id").values()]
    own = ("id", "no", "search", "name", "normal_name", "uscc")
    for at, name in enumerate(names, 1):
        columns = {key for key in rows[0] if rows[0][key] != rows[at][key]} - set(own)
        if name in ("name", "uscc"):  # they differ in every line
            assert (columns, rows[at][name]) == (set(), lines[at][name] if name == "name" else "")
        elif name == "group":  # a group's office lists for its own, whether it says so or not
            assert columns == set() and rows[at]["group_id"] == city.group.group
        else:
            assert columns and all(each.startswith(name) or "next" in each for each in columns), (
                name
            )


async def test_each_field_of_a_list_of_companies_goes_where_it_says(ledger_city: City) -> None:
    city = ledger_city
    full: Said = {"region": "资阳市", "legal_representative": "李柠", "controllers": "李柠"}
    full |= {"shareholders": "李柠", "share": "60%", **company_lists.SOURCE}
    otherwise = {"source": {"source": "公告"}, "as_of": {"as_of": "2026-11-14"}}
    otherwise["shareholders"] = {"shareholders": "王橙"}
    names = [each.name for each in LISTS["companies"].columns]
    named = [await company_lists.investor(city, at) for at in range(len(names) + 1)]
    lines = [company_lists.of(named[0], **full)]
    for at, name in enumerate(names, 1):
        given: Said = {} if name == "name" else otherwise.get(name, {name: ""})
        lines.append(company_lists.of(named[at], **full) | given)
    batch = await company_lists.previewed(city, *lines)
    assert batch["readyCount"] == len(lines), batch
    await city.done(city.office, "listImport", **on(batch))
    first = await recorded(named[0]["id"])
    for at, name in enumerate(names, 1):
        differing = {each[0] for each in first ^ await recorded(named[at]["id"])}
        goes = {"share": "share", "source": "source", "as_of": "as_of", "region": "region"}
        roles = {"legal_representative": "LEGAL_REPRESENTATIVE", "controllers": "CONTROLLER"}
        if name in ("name", "uscc"):  # by them the company is known, by either alone
            assert differing == set()
        elif name in goes:
            assert {each.split(".")[-1] for each in differing} == {goes[name]}, (name, differing)
        elif name in roles:
            assert all(each.startswith(roles[name]) for each in differing) and differing, name
        else:
            assert differing == {"SHAREHOLDER.name"}
    coded = await company_lists.investor(city, 50, uscc="", noCodeReason="代码待核")
    batch = await company_lists.previewed(city, {"name": coded["name"], "uscc": uscc(750)})
    await city.done(city.office, "listImport", **on(batch))
    kept = await database.fetch('SELECT "name" FROM "company" WHERE "uscc" = ?', [uscc(750)])
    assert [each["name"] for each in kept] == [coded["name"]]


async def recorded(company: str) -> set[tuple[str, str]]:
    """What the tables hold of a company, by role and column, without what names it."""
    key = read_global_id(company)
    assert key
    (row,) = await database.fetch('SELECT "region" FROM "company" WHERE "id" = ?', [key[1]])
    columns = ("name", "uscc", "share", "source", "as_of", "ended_on")
    held = await database.fetch('SELECT * FROM "company_holder" WHERE "company_id" = ?', [key[1]])
    found = {("region", str(row["region"]))}
    return found | {(f"{e['role']}.{name}", str(e[name])) for e in held for name in columns}
