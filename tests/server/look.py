"""Templates rendered by themselves, with sample data: the look is tried without the rest."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from schema.city.rules import format_money
from schema.city.rules.money import format_wan

ROOT = Path(__file__).parents[2]
PLACES: dict[str, dict[str, tuple[str, str, int | None]]] = {
    "工作": {
        "收件箱": ("/inbox", "inbox", 6),
        "研判台": ("/judgement", "judge", 4),
        "项目库": ("/projects", "projects", None),
        "报送": ("/projects/new", "report", None),
        "流转与分成": ("/transfers", "transfer", None),
    },
    "考核": {"擂台赛": ("/assessment/ranking", "ranking", None)},
    "数据": {
        "导入": ("/ledger/imports", "import", None),
        "工作日历": ("/calendar", "calendar", None),
        "规则参数": ("/rules", "rules", None),
        "开放接口": ("/developers", "developers", None),
    },
}


def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    made.filters |= {
        "money": lambda yuan: format_money(fen(yuan)),
        "wan": lambda yuan: format_wan(fen(yuan)),
        "moment": moment,
    }
    made.globals["asset"] = lambda name: f"/static/{name}"
    return made


def sample(**more: Any) -> dict[str, Any]:
    """What the server gives to every page, for a person of the office on the project list."""
    nav = [
        {
            "title": title,
            "items": [
                {
                    "href": href,
                    "label": label,
                    "icon": icon,
                    "count": count,
                    "current": href == "/projects",
                }
                for label, (href, icon, count) in items.items()
            ],
        }
        for title, items in PLACES.items()
    ]
    viewer = {
        "name": "李雷",
        "unit": {"name": "资阳市招商引资工作领导小组办公室", "shortName": "领导小组办公室"},
        "posts": ["OFFICE"],
        "inboxCount": 6,
    }
    prefs = {"theme": "auto", "size": "100", "density": "regular", "keys": "on"}
    return {
        "viewer": viewer,
        "nav": nav,
        "path": "/style",
        "prefs": prefs,
        "page": "style/guide",
        "flash": [],
        **more,
    }


def fen(yuan: str) -> int:
    return int(yuan.replace(".", ""))


def moment(at: str) -> str:
    return f"{int(at[5:7])}月{int(at[8:10])}日 {at[11:16]}"
