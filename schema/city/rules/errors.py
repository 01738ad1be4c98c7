"""The errors that rules raise."""


class RuleBroken(Exception):
    """A rule refuses; the message, in Chinese, is for the user: what is wrong and what to do.

    `field` is the path of the input at fault, if one is. `code` is the `userErrors` code: `RULE`
    for a rule of the policy, `INVALID` for something typed that cannot be read.
    """

    def __init__(self, message: str, field: str | None = None, code: str = "RULE") -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.code = code


class CalendarPending(RuleBroken):
    """The working days of `year` are not published yet, so nothing is counted in it."""

    def __init__(self, year: int) -> None:
        super().__init__(
            f"{year} 年工作日历尚未公布，期限暂不计算；国务院办公厅通知发布后，"
            "请领导小组办公室在“工作日历”中录入该年安排"
        )
        self.year = year
