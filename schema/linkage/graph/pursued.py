"""A group that makes a lead of a company it goes after learns of another's as of any unseen lead."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from schema.context import Context
from schema.industry.graph.leads import ASKED_OF_UNSEEN
from schema.linkage.graph.notices import Subject, answer_unseen, sees_all
from schema.linkage.tables import InquiryRoad


@dataclass(frozen=True)
class Answer:
    known: bool
    used_up: bool


async def ask(
    context: Context, matches: Sequence[Subject], unit: int, asked_as: str, counted: bool
) -> Answer:
    """Whether one of these unseen leads may be told of; as every road, and with the same statements."""
    if sees_all(context, "target_company"):
        return Answer(known=False, used_up=False)
    answers = await answer_unseen(
        context,
        InquiryRoad.CONVERSION,
        [matches],
        organization=unit,
        count="each" if counted else "none",
        asked_as=sha256(asked_as.encode()).hexdigest(),
    )
    return Answer(answers.told[0] is not None, answers.withheld[0])


ASKED_OF_UNSEEN.append(ask)
