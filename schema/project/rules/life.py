"""The life of a project: which act may be done at which stage, and where it leads."""

from collections.abc import Mapping
from enum import StrEnum
from itertools import pairwise

from schema.city.rules import Life


class Stage(StrEnum):
    """The stage of a project; `word` is its name on pages."""

    REPORTED = "REPORTED"
    RETURNED = "RETURNED"
    JUDGED = "JUDGED"
    SIGNED = "SIGNED"
    REGISTERED = "REGISTERED"
    STARTED = "STARTED"
    COMPLETED = "COMPLETED"
    OPERATING = "OPERATING"
    FULL_OUTPUT = "FULL_OUTPUT"
    DECLINED = "DECLINED"
    WITHDRAWN = "WITHDRAWN"
    MERGED = "MERGED"
    TERMINATED = "TERMINATED"
    CLEARED = "CLEARED"

    @property
    def word(self) -> str:
        return WORDS[self]


S = Stage
WORDS: Mapping[Stage, str] = {
    S.REPORTED: "待研判",
    S.RETURNED: "待补正",
    S.JUDGED: "在谈",
    S.SIGNED: "已签约",
    S.REGISTERED: "已注册",
    S.STARTED: "已开工",
    S.COMPLETED: "已竣工",
    S.OPERATING: "已投产",
    S.FULL_OUTPUT: "已达产",
    S.DECLINED: "不予受理",
    S.WITHDRAWN: "已撤回",
    S.MERGED: "已并入",
    S.TERMINATED: "终止",
    S.CLEARED: "已清退",
}
ENDS = frozenset({S.DECLINED, S.WITHDRAWN, S.MERGED, S.TERMINATED, S.CLEARED})

STEPS = ("报送", "研判", "签约", "注册", "开工", "竣工", "投产", "达产")
REACHED = (
    S.REPORTED,
    S.JUDGED,
    S.SIGNED,
    S.REGISTERED,
    S.STARTED,
    S.COMPLETED,
    S.OPERATING,
    S.FULL_OUTPUT,
)


def stay(*stages: Stage) -> dict[Stage, Stage]:
    """The row of an act that changes no stage, for these stages."""
    return {stage: stage for stage in stages}


SIGNED_ON = REACHED[2:]
"""Signed, and everything that comes after it on the way to full output."""

# ---- LIFE: act → stage it may start from → stage it leads to
BEGINNING = ("projectReport", S.REPORTED)
LIFE: Mapping[str, Mapping[Stage, Stage]] = {
    "projectJudge": {S.REPORTED: S.JUDGED},
    "projectReturn": {S.REPORTED: S.RETURNED},
    "projectResubmit": {S.RETURNED: S.REPORTED},
    "projectWithdraw": {S.REPORTED: S.WITHDRAWN, S.RETURNED: S.WITHDRAWN},
    "projectMerge": {S.REPORTED: S.MERGED, S.RETURNED: S.MERGED, S.JUDGED: S.MERGED},
    "projectClaim": stay(S.REPORTED, S.RETURNED),
    "projectDispute": stay(S.REPORTED, S.JUDGED),
    "disputeDecide": stay(S.REPORTED, S.JUDGED),
    "projectTransferRequest": stay(S.JUDGED),
    "projectTransferDecide": stay(S.JUDGED),
    "projectTakeUp": stay(S.JUDGED),
    "agreementSign": {S.JUDGED: S.SIGNED} | stay(*SIGNED_ON),
    "milestoneReach": dict(pairwise(SIGNED_ON)),
    "fundsRecord": stay(*SIGNED_ON),
    "taxRecord": stay(*SIGNED_ON),
    "fundsReverse": stay(*SIGNED_ON),
}
# The same acts when their answer is no.
REFUSED: Mapping[str, Mapping[Stage, Stage]] = {"projectJudge": {S.REPORTED: S.DECLINED}}


PROJECT_LIFE: Life[Stage] = Life("项目", LIFE, WORDS, REFUSED, since="stage_at")
advance, check_open, open_acts = (
    PROJECT_LIFE.advance,
    PROJECT_LIFE.check_open,
    PROJECT_LIFE.open_acts,
)

# ---- EXCLUDES: what is under way on a project → the acts that wait for its end, whoever does them
EXCLUDES: Mapping[str, frozenset[str]] = {
    "Dispute": frozenset(
        {
            "projectTransferRequest",
            "projectTransferDecide",
            "projectTakeUp",
            "agreementSign",
        }
    ),
    "Transfer": frozenset({"projectTransferRequest", "projectMerge", "agreementSign"}),
}


def step(stage: Stage) -> int | None:
    """How far along the eight STEPS a project has come, from 0; None at an end.

    A report under judgement or returned for completion has taken step 0, 报送.
    """
    if stage in ENDS:
        return None
    return REACHED.index(S.REPORTED if stage is S.RETURNED else stage)


def diagram() -> str:
    """LIFE as the README's Mermaid state diagram, of the acts that move a project."""
    moves: dict[tuple[Stage, Stage], list[str]] = {}
    for table in (LIFE, REFUSED):
        for act, steps in table.items():
            for start, end in steps.items():
                if start is not end:
                    moves.setdefault((start, end), []).append(act)
    met = dict.fromkeys(stage for move in moves for stage in move)
    lines = ["stateDiagram-v2"]
    lines += [f"    {stage}: {stage.word}" for stage in Stage if stage in met]
    lines += [f"    [*] --> {BEGINNING[1]}: {BEGINNING[0]}"]
    lines += [f"    {start} --> {end}: {'、'.join(acts)}" for (start, end), acts in moves.items()]
    lines += [f"    {stage} --> [*]" for stage in met if stage in ENDS]
    return "\n".join(lines) + "\n"
