"""What a process holds: the graph, the documents of pages, rate limits, templates, static files."""

from typing import Any

import jinja2
from starlette.templating import Jinja2Templates

from schema.graph import schema
from server.api.execution import Graph
from server.api.rate_limit import RateLimiter
from server.settings import DEBUG, ROOT
from server.web.assets import Assets
from server.web.documents import load_documents
from server.web.filters import FILTERS, GLOBALS, Words
from server.web.languages import gettext

graph = Graph(schema)
rate_limiter = RateLimiter()
assets = Assets(ROOT / "static")
documents = load_documents(ROOT / "templates", graph)
words = Words(graph.core)


class KeysFirst(jinja2.Environment):
    """`project.stage` looks for a key before an attribute: what templates are given is dictionaries,
    and a page has thousands of these.
    """

    def getattr(self, obj: Any, attribute: str) -> Any:
        if type(obj) is dict and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


environment = KeysFirst(
    loader=jinja2.FileSystemLoader(ROOT / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=DEBUG,
)
environment.filters.update(FILTERS)
environment.globals.update(_=gettext, asset=assets.url, words=words, **GLOBALS)
templates = Jinja2Templates(env=environment)
