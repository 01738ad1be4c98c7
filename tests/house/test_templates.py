"""What templates call is there: a name, a filter or a test that is not would be a page that cannot be shown."""

from collections.abc import Iterator
from typing import Any

import pytest
from jinja2 import meta, nodes

from server.web.issuing import environment
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
