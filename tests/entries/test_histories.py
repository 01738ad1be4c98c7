"""Random histories of entries, against a calculator of the test's own: no fen differs anywhere."""

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from schema.entries.checking import posting_faults
from tests.entries.calculator import Calculator, Rule
from tests.entries.months import close
from tests.house.test_who_may import undone
from tests.world import City, Said, at

FEW, MANY = 2, 2000
STEPS = 14
SIGNED = date(2026, 8, 3)
MONTHS = ("2026-08", "2026-09", "2026-10", "2026-11", "2026-12", "2027-01", "2027-02")
RANKING = """query($month: Month, $asOf: DateTime) { ranking(month: $month, asOf: $asOf) { rows {
    place { slug } paidInFunds signedFunds tax waiting } } }"""
COUNTED = """query($filter: CreditFilter) { credits(first: 100, filter: $filter) {
    pageInfo { hasNextPage } nodes { indicator amount entry { no reverses { no } } } } }"""
FIELDS = {"PAID_IN_FUNDS": "paidInFunds", "SIGNED_FUNDS": "signedFunds", "TAX": "tax"}


def fen(yuan: str) -> int:
    return int(yuan.replace(".", ""))


def yuan(amount: int) -> str:
    return f"{amount // 100}.{amount % 100:02d}"


def key_of(month: str) -> tuple[int, int]:
    return int(month[:4]), int(month[5:])


def last_day(month: tuple[int, int]) -> date:
    year, number = month
    return date(year + number // 12, number % 12 + 1, 1) - timedelta(days=1)


class History:
    """One project's life by chance, given to the city and to the calculator alike."""

    def __init__(self, city: City, chance: Random) -> None:
        self.city, self.chance = city, chance
        first, landing = chance.choice(
            (("yanjiang", "hightech"), ("lezhi", "airport"), ("anyue", "anyue"))
        )
        self.landing, self.mine = landing, Calculator(first, landing)
        self.project: Said = {}
        self.seen: list[tuple[str, str, Any]] = []
        self.latest = SIGNED

    async def begin(self) -> None:
        self.city.now = at("2026-08-03 10:00")
        amount = self.chance.randrange(10**9, 10**11)
        self.project = await self.city.signed(
            self.mine.first, self.landing, yuan(amount), contactOn="2026-07-20"
        )
        self.mine.claim("signed", "SIGNED_FUNDS", amount, "2026-08-03")
        self.mine.verify("signed")
        self.city.now = at("2026-11-18 10:00")

    async def step(self) -> None:
        self.city.now += timedelta(hours=1)
        known = list(self.mine.entries)
        claimed = [no for no in known if self.mine.entries[no].state == "CLAIMED"]
        back = [no for no in known if self.mine.entries[no].state == "RETURNED"]
        live = [no for no in known if self.mine.entries[no].state != "REVERSED" and no != "signed"]
        draw = self.chance.random()
        if draw < 0.32 or not live:
            await self.record()
        elif draw < 0.52 and claimed:
            await self.look(self.chance.choice(claimed), verified=self.chance.random() < 0.75)
        elif draw < 0.62 and back:
            await self.again(self.chance.choice(back))
        elif draw < 0.76:
            await self.reverse(self.chance.choice(live))
        elif draw < 0.81:
            await self.rule()
        elif draw < 0.89:
            await self.counts()
        else:
            await self.close()
        if self.chance.random() < 0.2:
            await self.look_back()

    def amount(self) -> int:
        return self.chance.choice((1, 3, 5, 7, 10_005, self.chance.randrange(1, 10**9)))

    def day(self) -> str:
        """A day since the signing: of what is posted already, or up to a month after it."""
        last = min(self.latest + timedelta(days=30), self.city.now.date())
        found = SIGNED + timedelta(days=self.chance.randrange((last - SIGNED).days + 1))
        self.latest = max(self.latest, found)
        return found.isoformat()

    async def record(self) -> None:
        amount, day = self.amount(), self.day()
        indicator = self.chance.choice(("PAID_IN_FUNDS", "PAID_IN_FUNDS", "TAX"))
        record = self.city.tax if indicator == "TAX" else self.city.pay
        answer = await record(self.project, yuan(amount), self.landing, occurredOn=day)
        self.project = answer["project"]
        self.mine.claim(answer["entry"]["no"], indicator, amount, day)

    async def entry(self, no: str) -> Said:
        asked = "query($no: String!) { entry(no: $no) { no revision indicator } }"
        found: Said = (await self.city.run(self.city.office, asked, no=no))["entry"]
        return found

    async def look(self, no: str, *, verified: bool) -> None:
        given = {"verified": verified, "reason": "" if verified else "凭证不清"}
        answer = await self.city.verified({"entry": await self.entry(no)}, **given)
        self.project = answer["project"]
        (self.mine.verify if verified else self.mine.give_back)(no)

    async def again(self, no: str) -> None:
        known, amount, day = self.mine.entries[no], self.amount(), self.day()
        given = {"amount": yuan(amount), "occurredOn": day, "note": "更正"}
        entry = await self.entry(no)
        answer = await self.city.done(
            self.city[self.landing],
            "entryResubmit",
            entry=no,
            revision=entry["revision"],
            **given,
        )
        self.project = answer["project"]
        self.mine.claim(no, known.indicator, amount, day)

    async def reverse(self, no: str) -> None:
        answer = await self.city.done(
            self.city[self.landing],
            "fundsReverse",
            entry=no,
            revision=self.project["revision"],
            reason="记错",
        )
        self.project = answer["project"]
        self.mine.reverse(no)

    async def rule(self) -> None:
        """A share from a day after all that is posted; that of funds may leave paid-in ones out.

        One that reaches back behind what is posted or closed is refused and changes nothing.
        """
        funds = self.chance.choice((["SIGNED_FUNDS", "PAID_IN_FUNDS"], ["SIGNED_FUNDS"]))
        name, listed, known = self.chance.choice(
            (
                ("transfer.tax_share", ["TAX"], self.mine.tax),
                ("transfer.indicator_share", funds, self.mine.funds),
            )
        )
        first, whole = self.chance.choice(((2, 10), (1, 3), (5, 10), (0, 7)))
        share = {"firstParts": str(first), "landingParts": str(whole - first), "choices": listed}
        if self.chance.random() < 0.2:
            days = [self.latest, *(last_day(month) for month in self.mine.closed)]
            behind = self.chance.choice(days)
            back = {"name": name, "effectiveOn": behind.isoformat(), "clause": "试行"}
            given = back | share | {"documentNo": "资经合〔2026〕5号"}
            refused = await self.city.act(self.city.office, "ruleSet", **given)
            assert [each["field"] for each in refused["userErrors"]] == ["effectiveOn"]
        settled = max([self.latest, *(last_day(month) for month in self.mine.closed)])
        begins = (settled + timedelta(days=self.chance.randrange(1, 9))).isoformat()
        await self.city.set_rule(name, begins, **share)
        known.append(Rule(begins, first, whole, tuple(listed)))

    async def counts(self) -> None:
        """Another basis counts from a day on; one that begins in a closed month is refused."""
        latest = self.mine.chosen[-1][1] if self.mine.chosen else "VERIFIED"
        chosen = "VERIFIED" if latest == "CLAIMED" else "CLAIMED"
        today = self.city.now.date()
        begins = today + timedelta(days=self.chance.choice((0, 3, 13, 20, 40)))
        name, given = "verification.counts", {"choices": [chosen]}
        if (begins.year, begins.month) in self.mine.closed:
            document = {"clause": "试行", "documentNo": "资经合〔2026〕5号"}
            back = {"name": name, "effectiveOn": begins.isoformat()} | document | given
            refused = await self.city.act(self.city.office, "ruleSet", **back)
            assert [each["field"] for each in refused["userErrors"]] == ["effectiveOn"]
            return
        await self.city.set_rule(name, begins.isoformat(), **given)
        self.mine.chosen.append((begins.isoformat(), chosen))

    async def close(self) -> None:
        """The earliest months that are open are closed, and now and then the clock runs on a good deal."""
        still_open = [each for each in MONTHS[:4] if key_of(each) not in self.mine.closed]
        for month in still_open[: self.chance.randrange(1, 5)]:
            await close(month, self.city.now)
            self.mine.closed.add(key_of(month))
        if self.chance.random() < 0.6:
            self.city.now += timedelta(days=self.chance.choice((3, 13)))

    async def look_back(self) -> None:
        """What a month says now is what it says of now for ever."""
        month = self.chance.choice(MONTHS)
        moment = f"{self.city.now.isoformat()}"
        self.seen.append((month, moment, await self.rows(month, moment)))

    async def rows(self, month: str, moment: str | None = None) -> Any:
        given = {"month": month, "asOf": moment}
        return (await self.city.run(self.city.leader, RANKING, **given))["ranking"]["rows"]

    async def counted(self) -> dict[str, int]:
        """What counts of each entry in all months and places together, what reverses it included."""
        given = {"filter": {"project": {"no": [self.project["no"]]}}}
        page = (await self.city.run(self.city.office, COUNTED, **given))["credits"]
        assert not page["pageInfo"]["hasNextPage"]
        found: dict[str, int] = {}
        for each in page["nodes"]:
            entry = each["entry"]
            no = entry["reverses"]["no"] if entry["reverses"] else entry["no"]
            no = "signed" if each["indicator"] == "SIGNED_FUNDS" else no
            found[no] = found.get(no, 0) + fen(each["amount"])
        return found

    async def differences(self) -> list[str]:
        found = []
        for month in MONTHS:
            key = key_of(month)
            for row in await self.rows(month):
                place = row["place"]["slug"]
                for indicator, name in FIELDS.items():
                    right = self.mine.counted(indicator, key, place)
                    if fen(row[name]) != right:
                        found.append(f"{month} {place} {name}: {row[name]}, not {right} fen")
                right = self.mine.waiting("PAID_IN_FUNDS", key, place)
                if fen(row["waiting"]) != right:
                    found.append(f"{month} {place} waiting: {row['waiting']}, not {right} fen")
        counted = await self.counted()
        for no, right in self.mine.by_claim().items():
            if counted.get(no, 0) != right:
                found.append(f"{no} counts {counted.get(no, 0)} in all months, not {right} fen")
        for month, moment, rows in self.seen:
            if await self.rows(month, moment) != rows:
                found.append(f"{month} as of {moment} was another one")
        for indicator, name in FIELDS.items():
            asked = f'{{ project(no: "{self.project["no"]}") {{ {name} }} }}'
            total = (await self.city.run(self.city.office, asked))["project"][name]
            if fen(total) != self.mine.total(indicator):
                found.append(f"{name} {total}, not {self.mine.total(indicator)} fen")
        return found + await posting_faults()


async def differences(city: City, seed: int) -> list[str]:
    history = History(city, Random(f"entries {seed}"))
    await history.begin()
    for _ in range(STEPS):
        await history.step()
    return await history.differences()


async def test_histories_are_posted_as_the_calculator_says(city: City) -> None:
    await compared(city, range(FEW))


@pytest.mark.soak
async def test_thousands_of_histories_are_posted_as_the_calculator_says(city: City) -> None:
    await compared(city, range(FEW, FEW + MANY))


async def compared(city: City, seeds: range) -> None:
    wrong = {}
    for seed in seeds:
        async with undone():
            if found := await differences(city, seed):
                wrong[seed] = found
    assert wrong == {}, f"{len(wrong)} of {len(seeds)} histories differ"
