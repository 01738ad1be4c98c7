"""What templates call is there, or the page could not be shown; what a page asks for, its templates show."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from graphql import FieldNode, parse
from jinja2 import meta, nodes

from schema.project.rules import LANES
from server.web.filters import lane_name
from server.web.issuing import environment
from server.web.resources import documents
from tests.house.test_words import parsed


def test_every_template_calls_what_it_has() -> None:
    trees = dict(parsed())
    assert len(trees) > 100
    found = {name: list(faults(tree, trees)) for name, tree in trees.items()}
    assert {name: missing for name, missing in found.items() if missing} == {}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('{% extends "a.html" %}{% block b %}{{ money(1) }}{% endblock %}', "money()"),
        ('{% from "a.html" import money %}{{ money(1) }}', "a.html: money"),
        ("{% macro a(row) %}{{ lamp(row) }}{% endmacro %}{{ a(1) }}", "lamp()"),
        ("{% for each in [1] %}{{ each|yuans }}{% endfor %}", "|yuans"),
        ("{% if 1 is evenly %}{% endif %}", "is evenly"),
    ],
)
def test_what_is_not_there_is_found(text: str, fault: str) -> None:
    trees = {"a.html": environment.parse("{% set icon = 1 %}")}
    assert list(faults(environment.parse(text), trees)) == [fault]


@pytest.mark.parametrize(
    "text",
    [
        '{% extends "a.html" %}{% block b %}{{ icon(super()) }}{% endblock %}',
        '{% from "a.html" import icon as drawn %}{% block b %}{{ drawn(1) }}{% endblock %}',
        "{% macro a(row) %}{{ row(caller()) }}{% endmacro %}{% call a(dict) %}{% endcall %}",
        "{% if 1 %}{% set f = dict %}{% endif %}{{ f() }}{% for each in [f] %}{{ each() }}{% endfor %}",
    ],
)
def test_what_is_imported_set_given_or_of_the_parent_is_there(text: str) -> None:
    trees = {"a.html": environment.parse("{% macro icon(name) %}{% endmacro %}")}
    assert list(faults(environment.parse(text), trees)) == []


def faults(tree: nodes.Template, trees: dict[str, Any]) -> Iterator[str]:
    """What a template calls, imports, filters or tests by without having it, among all templates by name."""
    unknown = [
        f"{sign}{each.name}"
        for kind, sign, there in (
            (nodes.Filter, "|", environment.filters),
            (nodes.Test, "is ", environment.tests),
        )
        for each in tree.find_all(kind)
        if each.name not in there
    ]
    yield from unknown
    for taken in tree.find_all(nodes.FromImport):
        names = {each if isinstance(each, str) else each[0] for each in taken.names}
        of = taken.template.value
        yield from (f"{of}: {each}" for each in names - held(trees[of]))
    if not unknown:
        called = {each.node.name for each in tree.find_all(nodes.Call) if named(each.node)}
        known = held(tree).union(*(held(trees[name]) for name in parents(tree, trees)))
        yield from (f"{each}()" for each in called & meta.find_undeclared_variables(tree) - known)


def parents(tree: nodes.Template, trees: dict[str, Any]) -> Iterator[str]:
    """The templates that one extends, whose names it has; the frame that the route chooses adds none."""
    over = tree.find(nodes.Extends)
    if over is not None and isinstance(over.template, nodes.Const):
        yield over.template.value
        yield from parents(trees[over.template.value], trees)


def held(tree: Any) -> set[str]:
    """The names that a template binds outside its blocks, macros and loops."""
    found: set[str] = set()
    for each in tree.body:
        if isinstance(each, nodes.FromImport):
            found |= {name if isinstance(name, str) else name[1] for name in each.names}
        elif isinstance(each, nodes.Import):
            found.add(each.target)
        elif isinstance(each, nodes.Macro):
            found.add(each.name)
        elif isinstance(each, (nodes.Assign, nodes.AssignBlock)):
            targets = [each.target] if named(each.target) else each.target.find_all(nodes.Name)
            found |= {target.name for target in targets}
        elif isinstance(each, nodes.If):
            for branch in (each, *each.elif_):
                found |= held(branch)
            found |= held(nodes.Template(each.else_))
    return found


def named(node: Any) -> bool:
    return isinstance(node, nodes.Name)


FILLS_FORMS = re.compile("initial|.*Options")
"""What forms take of a page's answer, whatever its template names."""
OF_LANES = {lane_name(lane) for lane in LANES}
"""The board's template gets these by `board_lanes`."""


def test_a_page_asks_for_what_it_shows() -> None:
    """A field that no template of the page names costs its statement for nothing."""
    trees = dict(parsed())
    found = {}
    for name, document in documents.items():
        if document.query and f"{name}.html" in trees:
            named_there = names_in(f"{name}.html", trees)
            asked_for = asked(document.query.node.selection_set.selections)
            found[name] = [path for path in asked_for if path.split(".")[-1] not in named_there]
    assert {name: paths for name, paths in found.items() if paths} == {}


def test_a_field_that_nothing_shows_is_found() -> None:
    query = parse("{ group { name office { name phone } seat { id } } initial { secret } }")
    paths = list(asked(query.definitions[0].selection_set.selections))
    office = ["group.office", "group.office.name", "group.office.phone"]
    assert paths == ["group", "group.name", *office, "group.seat"]
    trees = {
        "a.html": environment.parse('{{ group.name }} {{ group.office|map(attribute="x.phone") }}')
    }
    assert names_in("a.html", trees) >= {"group", "name", "office", "phone"}


def asked(selections: Any, path: str = "") -> Iterator[str]:
    """The fields that a page's own document asks for, as paths of response names.

    A revision goes with its form, and an object that is asked for one thing alone may be asked whether it is there.
    """
    fields = [each for each in selections if isinstance(each, FieldNode)]
    for each in fields:
        name = (each.alias or each.name).value
        alone = path and len(selections) == 1 and not each.selection_set
        if name == "revision" or name in OF_LANES or alone or FILLS_FORMS.fullmatch(name):
            continue
        yield path + name
        if each.selection_set:
            yield from asked(each.selection_set.selections, f"{path}{name}.")


def names_in(name: str, trees: dict[str, Any]) -> set[str]:
    """What a template and those that it extends, includes and imports name: attributes, keys, words of texts."""
    reached, waiting = set[str](), [name]
    while waiting:
        if (each := waiting.pop()) in trees and each not in reached:
            reached.add(each)
            waiting += parts_of(trees[each])
    return set().union(*(own_names(trees[each]) for each in reached))


@cache
def parts_of(tree: nodes.Template) -> list[str]:
    """The templates that one extends, includes and imports from."""
    kinds = (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)
    found = (each.template for each in tree.find_all(kinds))
    return [each.value for each in found if isinstance(each, nodes.Const)]


@cache
def own_names(tree: nodes.Template) -> frozenset[str]:
    found: set[str] = set()
    for each in tree.find_all((nodes.Getattr, nodes.Name, nodes.Const)):
        if isinstance(each, nodes.Const):
            found |= set(re.findall(r"\w+", each.value if isinstance(each.value, str) else ""))
        else:
            found.add(each.attr if isinstance(each, nodes.Getattr) else each.name)
    return frozenset(found)
