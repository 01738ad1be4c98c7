"""What a process holds: the graph, its documents, whose minute has what left, templates, static files."""

from typing import Any

import jinja2
from starlette.templating import Jinja2Templates

from schema.graph import schema
from server.assets import Assets
from server.documents import load
from server.execution import Graph
from server.filters import FILTERS, GLOBALS, Words
from server.languages import said
from server.rates import Rates
from server.settings import DEBUG, ROOT

graph = Graph(schema)
rates = Rates()
assets = Assets(ROOT / "static")
documents = load(ROOT / "templates", graph)
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
environment.globals.update(_=said, asset=assets.url, words=words, **GLOBALS)
templates = Jinja2Templates(env=environment)
