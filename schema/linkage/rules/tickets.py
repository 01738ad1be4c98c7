"""Article 3: a unit may claim first contact on a project that it cannot see."""

import hmac

from schema.city.rules import RuleBroken


def ticket(secret: bytes, project: int, organization: int | None) -> str:
    """What lets a unit whose report matched a project claim first contact on it, unseen."""
    said = f"{project}.{organization}"
    return f"{said}.{hmac.new(secret, said.encode(), 'sha256').hexdigest()}"


def read_ticket(said: str, secret: bytes, organization: int | None) -> int:
    """The project behind a ticket given to this unit. Raises `RuleBroken` for any other text."""
    project = said.partition(".")[0]
    known = project.isdecimal() and ticket(secret, int(project), organization)
    if not known or not hmac.compare_digest(known.encode(), said.encode()):
        raise RuleBroken("主张凭据无效，请重新查重后再办", "ticket", "INVALID")
    return int(project)
