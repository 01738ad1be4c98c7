"""The menu: which pages stand in it, for whom, with which count beside them."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from schema.permissions import Viewer, lists_of, may


class Item(NamedTuple):
    """A line of the menu. It stands there for whoever has the list, or may do the act."""

    href: str
    label: str
    icon: str
    list: str = ""
    act: str = ""
    counted: str | None = None
    go: str | None = None


MENU: tuple[tuple[str, tuple[Item, ...]], ...] = (
    (
        "工作",
        (
            Item("/inbox", "待办事项", "inbox", "inbox", counted="inbox", go="i"),
            Item("/duties", "承办情况", "clock", "duties"),
            Item("/messages", "消息", "info", "messages", counted="messages"),
            Item("/judgement", "研判台", "gavel", "judgement", counted="judgement", go="j"),
            Item("/projects", "项目库", "folder", "projects", go="p"),
            Item("/projects/new", "报送", "plus", act="projectReport", go="n"),
            Item("/claims", "首谈主张", "clip", "claims"),
            Item("/transfers", "流转与分享", "split", "transfers", counted="transfers", go="t"),
            Item(
                "/verification", "台账核实", "check", "verification", counted="verification", go="v"
            ),
        ),
    ),
    (
        "产业招商",
        (
            Item("/groups", "产业招商小组", "unit", "groups", go="g"),
            Item("/targets", "目标企业", "target", "targets"),
        ),
    ),
    ("考核", (Item("/assessment/ranking", "擂台赛", "rank", "ranking", go="r"),)),
    (
        "数据",
        (
            Item("/ledger/imports", "导入", "upload", act="ledgerPreview"),
            Item("/calendar", "工作日历", "calendar", "calendar"),
            Item("/rules", "规则参数", "rules", "rules"),
            Item("/rules/proposals", "规则变更", "check", act="ruleConfirm", counted="rulebook"),
            Item("/documents", "文书模板", "file", "documents"),
            Item("/developers", "开放接口", "code", "developers"),
            Item("/operations/jobs", "定时任务", "clock", "jobs"),
        ),
    ),
)


def of_viewer(viewer: Viewer) -> list[tuple[str, list[Item]]]:
    lists = lists_of(viewer)
    return [
        (
            title,
            [item for item in items if (may(viewer, item.act) if item.act else item.list in lists)],
        )
        for title, items in MENU
    ]


def start(viewer: Viewer) -> str:
    """Where somebody starts: what waits for them, else what partners come for, else their own account."""
    hrefs = {item.href for _, items in of_viewer(viewer) for item in items}
    return next((href for href in ("/inbox", "/developers") if href in hrefs), "/account")


def menu(viewer: Viewer, counts: Mapping[str, Any], path: str) -> list[dict[str, Any]]:
    """The groups of the viewer's menu; the item of the longest matching path is current."""
    seen = [(title, items) for title, items in of_viewer(viewer) if items]
    hrefs = [item.href for _, items in seen for item in items]
    current = max(
        (href for href in hrefs if path == href or path.startswith(f"{href}/")),
        key=len,
        default=None,
    )
    return [
        {
            "title": title,
            "items": [
                {
                    "href": item.href,
                    "label": item.label,
                    "icon": item.icon,
                    "count": counts.get(item.counted) if item.counted else None,
                    "current": item.href == current,
                    "go": item.go,
                }
                for item in items
            ],
        }
        for title, items in seen
    ]
