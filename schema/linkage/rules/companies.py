"""What an office writes down of a company: its holders by source and day, its name by document."""

from datetime import date

from schema.city.rules import RuleBroken


def check_as_of(needed: bool, on: date | None, today: date) -> None:
    """A change has a day, which has come. Raises `RuleBroken` (`INVALID`) at `asOf`."""
    if needed and on is None:
        raise RuleBroken("请填截至日期；更名的填更名日期", "asOf", "INVALID")
    if on is not None and on > today:
        raise RuleBroken(f"截至日期不能晚于今天（{today}）", "asOf", "INVALID")


def check_newest(what: str, on: date, known: date | None) -> None:
    """An older extract ends nothing that is known of a later day, `known`. Raises `RuleBroken` at `asOf`.

    `what` is the role or the name, in words.
    """
    if known is not None and on < known:
        raise RuleBroken(
            f"{what}已登记到 {known}，截至日期不能早于这一天；请按最新的来源登记", "asOf", "INVALID"
        )


def check_holder_source(source: str) -> None:
    """What is said of holders says where it was read. Raises `RuleBroken` (`INVALID`) at `source`."""
    if not source:
        raise RuleBroken("请写明来源，例如 国家企业信用信息公示系统", "source", "INVALID")


def check_rename_document(document_no: str) -> None:
    """A name is changed by a document alone. Raises `RuleBroken` (`INVALID`) at `documentNo`."""
    if not document_no:
        raise RuleBroken(
            "企业更名请写明依据，例如 准予变更登记通知书的文号", "documentNo", "INVALID"
        )


def check_amends(changed: bool) -> None:
    """An amendment amends. Raises `RuleBroken` (`INVALID`)."""
    if not changed:
        raise RuleBroken("没有要登记的内容：所填的与已登记的相同，或都没有填", None, "INVALID")


def check_holders_on(on: date, today: date) -> None:
    """Holders are known as of a day that has come. Raises `RuleBroken` (`INVALID`) at `holdersOn`."""
    if on > today:
        raise RuleBroken(f"截至日期不能晚于今天（{today}）", "holdersOn", "INVALID")
