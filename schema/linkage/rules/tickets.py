"""Article 3: claiming first contact on a project that the unit cannot see."""

import hmac
from collections.abc import Iterable, Sequence

from schema.city.rules import RuleBroken

SHORT = 16
"""How many digits of a file's SHA-256 stand in a ticket."""


def ticket(
    secret: bytes,
    project: int,
    organization: int | None,
    person: int | None,
    evidence: Iterable[str],
) -> str:
    """A signed text with which this person may claim first contact for this unit on a hidden project.

    Given for a report of one's own, with evidence, that matched the project, and for no mere search:
    `PROJECT.UNIT.PERSON.EVIDENCE.HMAC-SHA256`, the evidence by the hashes of its files, shortened.
    """
    files = "-".join(sorted({each[:SHORT] for each in evidence}))
    text = f"{project}.{organization}.{person}.{files}"
    return f"{text}.{hmac.new(secret, text.encode(), 'sha256').hexdigest()}"


def read_ticket(
    text: str, secret: bytes, organizations: Iterable[int | None], person: int | None
) -> tuple[int, frozenset[str]]:
    """The id of the project of a ticket made for this person in one of these units, those of their
    posts, and the shortened hashes of the evidence with which they reported.

    Raises `RuleBroken` (`INVALID`) at `ticket` for any other text.
    """
    project, _, rest = text.partition(".")
    reported = rest.split(".")[2] if rest.count(".") == 3 else ""
    files = frozenset(reported.split("-") if reported else ())
    made = [
        ticket(secret, int(project), each, person, files)
        for each in organizations
        if project.isdecimal() and files
    ]
    if not any(hmac.compare_digest(each.encode(), text.encode()) for each in made):
        raise invalid_ticket()
    return int(project), files


def check_reported_evidence(reported: Iterable[str], given: Iterable[str]) -> None:
    """A claim by ticket stands on the papers of the report for which the ticket was given, and maybe on
    more. Raises `RuleBroken` (INVALID) at `evidence`.
    """
    if not set(reported) <= {each[:SHORT] for each in given}:
        raise RuleBroken(
            "请附上报送时所附的全部佐证材料，可以另加；报送时没有附的不能代替",
            "evidence",
            "INVALID",
        )


def invalid_ticket() -> RuleBroken:
    """What a ticket answers that nobody was given, that another unit was given, or whose project
    cannot be claimed now: the same, since its holder does not see the project.
    """
    return RuleBroken("主张凭据无效，请重新查重后再办", "ticket", "INVALID")


def check_evidence(files: Sequence[object]) -> None:
    """A claim stands on papers: at least one. Raises `RuleBroken` (INVALID) at `evidence`."""
    if not files:
        raise RuleBroken(
            "请附首次接洽的佐证材料，例如会议纪要、往来函件、考察照片", "evidence", "INVALID"
        )
