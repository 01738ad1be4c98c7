"""The menu: which pages stand in it, for whom, with which count beside them."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from schema.permissions import Post, Viewer, lists_of, may


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
            Item("/judgement", "研判台", "gavel", "judgement", counted="judging", go="j"),
            Item("/projects", "项目库", "folder", "projects", go="p"),
            Item("/companies", "企业", "unit", "companies"),
            Item("/projects/new", "报送", "plus", act="projectReport", go="n"),
            Item("/claims", "首谈主张", "clip", "claims"),
            Item("/inquiries", "查重情况", "search", "inquiries"),
            Item("/transfers", "流转与分享", "split", "transfers", counted="transferring", go="t"),
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
            Item("/ledger/imports", "导入", "upload", "ledgers"),
            Item("/calendar", "工作日历", "calendar", "calendar"),
            Item("/rules", "规则参数", "rules", "rules"),
            Item("/rules/proposals", "规则变更", "check", act="ruleConfirm", counted="rulebook"),
            Item("/documents", "文书模板", "file", "documents"),
            Item("/reveals", "查看联系方式的记录", "lock", "reveals"),
            Item("/developers", "开放接口", "code", "developers"),
            Item("/operations/jobs", "定时任务", "clock", "jobs"),
            Item("/journal", "办理记录", "clip", "journal"),
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


STARTS: Mapping[Post, str] = {
    Post.OFFICE: "/judgement",
    Post.LEADER: "/assessment/ranking",
    Post.INSPECTION: "/assessment/ranking",
    Post.AGENT: "/projects",
}
"""Where whoever holds a post as their main one starts, other than at what waits for them."""


def start(viewer: Viewer) -> str:
    """Where somebody starts: at the desk, the group's workspace or the figures of their main post, else at
    what waits for them, else at what partners come for, else at their own account.
    """
    hrefs = {item.href for _, items in of_viewer(viewer) for item in items}
    if viewer.main.group_slug and "/groups" in hrefs:
        return f"/groups/{viewer.main.group_slug}"
    wanted = (STARTS.get(viewer.main.post, "/inbox"), "/inbox", "/developers")
    return next((href for href in wanted if href in hrefs), "/account")


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
