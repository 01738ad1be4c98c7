import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz import fuzz

from schema.city.rules import RuleBroken
from schema.project.rules import (
    BEGINNING,
    ENDS,
    LIFE,
    REFUSED,
    STEPS,
    Candidate,
    DuplicateGrade,
    Match,
    Stage,
    advance,
    check_open,
    diagram,
    grade,
    open_acts,
    step,
)
from tests.rulebook import thresholds


def graded(a: Candidate, b: Candidate) -> Match | None:
    """Two reports compared by the thresholds of the rulebook."""
    return grade(a, b, thresholds())


ROAD = [
    Stage.SIGNED,
    Stage.REGISTERED,
    Stage.STARTED,
    Stage.COMPLETED,
    Stage.OPERATING,
    Stage.FULL_OUTPUT,
]


def test_a_project_goes_from_report_to_full_output() -> None:
    stage = BEGINNING[1]
    for act in ("projectReturn", "projectResubmit", "projectJudge", "agreementSign"):
        stage = advance(stage, act)
    walked = [stage]
    for _ in range(5):
        walked.append(stage := advance(stage, "milestoneReach"))
    assert walked == ROAD


@pytest.mark.parametrize(
    ("start", "act", "end"),
    [
        (Stage.REPORTED, "projectJudge", Stage.JUDGED),
        (Stage.REPORTED, "projectReturn", Stage.RETURNED),
        (Stage.RETURNED, "projectResubmit", Stage.REPORTED),
        (Stage.RETURNED, "projectWithdraw", Stage.WITHDRAWN),
        (Stage.REPORTED, "projectClaim", Stage.REPORTED),
        (Stage.RETURNED, "projectClaim", Stage.RETURNED),
        (Stage.JUDGED, "projectDispute", Stage.JUDGED),
        (Stage.JUDGED, "disputeDecide", Stage.JUDGED),
        (Stage.JUDGED, "projectTransferRequest", Stage.JUDGED),
        (Stage.JUDGED, "projectTakeUp", Stage.JUDGED),
        (Stage.JUDGED, "projectMerge", Stage.MERGED),
        (Stage.JUDGED, "agreementSign", Stage.SIGNED),
        (Stage.STARTED, "agreementSign", Stage.STARTED),
        (Stage.SIGNED, "fundsRecord", Stage.SIGNED),
        (Stage.FULL_OUTPUT, "taxRecord", Stage.FULL_OUTPUT),
        (Stage.FULL_OUTPUT, "fundsReverse", Stage.FULL_OUTPUT),
    ],
)
def test_an_act_leads_from_its_stage_to_the_next(start: Stage, act: str, end: Stage) -> None:
    assert advance(start, act) is end


def test_a_report_that_the_office_declines_ends() -> None:
    assert advance(Stage.REPORTED, "projectJudge", refused=True) is Stage.DECLINED


@pytest.mark.parametrize(
    ("stage", "act"),
    [
        (Stage.JUDGED, "projectJudge"),
        (Stage.RETURNED, "projectJudge"),
        (Stage.JUDGED, "projectWithdraw"),
        (Stage.JUDGED, "fundsRecord"),
        (Stage.SIGNED, "projectTransferRequest"),
        (Stage.SIGNED, "projectMerge"),
        (Stage.FULL_OUTPUT, "milestoneReach"),
    ],
)
def test_an_act_out_of_its_stage_is_refused_and_says_where_it_belongs(
    stage: Stage, act: str
) -> None:
    with pytest.raises(RuleBroken, match=f"项目现在是“{stage.word}”") as broken:
        check_open(stage, act)
    assert all(f"“{start.word}”" in broken.value.message for start in LIFE[act])
    assert broken.value.code == "RULE"
    with pytest.raises(RuleBroken):
        advance(stage, act)


@pytest.mark.parametrize("end", sorted(ENDS))
def test_nothing_is_open_at_an_end(end: Stage) -> None:
    assert open_acts(end) == []
    assert step(end) is None


def test_the_acts_open_to_a_report_are_those_of_judgement() -> None:
    assert open_acts(Stage.REPORTED) == [
        "projectJudge",
        "projectReturn",
        "projectWithdraw",
        "projectMerge",
        "projectClaim",
        "claimAssess",
        "projectAmend",
        "projectOpine",
        "projectDispute",
        "disputeDecide",
    ]


def test_an_act_is_open_exactly_where_it_can_be_done() -> None:
    for act in LIFE:
        for stage in Stage:
            if act in open_acts(stage):
                advance(stage, act)
            else:
                with pytest.raises(RuleBroken):
                    advance(stage, act)


def test_an_answer_of_no_starts_where_the_act_starts() -> None:
    for act, steps in REFUSED.items():
        assert set(steps) <= set(LIFE[act])


def test_the_eight_steps() -> None:
    assert STEPS == ("报送", "研判", "签约", "注册", "开工", "竣工", "投产", "达产")
    assert [step(Stage.REPORTED), step(Stage.RETURNED), step(Stage.JUDGED)] == [0, 0, 1]
    assert [step(stage) for stage in ROAD] == [2, 3, 4, 5, 6, 7]


def test_every_stage_has_a_word_of_its_own() -> None:
    assert len({stage.word for stage in Stage}) == len(Stage)


def test_the_diagram_draws_every_move_of_the_life_and_no_other() -> None:
    drawn = set(diagram().splitlines())
    assert "    [*] --> REPORTED: projectReport" in drawn
    assert "    REPORTED: 待研判" in drawn
    assert "    DECLINED --> [*]" in drawn
    moves = {
        f"    {start} --> {end}: {act}"
        for table in (LIFE, REFUSED)
        for act, steps in table.items()
        for start, end in steps.items()
        if start is not end
    }
    arrows = {line for line in drawn if "-->" in line and "[*]" not in line}
    assert arrows == moves


# ---- duplicates

LEMON = Candidate(
    name="安岳柠檬深加工产业园项目",
    investor_name="四川柠都食品有限公司",
    uscc="91110000600037341L",
    industry_code="1373",
    amount_fen=120_000_000_00,
    phone="028-8888 6666",
)
OTHER = Candidate(name="牙谷口腔材料生产线")
LEMON_CITY = "四川柠都食品"


def like(**changed: object) -> Candidate:
    """Another report that has nothing in common with LEMON but what is named."""
    return Candidate(**({"name": OTHER.name} | changed))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("case", "other", "expected", "score", "reason"),
    [
        ("same code", like(uscc=LEMON.uscc), DuplicateGrade.SAME_CODE, 100, "统一社会信用代码相同"),
        (
            "same name but for blanks and brackets",
            like(name="安岳（柠檬）深加工 产业园项目"),
            DuplicateGrade.SAME_NAME,
            99,
            "项目名称去除空格、括号和公司后缀后相同",
        ),
        (
            "a similar name and the same investor",
            like(name="安岳柠檬精深加工产业园项目", investor_name="四川柠都食品股份有限公司"),
            DuplicateGrade.SIMILAR,
            96,
            "名称相似度 96%，同一投资方",
        ),
        (
            "the same investor, industry and scale",
            like(investor_name=LEMON_CITY, industry_code="1373", amount_fen=100_000_000_00),
            DuplicateGrade.SAME_PROFILE,
            80,
            "同一投资方、同一行业，投资额相差 17%",
        ),
        (
            "the same scale to the fen, the industry one level up",
            like(investor_name=LEMON_CITY, industry_code="137", amount_fen=120_000_000_00),
            DuplicateGrade.SAME_PROFILE,
            80,
            "同一投资方、同一行业，投资额相同",
        ),
        (
            "the same telephone",
            like(phone="+86 28 88886666".replace("28", "028")),
            DuplicateGrade.SAME_PHONE,
            60,
            "联系电话相同",
        ),
    ],
)
def test_a_duplicate_is_graded_with_its_reason(
    case: str, other: Candidate, expected: DuplicateGrade, score: int, reason: str
) -> None:
    match = graded(LEMON, other)
    assert match is not None
    assert (match.grade, match.score, match.reasons) == (expected, score, (reason,))


@pytest.mark.parametrize(
    ("case", "other"),
    [
        ("nothing in common", OTHER),
        ("another code", like(uscc="914403001922038216")),
        (
            "a name of another investor two characters apart",
            like(name="安岳柠檬新精深加工产业园项目", investor_name="牙谷"),
        ),
        (
            "one character for another that sounds otherwise, of another investor",
            like(name="安岳苹檬深加工产业园项目", investor_name="牙谷"),
        ),
        (
            "a name not similar enough",
            like(name="安岳石刻文旅产业园项目", investor_name=LEMON_CITY),
        ),
        ("the investor alone", like(investor_name=LEMON_CITY)),
        (
            "another industry",
            like(investor_name=LEMON_CITY, industry_code="3582", amount_fen=LEMON.amount_fen),
        ),
        (
            "an industry too vague",
            like(investor_name=LEMON_CITY, industry_code="1", amount_fen=LEMON.amount_fen),
        ),
        (
            "more than 20 % apart",
            like(investor_name=LEMON_CITY, industry_code="1373", amount_fen=95_999_999_99),
        ),
        ("too short a telephone", like(phone="6666")),
    ],
)
def test_what_is_no_duplicate_is_not_graded(case: str, other: Candidate) -> None:
    assert graded(LEMON, other) is None


def test_amounts_twenty_per_cent_of_the_larger_apart_are_of_one_scale() -> None:
    at_the_edge = like(investor_name=LEMON_CITY, industry_code="1373", amount_fen=96_000_000_00)
    match = graded(LEMON, at_the_edge)
    assert match is not None and match.grade is DuplicateGrade.SAME_PROFILE


def test_names_85_per_cent_alike_are_similar_and_84_are_not() -> None:
    def alike(name: str, other: str) -> object:
        return graded(Candidate(name, investor_name="柠都"), Candidate(other, investor_name="柠都"))

    edge = "安岳县先进电池材料一体化产业园区甲乙丙丁", "安岳县先进电池材料一体化产业园区戊己庚丁"
    assert fuzz.ratio(*edge) == 85
    assert alike(*edge)
    assert fuzz.ratio("先进电池材料加工产业园", "先进电池材料加工示范线") < 85
    assert not alike("先进电池材料加工产业园", "先进电池材料加工示范线")


def test_two_reports_of_nothing_known_are_no_duplicates() -> None:
    assert graded(Candidate(name=""), Candidate(name="")) is None
    assert graded(Candidate(name="甲", uscc=""), Candidate(name="乙", uscc="")) is None


def test_all_that_speaks_for_it_is_told_and_the_surest_grades_it() -> None:
    match = graded(LEMON, LEMON)
    assert match is not None
    assert (match.grade, match.score) == (DuplicateGrade.SAME_CODE, 100)
    assert match.reasons == (
        "统一社会信用代码相同",
        "项目名称去除空格、括号和公司后缀后相同",
        "同一投资方、同一行业，投资额相同",
        "联系电话相同",
    )


def test_grades_are_declared_from_the_surest() -> None:
    assert list(DuplicateGrade) == [
        "SAME_CODE",
        "SAME_NAME",
        "SIMILAR",
        "SAME_PROFILE",
        "SAME_GROUP",
        "ALIKE_NAME",
        "SAME_PHONE",
    ]


NAMES = st.text("安岳柠檬深加工产业园项目（） ", max_size=12)
CANDIDATES = st.builds(
    Candidate,
    name=NAMES,
    investor_name=st.sampled_from(["", "柠都", "柠都有限公司", "牙谷"]),
    uscc=st.sampled_from([None, "", "91110000600037341L"]),
    industry_code=st.sampled_from(["", "13", "1373", "358"]),
    amount_fen=st.sampled_from([None, 0, 100, 110, 130]),
    phone=st.sampled_from(["", "028-88886666", "02888886666"]),
)


@settings(database=None, deadline=None)
@given(CANDIDATES, CANDIDATES)
def test_it_does_not_matter_which_report_came_first(a: Candidate, b: Candidate) -> None:
    assert graded(a, b) == graded(b, a)


@settings(database=None, deadline=None)
@given(CANDIDATES, CANDIDATES, CANDIDATES)
def test_a_surer_grade_has_the_higher_score(a: Candidate, b: Candidate, c: Candidate) -> None:
    order = list(DuplicateGrade)
    first, second = graded(a, b), graded(a, c)
    if first and second and first.grade is not second.grade:
        surer = order.index(first.grade) < order.index(second.grade)
        assert surer == (first.score > second.score)
