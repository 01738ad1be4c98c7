"""Article 3: the order in which claims are proposed, in words, and what judging asks of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from schema.city.rules import CITY_TIME, RuleBroken


@dataclass(frozen=True)
class Contact:
    """A place's claim: when it was claimed, whether by a report, the self-declared day of contact,
    its number of files, and whether the office has found them good; None where it has not said.
    """

    place: int
    contact_on: date
    claimed_at: datetime
    by_report: bool = False
    evidence: int = 0
    good: bool | None = None

    @property
    def proven(self) -> bool:
        """Whether something beyond its own word speaks for it."""
        return self.by_report or self.good is True


@dataclass(frozen=True)
class Proposed:
    """A claim in its place of the order, and why it stands there. Only what is proven is proposed."""

    contact: Contact
    ground: str


def proposed_order(claims: Iterable[Contact]) -> list[Proposed]:
    """The claims in the order in which they are proposed.

    Reports that were accepted come first, by their time; then claims whose evidence the office has
    found good, by the day of contact. A day that is only self-declared puts nobody before another:
    what is left stands in the order in which it was claimed, and is not proposed. A suggestion only;
    the office decides, with a reason.
    """
    ordered = sorted(claims, key=standing_of)
    reports = [each for each in ordered if each.by_report]
    return [Proposed(each, ground_of(each, first=each in reports[:1])) for each in ordered]


def standing_of(claim: Contact) -> tuple[bool, bool, datetime | date, datetime, int]:
    """What a claim is ordered by."""
    good = claim.good is True
    if claim.by_report:
        return (False, False, claim.claimed_at, claim.claimed_at, claim.place)
    counts = claim.contact_on if good else date.min
    return (True, not good, counts, claim.claimed_at, claim.place)


def ground_of(claim: Contact, *, first: bool) -> str:
    """Why a claim stands where it does, in words."""
    if claim.by_report:
        reported = (
            f"{claim.claimed_at.astimezone(CITY_TIME):%Y-%m-%d} 上报{'在先' if first else ''}"
        )
        return (
            reported
            + {None: "", True: "，凭证经办公室认可", False: "，凭证经办公室认定不足"}[claim.good]
        )
    if claim.good:
        return f"凭证经办公室认可，{claim.contact_on} 接洽"
    if claim.good is False:
        return "凭证经办公室认定不足，不据以定序"
    return "凭证待办公室认定，暂不据以定序" if claim.evidence else "仅自报日期，不据以定序"


def first_proposed(order: list[Proposed]) -> Proposed | None:
    """The claim that is proposed for first contact; None where nothing but words speaks for any."""
    return order[0] if order and order[0].contact.proven else None


def joined(known: Contact, brought: Contact) -> tuple[bool, bool]:
    """Of two claims of one place, which a merger makes one: whether it takes the time of the `brought`
    one, and whether its evidence.

    A report counts before what is no report, the earlier before the later; evidence that was found
    good before what is not assessed, that before what was found wanting, and any before none.
    """
    earlier = (not brought.by_report, brought.claimed_at) < (not known.by_report, known.claimed_at)
    return earlier, evidence_of(brought) > evidence_of(known)


def evidence_of(claim: Contact) -> int:
    """How good the evidence of a claim is, to compare it with that of another claim."""
    if claim.good is not None:
        return 3 if claim.good else 1
    return 2 if claim.evidence else 0


def check_departure(chosen: str, proposed: str, ground: str, departure: str) -> None:
    """Whoever names another place (`chosen`) than the proposed one says why, and names that one.

    Both are names of places. Raises `RuleBroken` at `departure`.
    """
    if proposed not in departure:
        raise RuleBroken(
            f"按顺序建议的首谈地是{proposed}（{ground}），现选{chosen}；"
            f"请写明不按建议认定的理由，理由中须写出“{proposed}”",
            "departure",
            "RULE" if departure else "INVALID",
        )


def check_claimed(chosen: str, claimed: bool, without_claim: bool) -> None:
    """A place that has claimed nothing is named by whoever says so. Raises `RuleBroken`."""
    if not claimed and not without_claim:
        raise RuleBroken(
            f"{chosen}没有申报首谈，确定认定{chosen}为首谈地的，请勾选“该地未申报首谈，仍予认定”",
            "withoutClaim",
            "INVALID",
        )


def check_assessable(files: int, good: bool) -> None:
    """Only evidence that was given is found good. Raises `RuleBroken` at `assessment`."""
    if good and not files:
        raise RuleBroken("这件申报没有佐证材料，不能认定为凭证充分", "assessment")
