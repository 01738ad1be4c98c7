"""What waits in the rulebook for a second person of the office."""

from datetime import date

from server.demo.hours import Hours
from server.demo.lives import Step


def proposed(hours: Hours) -> list[Step]:
    """Two versions proposed by the office this morning, to hold from the first of next month."""
    today = hours.now.date()
    first = date(today.year + today.month // 12, today.month % 12 + 1, 1)
    return [
        Step(
            hours.now,
            "office-3",
            "ruleSet",
            {
                "name": "lead.assessment_deadline",
                "number": "3",
                "effectiveOn": str(first),
                "clause": "办公室工作例会：年底报送集中，拟延长研判时限",
                "documentNo": f"资经合纪要〔{today.year}〕18号",
                "status": "PROPOSAL",
                "note": "明年一季度视情况恢复",
            },
        ),
        Step(
            hours.now,
            "office-4",
            "ruleSet",
            {
                "name": "first_contact.validity",
                "number": "180",
                "effectiveOn": str(first),
                "clause": "参照各地通行做法，首谈有效期六个月",
                "documentNo": f"资经合〔{today.year}〕42号",
                "status": "OTHER_CITY",
            },
        ),
    ]
