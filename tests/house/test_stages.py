"""The sets of stages are named once, in the life of a project; every list is made of them."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from schema.linkage.tables import TRANSFER_UNDER_WAY, TransferState
from schema.project.rules import (
    AWAITS_JUDGEMENT,
    AWAITS_RESUBMISSION,
    DISPUTABLE,
    ENDS,
    LANES,
    LIFE,
    OPEN,
    REFUSED,
    SIGNED_ON,
    STEPS,
    UNDER_JUDGEMENT,
    UNJUDGED,
    VOID,
    Stage,
    step,
)
from schema.project.rules.life import STAGES, Phase, in_phase
from server.demo.lives import MILESTONES
from server.web.filters import lane_name

ROOT = Path(__file__).parents[2]
NAMES = frozenset(Stage)
QUOTED = re.compile(r"['\"](" + "|".join(NAMES) + r")['\"]")
BARE = re.compile(r"\b(" + "|".join(NAMES) + r")\b")
FIGURES = (
    "what stands beside each stage cannot come from a set; a test below compares it with the life"
)
EXEMPT = {
    "schema/project/rules/life.py": "the life itself",
    "schema/ledger/rules/mapping.py": "the ledger's three columns of days; a stage may have none",
    "server/demo/lives.py": FIGURES,
    "templates/project/board.html": FIGURES,
    "templates/project/board.graphql": FIGURES,
    "templates/style/guide.html": "sample data",
}


# ---- the sets


def test_every_stage_stands_in_exactly_one_phase() -> None:
    assert list(STAGES) == list(Stage)
    placed = [stage for phase in Phase for stage in in_phase(phase)]
    assert sorted(placed) == sorted(Stage)


def test_a_stage_is_open_or_an_end() -> None:
    assert sorted((*OPEN, *ENDS)) == sorted(Stage)
    assert set(VOID) < set(ENDS)
    assert [stage for stage in Stage if step(stage) is None] == list(ENDS)
    assert {step(stage) for stage in OPEN} == set(range(len(STEPS)))


def test_whoever_is_under_judgement_waits_for_the_office_or_for_the_reporter() -> None:
    assert sorted((*AWAITS_JUDGEMENT, *AWAITS_RESUBMISSION)) == sorted(UNDER_JUDGEMENT)
    assert set(UNJUDGED) == {*UNDER_JUDGEMENT, *VOID}
    assert set(DISPUTABLE) <= set(OPEN)


def test_the_signed_stages_are_those_that_milestones_lead_through() -> None:
    assert list(pairwise(SIGNED_ON)) == list(LIFE["milestoneReach"].items())


def test_something_can_be_done_at_every_open_stage_and_nothing_at_an_end() -> None:
    starts = {start for table in (LIFE, REFUSED) for steps in table.values() for start in steps}
    assert starts == set(OPEN)


# ---- who names stages


@pytest.mark.parametrize("folder", ["schema", "server"])
def test_no_module_but_the_life_spells_a_list_of_stages(folder: str) -> None:
    found = {
        str(path.relative_to(ROOT)): sorted(names)
        for path in sorted((ROOT / folder).rglob("*.py"))
        for names in lists_of_stages(ast.parse(path.read_text()))
    }
    assert {path: names for path, names in found.items() if path not in EXEMPT} == {}


def test_no_template_names_several_stages() -> None:
    found = {}
    for path in sorted((ROOT / "templates").rglob("*")):
        pattern = {".html": QUOTED, ".graphql": BARE}.get(path.suffix)
        if pattern and len(names := set(pattern.findall(path.read_text()))) > 1:
            found[str(path.relative_to(ROOT))] = sorted(names)
    assert {path: names for path, names in found.items() if path not in EXEMPT} == {}


def lists_of_stages(tree: ast.AST) -> Iterator[set[str]]:
    """The stages named in each literal, condition or SQL text that names more than one."""
    texts = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if id(node) in texts:
            continue  # a docstring
        if isinstance(node, ast.List | ast.Tuple | ast.Set | ast.Dict | ast.BoolOp):
            names = {name for each in ast.walk(node) if (name := named(each))}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names = set(QUOTED.findall(node.value))
        else:
            continue
        if len(names) > 1:
            yield names


def named(node: ast.AST) -> str | None:
    """The stage that a piece of code names: `Stage.SIGNED` or "SIGNED"."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return node.attr if node.value.id in ("Stage", "S") and node.attr in NAMES else None
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value if node.value in NAMES else None
    return None


def test_the_board_has_a_lane_for_every_open_stage() -> None:
    document = (ROOT / "templates/project/board.graphql").read_text()
    shown = {lane_name(lane): [stage.value for stage in lane] for lane in LANES}
    asked = {
        cards: BARE.findall(stages)
        for cards, stages in re.findall(r"(\w+): projects\(filter: \{ stage: \[(.*?)\]", document)
    }
    assert shown == asked
    assert [stage for stages in shown.values() for stage in stages] == list(OPEN)


def test_the_demonstration_walks_through_every_signed_stage() -> None:
    assert tuple(stage for stage, _, _ in MILESTONES) == SIGNED_ON[1:]


def test_the_lists_of_transfers_states_agree() -> None:
    """A transfer agreed to is seen and found by where it leads; one under way keeps others waiting."""
    agreed = {TransferState.APPROVED, TransferState.TAKEN_UP}
    ended = {TransferState.REFUSED, TransferState.TAKEN_UP}
    assert {*TRANSFER_UNDER_WAY, *ended} == set(TransferState)
    assert not ended & set(TRANSFER_UNDER_WAY)
    known = (agreed, set(TRANSFER_UNDER_WAY), set(TransferState))
    states = "|".join(TransferState)
    lists = [
        (str(path.relative_to(ROOT)), set(re.findall(rf"['\"]({states})['\"]", line)))
        for folder, ending in (("schema", "py"), ("server", "py"), ("templates", "html"))
        for path in sorted((ROOT / folder).rglob(f"*.{ending}"))
        for line in path.read_text().splitlines()
        if len(set(re.findall(rf"['\"]({states})['\"]", line))) > 1
    ]
    assert {path for path, _ in lists} >= {"schema/relations.py", "schema/project/graph.py"}
    assert [each for each in lists if each[1] not in known] == []


# ---- a new stage

TRIAL = """
import sys, types
from pathlib import Path

source = Path("schema/project/rules/life.py").read_text()
for before, after in {
    '    OPERATING = "OPERATING"': '    TRIAL_RUN = "TRIAL_RUN"',
    '    JUDGED = "JUDGED"': '    HEARING = "HEARING"',
    '    TERMINATED = "TERMINATED"': '    SPLIT = "SPLIT"',
    '    S.OPERATING: ': '    S.TRIAL_RUN: StageInfo("试生产", P.SIGNED, "试产"),',
    '    S.JUDGED: ': '    S.HEARING: StageInfo("听证", P.JUDGEMENT, "报送"),',
    '    S.TERMINATED: ': '    S.SPLIT: StageInfo("已拆分", P.VOID),',
}.items():
    assert source.count(before) == 1, before
    source = source.replace(before, after + "\\n" + before)
before = '{S.REPORTED: S.JUDGED}'
assert source.count(before) == 1
source = source.replace(before, '{S.REPORTED: S.JUDGED, S.HEARING: S.JUDGED}')

import schema.project
life = types.ModuleType("schema.project.rules.life")
sys.modules[life.__name__] = life
exec(compile(source, "life.py", "exec"), life.__dict__)

import schema.graph
from schema.duties.registry import TASKS
from schema.ledger.acts import candidates
from schema.ledger.rules import words
from schema.ledger.rules.mapping import map_to_project
from schema.ledger.rules.row import LedgerRow
from schema.linkage.graph import QUEUES
from schema.people.rules import Scope
from schema.permissions import HeldPost, Post, Viewer, visible
from schema.project.rules import LIFE, STEPS, Stage, UNJUDGED, open_acts, step
from datetime import date
from server.web.resources import environment

def holder(post, *scopes):
    return Viewer("x", 1, (HeldPost(post, organization=1, scopes=scopes),))

trial, hearing, split = Stage.TRIAL_RUN, Stage.HEARING, Stage.SPLIT
assert STEPS[step(trial)] == "试产" and step(Stage.OPERATING) == step(trial) + 1
assert LIFE["milestoneReach"][Stage.COMPLETED] is trial
assert LIFE["milestoneReach"][trial] is Stage.OPERATING
assert {"agreementSign", "fundsRecord", "taxRecord", "fundsReverse"} <= set(open_acts(trial))
assert "TRIAL_RUN" in visible("project", "t", holder(Post.PARTNER, *Scope))[1]
assert words.stage("试生产") is trial and words.STAGES["试生产"] is trial
row = LedgerRow(row=3, name="项目", investor_name="企业", first_contact_place="anyue",
                stage=trial, signed_on=date(2026, 1, 5), agreed_investment=100, paid_in_total=50,
                actual_completion=date(2026, 2, 1))
mapped = map_to_project(row, date(2026, 11, 18))
assert mapped.stage is trial and len(mapped.figures) == 2 and len(mapped.milestones) == 1

assert "'HEARING'" in QUEUES["PENDING"][0] and "'HEARING'" not in QUEUES["RETURNED"][0]
assert hearing in UNJUDGED
assert "'HEARING'" in TASKS["projectJudge"].condition

assert "'SPLIT'" in candidates.COLUMNS
kinds = schema.graph.schema._schema.type_map
assert kinds["Stage"].values["TRIAL_RUN"].description == "试生产"
badge = environment.from_string(
    '{% from "_state.html" import stage_badge with context %}{{ stage_badge("TRIAL_RUN") }}'
).render()
assert badge.count("<rect") == 9, badge
assert environment.globals["under_judgement"]("HEARING")
print("found in every list")
"""


def test_a_new_stage_is_found_in_every_list() -> None:
    """Three on trial, written into the life and nowhere else: signed, under judgement, void."""
    done = subprocess.run(
        [sys.executable, "-c", TRIAL], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "found in every list", done.stderr
