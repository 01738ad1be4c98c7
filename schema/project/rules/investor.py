"""Which company an investor is: the one with its credit code, or without one the one of its name."""

from collections.abc import Collection

from schema.city.rules import RuleBroken

RENAMED = "这个信用代码登记的企业名称与所填不一致，请按营业执照核对；企业更名的请联系办公室"
SEVERAL = "有几家企业叫这个名称，请填统一社会信用代码"


def check_name(known: Collection[str], given: str) -> None:
    """The company of a code has, or has had, the name that is given with it, as `normal_name` has them.

    The message names no company: whoever gives the code may not see it. Raises `RuleBroken` at
    `investorName`.
    """
    if given not in known:
        raise RuleBroken(RENAMED, "investorName")


def check_namesakes(companies: int) -> None:
    """A name without a code is that of one company, or of a new one. Raises `RuleBroken` at `uscc`."""
    if companies > 1:
        raise RuleBroken(f"{SEVERAL}；没有信用代码的，请写明原因", "uscc")
