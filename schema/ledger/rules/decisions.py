"""What the office decides on lines that await it: by whom, on which document, on which lines."""

import re
from collections.abc import Collection, Iterable

from schema.city.rules import RuleBroken
from schema.project.rules import BeforeRules, MigrationDecision

RATIO = re.compile(r"(\d{1,3})\s*[:：∶]\s*(\d{1,3})")
NAMED = 10


def check_lines(lines: Collection[int] | None) -> None:
    """Lines are named by their numbers in the sheet. Raises `RuleBroken` at `lines`."""
    if lines is not None and (not lines or min(lines) < 1):
        raise RuleBroken("请选择要办理的行，行号同工作表", "lines", "INVALID")


def check_second_person(person: int | None, first: Collection[int | None]) -> None:
    """Whoever uploaded or imported a batch does not confirm it. Raises `RuleBroken` at `batch`."""
    if person in first:
        raise RuleBroken("上传、导入这一批的人不能确认迁入，请办公室另一人办理", "batch")


def check_document(decision: MigrationDecision, document_no: str) -> None:
    """What is migrated rests on a document. Raises `RuleBroken` at `documentNo`."""
    if decision is MigrationDecision.MIGRATE and not document_no:
        raise RuleBroken("请填写同意迁入的文号，例如 资经合〔2026〕5号", "documentNo", "INVALID")


def check_chosen(chosen: Collection[int] | None, awaiting: Iterable[int]) -> None:
    """Only lines that await the office are decided on. Raises `RuleBroken` at `lines`."""
    if chosen is None:
        return
    if others := sorted(set(chosen) - set(awaiting)):
        raise RuleBroken(f"第 {rows_named(others)} 行不在待确认之列，请刷新后核对", "lines")


def check_before_rules(
    lines: Collection[int], given: BeforeRules | None, ratio: str
) -> tuple[int, int] | None:
    """How figures from before the first rule are posted: the first-contact place's parts of the whole.

    `lines` are the rows that have such figures, `ratio` is as typed. None where no line asks for it;
    `(0, 1)` where all is the landing place's. Raises `RuleBroken` at `beforeRules`, `beforeRatio`.
    """
    if not lines:
        if given or ratio:
            raise RuleBroken("所选各行都有适用的分享规则，不用填写", "beforeRules")
        return None
    if given is None:
        raise RuleBroken(
            f"第 {rows_named(lines)} 行的金额早于最早的分享规则，请写明怎样计入两地",
            "beforeRules",
            "INVALID",
        )
    if given is BeforeRules.LANDING:
        if ratio:
            raise RuleBroken("全部计入注册落户地的，不用填写比例", "beforeRatio")
        return 0, 1
    found = RATIO.fullmatch(ratio.strip())
    if not found or not int(found[2]) or not int(found[1]):
        raise RuleBroken("请填首谈地与注册落户地的比例，例如 3∶7", "beforeRatio", "INVALID")
    return int(found[1]), int(found[1]) + int(found[2])


def check_no_duplicate(lines: Collection[int], alike: Collection[int], acknowledged: bool) -> None:
    """Lines that may be a project of ours are migrated by whoever says that they are none.

    `alike` are those among `lines` of which a figure, too, is one of that project's. Raises `RuleBroken`
    at `lines`.
    """
    if not lines or acknowledged:
        return
    figures = f"，其中第 {rows_named(alike)} 行的金额、日期与其台账中的一笔相同" if alike else ""
    raise RuleBroken(
        f"第 {rows_named(lines)} 行与库内项目疑似重复{figures}，请核对；"
        "确认不是同一个项目的，请注明“已核对，不是同一个项目”后再确认",
        "lines",
        "DUPLICATE",
    )


def check_lines_above_agreed(lines: Collection[int], answer: str) -> None:
    """Money above what the agreement says is migrated with a reason. Raises `RuleBroken` at `aboveAgreed`."""
    if lines and not answer:
        raise RuleBroken(
            f"第 {rows_named(lines)} 行的累计到位资金超过协议金额，请核对；确实超出的，请在此写明理由",
            "aboveAgreed",
        )


def check_undo(migrated: bool, by_office: bool) -> None:
    """What was migrated is undone by the office alone. Raises `RuleBroken` at `batch`."""
    if migrated and not by_office:
        raise RuleBroken(
            "这一批已有项目经办公室确认迁入，只能由领导小组办公室撤销", "batch", "NOT_ALLOWED"
        )


def rows_named(lines: Iterable[int]) -> str:
    """Numbers of rows in a sentence, the first ten."""
    numbers = sorted(lines)
    more = f"等 {len(numbers)} " if len(numbers) > NAMED else ""
    return "、".join(map(str, numbers[:NAMED])) + more
