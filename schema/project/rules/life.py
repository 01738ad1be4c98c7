"""The life of a project: which act may be done at which stage, and where it leads."""

from collections.abc import Mapping
from enum import StrEnum
from itertools import pairwise

from schema.city.rules import RuleBroken


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


AFTER_SIGNING = REACHED[2:]

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
    "agreementSign": {S.JUDGED: S.SIGNED} | stay(*AFTER_SIGNING),
    "milestoneReach": dict(pairwise(AFTER_SIGNING)),
    "fundsRecord": stay(*AFTER_SIGNING),
    "taxRecord": stay(*AFTER_SIGNING),
    "fundsReverse": stay(*AFTER_SIGNING),
}
# The same acts when their answer is no.
REFUSED: Mapping[str, Mapping[Stage, Stage]] = {"projectJudge": {S.REPORTED: S.DECLINED}}


def open_acts(stage: Stage) -> list[str]:
    """The acts that a project at `stage` may undergo, in the order of the policy."""
    return [act for act, steps in LIFE.items() if stage in steps]


def advance(stage: Stage, act: str, *, refused: bool = False) -> Stage:
    """Where `act` leads from `stage`; `refused` when its answer is no (不予受理).

    Raises `RuleBroken` when the stage is not one for the act, and `KeyError` for an act without a
    row in LIFE.
    """
    check_open(stage, act)
    return (REFUSED if refused else LIFE)[act][stage]


def check_open(stage: Stage, act: str) -> None:
    """Raises `RuleBroken`, naming the stages it takes, when `act` is not open at `stage`."""
    if stage not in LIFE[act]:
        needed = "、".join(f"“{start.word}”" for start in LIFE[act])
        raise RuleBroken(
            f"项目现在是“{stage.word}”，不能办理此事项；它限{needed}阶段办理，请刷新后核对"
        )


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
