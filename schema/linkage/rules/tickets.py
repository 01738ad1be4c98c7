"""Article 3: claiming first contact on a project that the unit cannot see."""

import hmac
from collections.abc import Iterable, Sequence

from schema.city.rules import RuleBroken


def ticket(secret: bytes, project: int, organization: int | None) -> str:
    """A signed text with which this unit may claim first contact on a hidden project.

    Given to a unit whose own report, with evidence, matched the project, and to no mere search:
    `PROJECT.UNIT.HMAC-SHA256`, both by id.
    """
    text = f"{project}.{organization}"
    return f"{text}.{hmac.new(secret, text.encode(), 'sha256').hexdigest()}"


def read_ticket(text: str, secret: bytes, organizations: Iterable[int | None]) -> int:
    """The id of the project of a ticket made for one of these units: those of its holder's posts.

    Raises `RuleBroken` (`INVALID`) at `ticket` for any other text.
    """
    project = text.partition(".")[0]
    made = [ticket(secret, int(project), each) for each in organizations if project.isdecimal()]
    if not any(hmac.compare_digest(each.encode(), text.encode()) for each in made):
        raise invalid_ticket()
    return int(project)


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
