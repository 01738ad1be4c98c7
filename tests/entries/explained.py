"""Figures recomputed from their explanations alone, as anyone can who reads them."""

import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.entries.calculator import half_up
from tests.world import City, Said

WHY = """clause { article title } rules { id name version status value { text } clause }
    formula inputs { key name value source }
    lines { label rule { id } firstContactPlace { name } landingPlace { name } count whole amount }"""
CREDITS = f"""query($after: String, $basis: [Basis!]) {{
    credits(first: 25, after: $after, filter: {{ basis: $basis }}) {{
        pageInfo {{ hasNextPage endCursor }}
        nodes {{ id role amount whole basis countsIn knownAt explanation {{ {WHY} }} }} }} }}"""
SHARES = f"""query($after: String) {{ projects(first: 20, after: $after,
    filter: {{ stage: [SIGNED, REGISTERED, STARTED, COMPLETED, OPERATING, FULL_OUTPUT] }}) {{
        pageInfo {{ hasNextPage endCursor }}
        nodes {{ no linkage {{ shares {{ total firstContact landing verifiedTotal
            verifiedFirstContact verifiedLanding explanation {{ {WHY} }} }} }} }} }} }}"""
RANKING = f"""query($month: Month) {{ ranking(month: $month) {{ total basis rows {{
    rank share paidInFunds signedFunds tax
    PAID_IN_FUNDS: explanation(indicator: PAID_IN_FUNDS) {{ {WHY} }}
    SIGNED_FUNDS: explanation(indicator: SIGNED_FUNDS) {{ {WHY} }}
    TAX: explanation(indicator: TAX) {{ {WHY} }} }} }} }}"""
POLICY = "第三条"


def fen(yuan: str) -> int:
    return int(Decimal(yuan) * 100)


def inputs(explanation: Said) -> dict[str, Any]:
    """Inputs by key, amounts of 万元 in fen."""
    found: dict[str, Any] = {}
    for each in explanation["inputs"]:
        amount = re.fullmatch(r"(-?[\d,.]+) 万元", each["value"])
        found[each["key"]] = (
            int(Decimal(amount[1].replace(",", "")).scaleb(6)) if amount else each["value"]
        )
    return found


def credited(credit: Said) -> int:
    """The amount of a credit, from its explanation, in fen."""
    known = inputs(credit["explanation"])
    if "undone" in known:
        return -int(known["undone"])
    if "ratio" not in known:
        return int(known["entry"])
    first, landing = map(int, known["ratio"].split("∶"))
    of_first = half_up(Fraction(known["after"] * first, first + landing)) - known["first_before"]
    assert known["before"] + known["entry"] == known["after"]
    return of_first if credit["role"] == "FIRST_CONTACT" else known["entry"] - of_first


async def all_of(city: City, document: str, name: str, **given: Any) -> list[Said]:
    found: list[Said] = []
    after = None
    while True:
        page = (await city.served(city.office, document, {"after": after, **given}))[0][name]
        found += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return found
        after = page["pageInfo"]["endCursor"]


async def recomputed(city: City, months: list[str]) -> dict[str, int]:
    """How many figures were recomputed, by kind. Raises AssertionError where one is another."""
    count = {"credits": 0, "shares": 0, "standings": 0}
    for credit in await all_of(city, CREDITS, "credits", basis=["CLAIMED", "VERIFIED"]):
        assert credited(credit) == fen(credit["amount"]), credit
        assert inputs(credit["explanation"])["entry"] == fen(credit["whole"]), credit
        sound(credit["explanation"])
        count["credits"] += 1
    for project in await all_of(city, SHARES, "projects"):
        for share in project["linkage"]["shares"]:
            check_share(share)
            count["shares"] += 1
    for month in months:
        count["standings"] += await check_ranking(city, month)
    return count


def check_share(share: Said) -> None:
    explanation = share["explanation"]
    sound(explanation)
    for word, names in (
        ("填报", ("total", "firstContact", "landing")),
        ("核实", ("verifiedTotal", "verifiedFirstContact", "verifiedLanding")),
    ):
        lines = [each for each in explanation["lines"] if each["label"].startswith(word)]
        whole = sum(fen(each["whole"]) for each in lines)
        shared = "ratio" in inputs(explanation)
        first = sum(fen(each["amount"]) for each in lines) if shared else 0
        assert [whole, first, whole - first] == [fen(share[name]) for name in names], share


async def check_ranking(city: City, month: str) -> int:
    ranking = (await city.served(city.leader, RANKING, {"month": month}))[0]["ranking"]
    sums = []
    for row in ranking["rows"]:
        for indicator, name in (
            ("PAID_IN_FUNDS", "paidInFunds"),
            ("SIGNED_FUNDS", "signedFunds"),
            ("TAX", "tax"),
        ):
            lines = row[indicator]["lines"]
            assert sum(fen(each["amount"]) for each in lines) == fen(row[name]), row
            assert inputs(row[indicator])["total"] == fen(row[name])
            sound(row[indicator], of_the_contest=True)
        sums.append(fen(row["paidInFunds"]))
    assert sum(sums) == fen(ranking["total"])
    for row, mine in zip(ranking["rows"], sums, strict=True):
        assert row["rank"] == 1 + sum(other > mine for other in sums)
        if sum(sums) > 0:
            assert fen(row["share"]) == half_up(Fraction(mine * 10_000, sum(sums)))
    return len(sums)


def sound(explanation: Said, *, of_the_contest: bool = False) -> None:
    """Rules with id, version and status; and the policy is named only for what it says."""
    for rule in explanation["rules"]:
        assert rule["version"].endswith(f"#{rule['id']}") and rule["status"]
        assert rule["value"]["text"]
    clause = explanation["clause"]
    if clause and not of_the_contest:
        assert clause["article"] == POLICY and explanation["rules"][0]["status"] == "SEED"
