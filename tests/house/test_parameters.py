"""Each number of a rule is a parameter, each parameter is read by code, and none stands in a text."""

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from schema.city.rules import PARAMETERS
from schema.city.rules.rulebook import Parameter
from schema.entries.rules import SHARES

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "schema"
FILES = sorted(SCHEMA.rglob("*.py"))
TREES = {path: ast.parse(path.read_text()) for path in FILES}
RULES = [path for path in FILES if "rules" in path.relative_to(SCHEMA).as_posix()]

# Modules whose numbers are none of a rule: how things are written, and national standards.
FORMS = {
    "city/rules/calendar.py": "weekdays, and the fixed holidays of 全国年节及纪念日放假办法",
    "city/rules/codes.py": "GB 32100 and GB 11714",
    "city/rules/days.py": "how days are written",
    "city/rules/highlight.py": "marking what was searched",
    "city/rules/money.py": "how amounts are written",
    "city/rules/numerals.py": "how numbers are written in characters",
    "city/rules/names.py": "how names are compared",
    "city/rules/pinyin.py": "readings of characters",
    "city/rules/rulebook.py": "the bounds of what can be typed at all",
    "city/rules/text.py": "how text is cleaned",
    "city/rules/variants.py": "how names are compared",
    "ledger/rules": "how workbooks are read",
    "people/rules.py": "posts, whose numbers are their order",
    "desk/rules.py": "addresses of saved views",
    "documents/rules.py": "how documents are laid out",
    "jobs/rules.py": "how often and how long a machine tries",
    "project/rules/alike.py": "how names are compared",
    "project/rules/classes.py": "how codes of GB/T 4754 are written",
    "project/rules/report.py": "how amounts, land and telephones are written",
}
# Numbers in what is left: (file, number) → what it is.
KNOWN = {
    ("assessment/rules/ranking.py", 12): "months of a year",
    ("assessment/rules/ranking.py", 10_000): "hundredths of a per cent",
    ("city/rules/clock.py", 100): "per cent",
    ("entries/rules/flags.py", 100): "per cent",
    ("entries/rules/months.py", 12): "months of a year",
    (
        "industry/rules/beginning.py",
        2020,
    ): "the year of what is shipped, no day that anybody has named",
    ("linkage/rules/proposing.py", 2): "the second of four ranks of what a claim rests on",
    ("linkage/rules/proposing.py", 3): "the first of them after a report",
    ("linkage/rules/tickets.py", 2): "a part of a ticket",
    ("linkage/rules/tickets.py", 3): "how many parts a ticket has",
    ("linkage/rules/tickets.py", 16): "characters of a hash",
    ("messages/rules.py", 300): "recipients of one notice: what one act can hold",
    ("duties/rules.py", 7): "days of a week",
    ("project/rules/duplicates.py", 2): "the country's code of a telephone",
    ("project/rules/duplicates.py", 6): "characters of a company's name that one slip leaves known",
    ("project/rules/duplicates.py", 7): "digits that make a telephone",
    ("project/rules/duplicates.py", 13): "digits of a telephone with its country's code",
    ("project/rules/duplicates.py", 60): "a score, which orders matches",
    ("project/rules/duplicates.py", 70): "a score, which orders matches",
    ("project/rules/duplicates.py", 75): "a score, which orders matches",
    ("project/rules/duplicates.py", 80): "a score, which orders matches",
    ("project/rules/duplicates.py", 98): "a score, which orders matches",
    ("project/rules/duplicates.py", 99): "a score, which orders matches",
    ("project/rules/duplicates.py", 100): "a score, which orders matches",
}


def handles() -> dict[str, str]:
    """The name in code of each declared parameter, by the parameter's own name."""
    found = {}
    for path in RULES:
        module = import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        declared = {t.id for node in TREES[path].body for t in targets(node)}
        for name in declared:
            value = getattr(module, name, None)
            if isinstance(value, Parameter):
                found[value.name] = name
    return found


def targets(node: ast.stmt) -> Iterator[ast.Name]:
    if isinstance(node, ast.Assign):
        yield from (each for each in node.targets if isinstance(each, ast.Name))


def read() -> set[str]:
    """The handles that `context.rule(…)` or the `Limit(…)` of a task is given, themselves or in a table."""
    tables = {
        target.id: {getattr(each, "id", "") for each in node.value.values}
        for path in RULES
        for node in TREES[path].body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict)
        for target in targets(node)
    }
    calls = [
        node for tree in TREES.values() for node in ast.walk(tree) if isinstance(node, ast.Call)
    ]
    named = {
        each.args[0]
        for each in calls
        if each.args
        and (getattr(each.func, "attr", "") == "rule" or named_by(each.func) == "Limit")
    }
    found = set()
    for each in named:
        of_table = each.value if isinstance(each, ast.Subscript) else None
        name = named_by(of_table or each)
        found |= tables.get(name, set()) if of_table else {name}
    return found


def named_by(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def test_every_parameter_is_read_by_code() -> None:
    """A share is read with the other one by `ratios`; all others where their number is needed."""
    declared, asked = handles(), read()
    assert sorted(declared) == sorted(PARAMETERS), "a parameter is declared under a name of its own"
    assert [name for name in PARAMETERS if declared[name] not in asked and name not in SHARES] == []


def numbers(path: Path) -> Iterator[int | float]:
    """The numbers in a module of rules, but for 0 and 1 and the bounds of parameters."""
    bounds = {
        id(each)
        for node in ast.walk(TREES[path])
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if node.func.id in ("Number", "ShareOf", "Choice", "Choices", "TimeOfDay", "YesNo")
        for each in ast.walk(node)
    }
    for node in ast.walk(TREES[path]):
        if not isinstance(node, ast.Constant) or id(node) in bounds:
            continue
        if isinstance(node.value, int | float) and node.value not in (0, 1):
            yield node.value


def test_every_number_of_a_rule_is_a_parameter() -> None:
    found = set()
    for path in RULES:
        name = path.relative_to(SCHEMA).as_posix()
        if not any(name.startswith(each) for each in FORMS):
            found |= {(name, number) for number in numbers(path)}
    assert found - KNOWN.keys() == set(), "declare it: schema/README.md, Declaring a parameter"
    assert KNOWN.keys() - found == set()


# ---- pages and descriptions speak the value in force

SPOKEN = re.compile(
    r"(?<!不足 )\d+\s*个?工作日|(?<!\d)\d{1,2}\s*[∶:]\s*\d{1,2}\s*(?:比例|分|由|计入|共享)|按\s*\d+[∶:]\d+"
)
TEMPLATES = [
    path for path in sorted((ROOT / "templates").rglob("*.html")) if "style" not in path.parts
]


def test_a_text_with_a_rules_number_is_found() -> None:
    for text in ("在 2 个工作日内", "2个工作日", "签约按 3∶7，税收", "按1:9比例分享"):
        assert SPOKEN.search(text), text
    assert not SPOKEN.search("剩 %(days)s 个工作日，17:30 到期")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_page_says_a_rules_number_in_its_own_words(path: Path) -> None:
    assert SPOKEN.findall(re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL)) == []


def test_no_description_or_explanation_says_a_rules_number() -> None:
    assert SPOKEN.findall((SCHEMA / "schema.graphql").read_text()) == []
    texts = [
        (path.name, node.value)
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if SPOKEN.search(node.value) and not is_docstring(node, tree)
    ]
    assert texts == []


def is_docstring(node: ast.Constant, tree: ast.AST) -> bool:
    return any(isinstance(each, ast.Expr) and each.value is node for each in ast.walk(tree))
