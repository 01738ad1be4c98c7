"""The life of a project: which act may be done at which stage, and where it leads."""

from collections.abc import Mapping
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

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


class Phase(StrEnum):
    """Under judgement, in talks, signed, ended, void: where in its life a stage stands.

    A void report stands for no project: it was taken back, or is part of another one.
    """

    JUDGEMENT = "JUDGEMENT"
    TALKS = "TALKS"
    SIGNED = "SIGNED"
    ENDED = "ENDED"
    VOID = "VOID"


class StageInfo(NamedTuple):
    """A stage's name on pages, its phase, and the step that has been taken with it, if one is."""

    word: str
    phase: Phase
    step: str | None = None


S, P = Stage, Phase
# ---- STAGES: every stage, once, in the order of the road. All lists of stages come from here.
STAGES: Mapping[Stage, StageInfo] = {
    S.REPORTED: StageInfo("待研判", P.JUDGEMENT, "报送"),
    S.RETURNED: StageInfo("待补正", P.JUDGEMENT, "报送"),
    S.JUDGED: StageInfo("在谈", P.TALKS, "研判"),
    S.SIGNED: StageInfo("已签约", P.SIGNED, "签约"),
    S.REGISTERED: StageInfo("已注册", P.SIGNED, "注册"),
    S.STARTED: StageInfo("已开工", P.SIGNED, "开工"),
    S.COMPLETED: StageInfo("已竣工", P.SIGNED, "竣工"),
    S.OPERATING: StageInfo("已投产", P.SIGNED, "投产"),
    S.FULL_OUTPUT: StageInfo("已达产", P.SIGNED, "达产"),
    S.DECLINED: StageInfo("不予受理", P.ENDED),
    S.WITHDRAWN: StageInfo("已撤回", P.VOID),
    S.MERGED: StageInfo("已并入", P.VOID),
    S.TERMINATED: StageInfo("终止", P.ENDED),
    S.CLEARED: StageInfo("已清退", P.ENDED),
}


def in_phase(*phases: Phase) -> tuple[Stage, ...]:
    """The stages of these phases, in the order of the road."""
    return tuple(stage for stage, info in STAGES.items() if info.phase in phases)


WORDS: Mapping[Stage, str] = {stage: info.word for stage, info in STAGES.items()}
STEPS = tuple(dict.fromkeys(info.step for info in STAGES.values() if info.step))
UNDER_JUDGEMENT = in_phase(P.JUDGEMENT)
LANES: tuple[tuple[Stage, ...], ...] = (
    UNDER_JUDGEMENT,
    *((stage,) for stage in in_phase(P.TALKS, P.SIGNED)),
)
"""The lanes of a board, in the order of the road: under judgement in one, then stage by stage."""
SIGNED_ON = in_phase(P.SIGNED)
"""Signed, and everything that comes after it on the way to full output."""
VOID = in_phase(P.VOID)
ENDS = in_phase(P.ENDED, P.VOID)
OPEN = in_phase(P.JUDGEMENT, P.TALKS, P.SIGNED)
IN_PRODUCTION = SIGNED_ON[SIGNED_ON.index(S.OPERATING) :]
ON_THE_WAY = tuple(stage for stage in OPEN if stage not in IN_PRODUCTION)
"""Reported, in talks or being built: open, and not yet in production."""
UNJUDGED = (*UNDER_JUDGEMENT, *VOID)
"""The stages at which a project may stand without a judgement."""

PARTIES = (
    "stage",
    "investor_id",
    "first_contact_place_id",
    "landing_place_id",
    "merged_into_id",
    "signed_on",
)
"""What of a project an act rests on that adds to it: where it stands, and between whom."""


def stay(*stages: Stage) -> dict[Stage, Stage]:
    """The row of an act that changes no stage, for these stages."""
    return {stage: stage for stage in stages}


# ---- LIFE: act → stage it may start from → stage it leads to
BEGINNING = ("projectReport", S.REPORTED)
LIFE: Mapping[str, Mapping[Stage, Stage]] = {
    "projectJudge": {S.REPORTED: S.JUDGED},
    "projectReturn": {S.REPORTED: S.RETURNED},
    "projectResubmit": {S.RETURNED: S.REPORTED},
    "projectWithdraw": {S.REPORTED: S.WITHDRAWN, S.RETURNED: S.WITHDRAWN},
    "projectMerge": {S.REPORTED: S.MERGED, S.RETURNED: S.MERGED, S.JUDGED: S.MERGED},
    "projectClaim": stay(S.REPORTED, S.RETURNED),
    "claimAssess": stay(S.REPORTED, S.RETURNED),
    "projectAmend": stay(S.REPORTED, S.RETURNED),
    "projectOpine": stay(S.REPORTED),
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

AWAITS_JUDGEMENT = tuple(LIFE["projectJudge"])
AWAITS_RESUBMISSION = tuple(LIFE["projectResubmit"])
DISPUTABLE = tuple(LIFE["disputeDecide"])


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
    """How far along STEPS a project has come, from 0; None at an end.

    A report under judgement or returned for completion has taken step 0, 报送.
    """
    taken = STAGES[stage].step
    return None if taken is None else STEPS.index(taken)


def ways_on(stage: Stage) -> list[tuple[str, Stage]]:
    """The acts that lead from a stage to another one of the road, each with where it leads.

    >>> ways_on(Stage.JUDGED)
    [('agreementSign', <Stage.SIGNED: 'SIGNED'>)]
    """
    steps = ((act, moves.get(stage, stage)) for act, moves in LIFE.items())
    return [(act, end) for act, end in steps if end is not stage and end in OPEN]


ONWARD = tuple(act for act in LIFE if any(act in dict(ways_on(stage)) for stage in Stage))
"""The acts that lead to another stage of the road from any."""


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
