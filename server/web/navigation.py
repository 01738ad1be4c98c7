"""The menu: which pages stand in it, for whom, with which count beside them."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from schema.permissions import Post

STAFF = frozenset(Post) - {Post.PUBLIC, Post.PARTNER}
EVERYBODY = frozenset(Post) - {Post.PUBLIC}


class Item(NamedTuple):
    href: str
    label: str
    icon: str
    posts: frozenset[Post] = STAFF
    counted: str | None = None
    go: str | None = None


O, G, P, I, L = Post.OFFICE, Post.GROUP, Post.PLACE, Post.INSPECTION, Post.LEADER
REPORTERS = frozenset({O, G, P, Post.DEPARTMENT, Post.BRANCH, Post.AGENT})

MENU: tuple[tuple[str, tuple[Item, ...]], ...] = (
    (
        "工作",
        (
            Item("/inbox", "收件箱", "inbox", STAFF, "inbox", "i"),
            Item("/judgement", "研判台", "gavel", frozenset({O, G, L, I}), "judgement", "j"),
            Item("/projects", "项目库", "folder", EVERYBODY, None, "p"),
            Item("/projects/new", "报送", "plus", REPORTERS, None, "n"),
            Item("/transfers", "流转与分成", "split", frozenset({O, P, L, I, G}), "transfers", "t"),
        ),
    ),
    ("考核", (Item("/assessment/ranking", "擂台赛", "rank", EVERYBODY, None, "r"),)),
    (
        "数据",
        (
            Item("/ledger/imports", "导入", "upload", frozenset({O, P})),
            Item("/calendar", "工作日历", "calendar"),
            Item("/rules", "规则参数", "rules", EVERYBODY),
            Item("/developers", "开放接口", "code", EVERYBODY),
        ),
    ),
)


def menu(post: Post, counts: Mapping[str, Any], path: str) -> list[dict[str, Any]]:
    """The groups of the menu that this post sees; the item of the longest matching path is current."""
    seen = [(title, [item for item in items if post in item.posts]) for title, items in MENU]
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
        if items
    ]
