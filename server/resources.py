"""What a process holds: the graph, its documents, the templates and their filters, static files."""

import jinja2
from starlette.templating import Jinja2Templates

from schema.graph import schema
from server.assets import Assets
from server.documents import load
from server.execution import Graph
from server.filters import FILTERS, GLOBALS, Words
from server.languages import said
from server.settings import DEBUG, ROOT

graph = Graph(schema)
assets = Assets(ROOT / "static")
documents = load(ROOT / "templates", graph)
words = Words(graph.core)

environment = jinja2.Environment(
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
