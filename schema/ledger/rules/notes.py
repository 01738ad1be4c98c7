"""Words of a heading beside its name that make another figure of it: （累计）, （本年）, 其中, 计划.

A field that has such a word in a name of its own is meant with it: 协议总投资（计划） is 计划总投资. Any
other is a question for people, since one figure read for another is not seen afterwards.
"""

import re
from collections.abc import Iterator, Sequence

from schema.city.rules.text import half_width
from schema.ledger.rules.columns import Catalogue, Field, bare
from schema.ledger.rules.parsers import KINDS
from schema.ledger.rules.units import IN_BRACKETS, LONGEST_HEADING

MEANINGS = {
    name: re.compile(words)
    for name, words in {
        "累计": "累计|累积|截[至止]|以来|自.+至",
        "本年": "[本今当]年|年度|年初|全年",
        "上年": "[上去]年|上月|同期|同比",
        "本月": "(?<!至)[本当]月(?!末)|本期",
        "计划": "计划|规划|拟|预[计估期]|估算|暂[估定]",
        "其中": "其中",
    }.items()
}
APART = re.compile(r"[,，、;；:：|/\s]")
OF_PROJECTS = re.compile("项目|工程|基本")


def with_note(part: str, catalogue: Catalogue) -> str:
    """The bare name of a heading, with a note that makes another field of it: 到位资金（本年）is 本年到位资金."""
    name = bare(part)
    for note in _notes(part):
        for token in APART.split(note):
            joined = bare(token) + name
            if joined in catalogue.names and any(each.search(token) for each in MEANINGS.values()):
                return joined
    return name


def another_meaning(path: Sequence[str], field: Field) -> str:
    """The word in the headings over a column that makes another figure of `field`, "" where none does."""
    if not (field.measure or KINDS[field.kind].is_day) or not path:
        return ""
    own = " ".join((field.title, field.group, *field.aliases))
    meant = {name for name, words in MEANINGS.items() if words.search(own)}
    *above, last = path
    texts = [note for part in path if not OF_PROJECTS.search(part) for note in _notes(part)]
    if field.measure:
        texts += [part.replace("其中", "") for part in above if not OF_PROJECTS.search(part)]
    if field.must:
        texts.append("其中" if "其中" in last else "")
    found = (
        match[0]
        for name, words in MEANINGS.items()
        if name not in meant
        for text in texts
        if (match := words.search(text))
    )
    return next(found, "")


def _notes(part: str) -> Iterator[str]:
    rest = half_width(part) if len(part) <= LONGEST_HEADING else ""
    while found := IN_BRACKETS.search(rest):
        yield found[1]
        rest = rest[: found.start()] + " " + rest[found.end() :]
