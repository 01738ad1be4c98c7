"""Templates rendered by themselves, with sample data: the look is tried without a database."""

from types import SimpleNamespace
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from schema.permissions import HeldPost, Post, Viewer
from schema.project.rules import Stage
from server.settings import ROOT
from server.web.filters import FILTERS, GLOBALS
from server.web.languages import gettext
from server.web.navigation import menu

__all__ = ["ROOT", "environment", "sample"]


def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= FILTERS
    made.globals |= GLOBALS
    made.globals["_"] = gettext
    made.globals["asset"] = lambda name: f"/static/{name}"
    made.globals["words"] = SimpleNamespace(of=lambda enum, value: Stage(value).word, act=str)
    return made


def sample(**more: Any) -> dict[str, Any]:
    """What the server gives to every page, for a person of the office on the project list."""
    unit = {"name": "资阳市招商引资工作领导小组办公室", "shortName": "领导小组办公室"}
    return {
        "viewer": {
            "name": "李雷",
            "unit": unit,
            "posts": [{"title": "主任", "actingFor": None, "unit": unit}],
            "acts": [],
            "inboxCount": 6,
        },
        "nav": menu(
            Viewer(posts=(HeldPost(Post.OFFICE),)), {"inbox": 6, "judgement": 4}, "/projects"
        ),
        "path": "/projects",
        "prefs": {"theme": "auto", "size": "100", "density": "regular", "keys": "on"},
        "home": "/inbox",
        "page": "project/list",
        "flash": [],
        **more,
    }
