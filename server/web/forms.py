"""Forms out of input types, and what a browser sends (names and strings) into variables.

The words of a form are the graph's descriptions. A page's query feeds its forms by two aliases:
`initial` holds the values a form starts with, `FIELDOptions` the choices of a field as value and label.
In a form a bare number for an amount is in 万元, as its hint says; over the graph it is in yuan.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLScalarType,
    Undefined,
    get_named_type,
    get_nullable_type,
    is_list_type,
    is_non_null_type,
    is_required_input_field,
)
from starlette.datastructures import FormData, QueryParams, UploadFile

from schema.city.rules import format_money, format_wan, in_unit, is_estimate, parse_day, parse_money
from schema.project.rules.report import format_phones
from schema.scalars import Unparsable
from server.people.drafts import Draft, Pairs, Rendering, Typed
from server.web.documents import Operation

Sent = FormData | QueryParams
LONG_TEXT = 200
FILES_HELP = "PDF、图片、Word、Excel、OFD，每个不超过 20 MB"
MONEY_HELP = "只写数字的单位为万元"
PREFILLED = ("String", "ID", "Date")
BY_SHORT_NAME = "（短名）"
"""How the graph wants a row named, of which a form offers the names."""
KEYS = (
    "project",
    "revision",
    "transfer",
    "dispute",
    "entry",
    "batch",
    "view",
    "ticket",
    "one",
    "target",
    "firm",
    "stage",
    "message",
    "job",
    "duty",
    "company",
)
MOVING = ("revision", "stage")
"""The keys that change with what a form is done on."""
DRAFT_NAME_LONGEST = 200
FOLLOWS = "follows"
"""The field of what a rendering goes on from (`Rendering.follows`), parted by blanks."""
KERNEL = ("key", "by", "draft", FOLLOWS)
"""What every form carries beside its act, its revision and the values it was opened with."""


@dataclass
class Form:
    """One act's form: what it asks, what was entered, what is wrong."""

    act: str
    label: str
    action: str
    fields: dict[str, dict[str, Any]]
    hidden: dict[str, Any]
    errors: list[dict[str, Any]] = field(default_factory=list)
    summary: str | None = None
    conflict: dict[str, Any] | None = None
    does: str = ""  # the act's name in the graph, which several forms of a page may share
    prefix: str = ""  # of its fields' ids, where another form of the page has them without
    now: dict[str, Any] = field(default_factory=dict)  # what the fields hold at present, as shown
    was: dict[str, Any] = field(default_factory=dict)  # what they held when the form was opened
    by: str = ""  # who has it on their screen, as `signature` writes
    drafts: dict[str, Draft] = field(default_factory=dict)  # the viewer's own, by their names
    checking: bool = False  # it is shown as it was just sent, to be looked over or mended
    restored: Typed | None = None  # the draft that the form is filled in with
    follows: str = ""  # what it goes on from, as it brings it back

    @property
    def files(self) -> bool:
        return any(each["type"] == "file" for each in self.fields.values())

    def get(self, name: str, default: Any = None) -> Any:
        return getattr(self, name, default)

    def draft_name(self, values: Mapping[str, Any] | None = None) -> str:
        """The name of this form's draft: its operation and what it is done on, or else its address."""
        about = {**self.hidden, **(values or {})}
        on = [f"{name}={about[name]}" for name in KEYS if name in about and name not in MOVING]
        return f"{self.act} {' '.join(on) or self.action}"[:DRAFT_NAME_LONGEST]

    def draft_offered(self, values: Mapping[str, Any] | None = None) -> Draft | None:
        """The draft that waits for this form, unless it is shown with one, or as it was sent."""
        if self.restored or self.checking:
            return None
        return self.drafts.get(self.draft_name(values))

    def filled_in(self) -> list[tuple[str, str]]:
        """The names and texts of what is filled in, as the form sends them."""
        return [
            (name, value)
            for name, each in self.fields.items()
            if name not in self.hidden and each["type"] != "file"
            for value in as_list(each["value"])
        ]

    def to_be_sent(self) -> list[dict[str, Any]]:
        """Each field that is filled in, as people read it: name, label, text, files."""
        return [
            {
                "name": name,
                "label": each["label"],
                "text": read_aloud(each),
                "files": each.get("held", []),
            }
            for name, each in self.fields.items()
            if name not in self.hidden and (as_list(each["value"]) or each.get("held"))
        ]

    def count_filled(self, names: Iterable[str]) -> int:
        """How many of some fields hold something."""
        return sum(bool(as_list(self.fields[each]["value"])) for each in names)

    def any_wrong(self, names: Iterable[str]) -> bool:
        return any(self.fields[each]["error"] for each in names)

    def has_moved_since(self, draft: Typed) -> bool:
        """Whether what the form is about was acted on since its draft was begun."""
        now, then = self.hidden.get("revision"), draft.get("revision")
        return now is not None and then is not None and str(now) != then

    def files_of(self, draft: Typed) -> str:
        """The words of the fields whose files must be chosen again."""
        return "、".join(self.fields[name]["label"] for name in draft.files if name in self.fields)

    @property
    def opened(self) -> str:
        """The values that the form was opened with, as JSON: it carries them for a comparison."""
        return json.dumps(self.was, ensure_ascii=False, separators=(",", ":"))


# ---------------------------------------------------------------- what was sent → variables


async def variables(operation: Operation, sent: Sent, path: Mapping[str, Any]) -> dict[str, Any]:
    """The operation's variables. A name that is absent or blank is left out; a file becomes its bytes.

    Where an act tells what is left out from what is empty, a field that the form shows blank is null.
    """
    values: dict[str, Any] = {}
    for each in operation.variables:
        kind = get_nullable_type(each.type)
        if each.name in path:
            values[each.name] = parse_scalar(kind, str(path[each.name]))
        elif each.name == "orderBy":
            if ordered := parse_order(sent.get("order")):
                values["orderBy"] = ordered
        elif isinstance(kind, GraphQLInputObjectType):
            found = await input_values(kind, "", sent, path)
            if each.name == "input":
                found |= dict.fromkeys(emptied(kind, sent) - found.keys())
            if found or each.name == "input":
                values[each.name] = found
        else:
            found = await parse_value(each.type, each.name, sent)
            if found is not None:
                values[each.name] = found
    if "before" in values:
        sizes = {each.name: each.default for each in operation.variables}
        size = values.get("first", int(str(sizes.get("first") or 20)))
        values["last"], values["first"] = values.get("last", size), None
    return values


async def input_values(
    kind: GraphQLInputObjectType, prefix: str, sent: Sent, path: Mapping[str, Any]
) -> dict[str, Any]:
    values = {}
    for name, member in kind.fields.items():
        found = (
            parse_scalar(get_nullable_type(member.type), str(path[name]))
            if name in path and not prefix
            else await parse_value(member.type, prefix + name, sent)
        )
        if found is not None:
            values[name] = found
    return values


def emptied(kind: GraphQLInputObjectType, sent: Sent) -> set[str]:
    """The fields of an edit that a form shows and leaves blank, and the ticks that it has taken away."""
    opened = opened_with(sent)
    return {
        name
        for name, member in kind.fields.items()
        if member.default_value is Undefined and not is_non_null_type(member.type)
        if name in sent or (member.type is GraphQLBoolean and name in opened)
    }


async def parse_value(kind: Any, name: str, sent: Sent) -> Any:
    kind = get_nullable_type(kind)
    if is_list_type(kind):
        return await parse_list(get_nullable_type(kind.of_type), name, sent)
    if isinstance(kind, GraphQLInputObjectType):
        if isinstance(file := sent.get(name), UploadFile):
            return await file_of(file) if file.filename else None
        if not any(each == name or each.startswith(f"{name}.") for each in sent):
            return None  # before its members: a filter may hold another one of its own type
        values = await input_values(kind, f"{name}.", sent, {})
        if not values and name in sent:  # `group=slug` stands for `group.slug=slug`
            first = next(iter(kind.fields))
            values = {first: await parse_value(kind.fields[first].type, name, sent)}
            values = {key: each for key, each in values.items() if each is not None}
        return values or None
    found = sent.get(name)
    if kind is GraphQLBoolean:
        return parse_bool(found)
    if isinstance(found, UploadFile) or found is None:
        return None
    return parse_scalar(kind, found)


async def parse_list(kind: Any, name: str, sent: Sent) -> list[Any] | None:
    given = sent.getlist(name)
    if isinstance(kind, GraphQLInputObjectType):
        files = [each for each in given if isinstance(each, UploadFile) and each.filename]
        return [await file_of(each) for each in files] or None
    found = [parse_scalar(kind, each) for each in given if isinstance(each, str)]
    return [each for each in found if each is not None] or None


async def file_of(file: UploadFile) -> dict[str, Any]:
    """A file as a variable: its name and its bytes, or what is `left` of one that is here no longer."""
    left = getattr(file, "left", None)
    return {"name": file.filename, "content": await file.read() if left is None else left}


def parse_scalar(kind: Any, text: str) -> Any:
    if not text.strip():
        return None
    if kind is GraphQLInt:
        return int(text) if re.fullmatch(r"-?\d{1,9}", text.strip()) else text
    if kind is GraphQLFloat:
        return float(text) if re.fullmatch(r"-?\d+(\.\d+)?", text.strip()) else text
    return in_unit(text, "万元") if kind.name == "Money" else text


def parse_bool(found: Any) -> bool | None:
    """A ticked box is true, a choice may be false; None leaves the default. A value of the graph is itself."""
    if isinstance(found, bool):
        return found
    return None if found in (None, "") else found not in ("false", "0", "off", "no")


def drop_unreadable(operation: Operation, given: dict[str, Any]) -> list[dict[str, str]]:
    """Take out of a query's variables what cannot be read; each with its name and what to write.

    Meant for addresses: the page is shown without the condition, and says so.
    """
    wrong: list[dict[str, str]] = []
    for each in operation.variables:
        kind = get_named_type(each.type)
        if each.name not in given or each.name == "orderBy":
            continue
        if isinstance(kind, GraphQLInputObjectType) and isinstance(given[each.name], dict):
            wrong += drop_unreadable_fields(kind, given[each.name], "")
        elif message := value_error(kind, given[each.name]):
            wrong.append({"field": each.name, "label": each.label, "message": message})
            del given[each.name]
    return wrong


def drop_unreadable_fields(
    kind: GraphQLInputObjectType, values: dict[str, Any], prefix: str
) -> list[dict[str, str]]:
    wrong: list[dict[str, str]] = []
    for name, member in kind.fields.items():
        far, label = get_named_type(member.type), re.split("[（；]", member.description or name)[0]
        if isinstance(far, GraphQLInputObjectType) and isinstance(values.get(name), dict):
            inner = drop_unreadable_fields(far, values[name], f"{prefix}{name}.")
            wrong += [each | {"label": f"{label} {each['label']}"} for each in inner]
            if not values[name]:
                del values[name]
        elif message := value_error(far, values.get(name)):
            wrong.append({"field": prefix + name, "label": label, "message": message})
            del values[name]
    return wrong


def value_error(kind: Any, sent: Any) -> str | None:
    """Why a value is none of its type, in the user's words."""
    given = sent if isinstance(sent, list) else [] if sent is None else [sent]
    if isinstance(kind, GraphQLEnumType) and any(each not in kind.values for each in given):
        return "请从所列中选择"
    if kind is GraphQLInt and any(isinstance(each, str) for each in given):
        return "请填整数"
    if isinstance(kind, GraphQLScalarType) and kind.name in ("Money", "Date", "DateTime", "Month"):
        read = [kind.coerce_input_value(each) for each in given]
        return next((each.message for each in read if isinstance(each, Unparsable)), None)
    return None


def parse_order(text: Any) -> dict[str, str] | None:
    """`order=-AMOUNT`: by amount, the largest first."""
    if not isinstance(text, str) or not re.fullmatch(r"-?[A-Z_]+", text):
        return None
    return {"field": text.lstrip("-"), "direction": "DESC" if text.startswith("-") else "ASC"}


# ---------------------------------------------------------------- input types → forms


def build_form(
    operation: Operation, action: str, data: Mapping[str, Any], sent: Sent | None = None
) -> Form:
    """The form of a mutation, filled with what was sent, or else with the page's `initial`.

    What stands in a field at present is compared with what stood there when the form was opened.
    """
    kind = get_named_type(next(each.type for each in operation.variables if each.name == "input"))
    assert isinstance(kind, GraphQLInputObjectType)
    initial = flatten(data.get("initial") or {})
    fields: dict[str, dict[str, Any]] = {}
    hidden: dict[str, Any] = {"act": operation.name}
    now: dict[str, Any] = {}
    for name, member in kind.fields.items():
        start = initial.get(name)
        if start is not None and initial.get(f"{name}Estimated"):
            start = f"约{in_wan(start)}"
        key = (sent.get(name) if sent is not None else None) or start
        if name in KEYS and key is not None:
            hidden[name] = key
        options = field_options(name, member, data)
        fields[name] = field_of(name, member, start, sent, options)
        if name not in KEYS and fields[name]["type"] != "file":
            unsent = fields[name] if sent is None else field_of(name, member, start, None, options)
            present = unsent["value"]
            if present not in (None, "", [], False):
                now[name] = present
    form = Form(operation.name, act_label(operation), action, fields, hidden, does=operation.act)
    form.now, form.was = now, opened_with(sent) if sent is not None and "was" in sent else now
    return form


def of_address(operations: Iterable[Operation], sent: QueryParams) -> dict[str, str]:
    """What an address says of the fields of forms: texts, days and choices, to be looked over and sent.

    Never what an act is done on, an amount, a file, or a tick that confirms something.
    """
    found: dict[str, str] = {}
    for operation in operations:
        kind = get_named_type(next(e.type for e in operation.variables if e.name == "input"))
        assert isinstance(kind, GraphQLInputObjectType)
        for name, member in kind.fields.items():
            far = get_named_type(member.type)
            plain = isinstance(far, GraphQLEnumType) or far.name in PREFILLED
            if plain and name not in KEYS and sent.get(name):
                found[name] = str(sent[name])
    return found


def signature(person: int | None, name: str) -> str:
    """Who has a form on their screen: an id and a name, as the form brings them back."""
    return f"{person or ''}:{name}"


def signed_by_another(form: Sent, person: int | None) -> str | None:
    """The name of whoever had a form on their screen, where it was somebody else."""
    key, _, name = str(form.get("by") or "").partition(":")
    return (name[:40] or "他人") if key.isdigit() and key != f"{person}" else None


def as_sent(typed: Pairs) -> FormData:
    """What a draft holds, as if the form had been sent."""
    return FormData(list(typed))


def followed(sent: Sent) -> list[str]:
    """What a form that was sent goes on from."""
    return str(sent.get(FOLLOWS) or "").split()


def rendering(sent: Sent) -> Rendering:
    """The rendering that a form was sent from."""
    return Rendering(str(sent.get("key") or ""), followed(sent))


def opened_with(sent: Sent) -> dict[str, Any]:
    """The values that a form was opened with, as it brings them back; none where they are no JSON."""
    try:
        found = json.loads(str(sent.get("was")))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def act_label(operation: Operation) -> str:
    """The words of the act that a form sends: its mutation's description."""
    mutation = operation.prepared.schema.mutation_type
    known = mutation.fields.get(operation.act) if mutation else None
    return (known.description if known else None) or operation.name


def flatten(initial: Mapping[str, Any]) -> dict[str, Any]:
    """`initial` with what stands inside its objects, the outer names first."""
    inner = {
        name: each
        for value in initial.values()
        if isinstance(value, Mapping)
        for name, each in value.items()
    }
    return inner | {
        name: value for name, value in initial.items() if not isinstance(value, Mapping)
    }


def field_of(
    name: str,
    member: GraphQLInputField,
    start: Any,
    sent: Sent | None,
    choices: list[dict[str, Any]],
) -> dict[str, Any]:
    kind = get_named_type(member.type)
    label, _, help = (member.description or name).partition("；")
    label = label.removesuffix(BY_SHORT_NAME)
    limit = text_limit(member)
    many = is_list_type(get_nullable_type(member.type))
    about = metadata_of(member)
    shown = sent.get(name) if sent is not None else start
    if many and sent is not None and not isinstance(kind, GraphQLInputObjectType):
        shown = sent.getlist(name)
    if kind is GraphQLBoolean:
        shown = parse_bool(shown)
        if choices and shown is not None:
            shown = plain_text(shown)
    if isinstance(shown, UploadFile):
        shown = None
    if sent is None and isinstance(start, str) and kind.name == "Money" and start[0].isdigit():
        shown = in_wan(start)
    if shown is None and sent is None and member.default_value not in (None, ..., False):
        shown = (
            getattr(member.default_value, "name", None)
            if isinstance(kind, GraphQLEnumType)
            else None
        )
    return {
        "label": label,
        "kind": kind,
        "missing": sent is not None and name not in sent,
        "asked": bool(about.get("asked")),
        "estimate": bool(about.get("estimate")),
        "help": None if about.get("yes_no") else hint(kind, help),
        "many": many,
        # A choice that begins with one made is never left blank.
        "required": is_required_input_field(member)
        or bool(about.get("needed"))
        or (isinstance(kind, GraphQLEnumType) and is_non_null_type(member.type)),
        "type": about.get("kind") or field_type(kind, many, choices, limit),
        "options": choices,
        "value": shown,
        "error": None,
        "inputmode": "numeric" if kind is GraphQLInt else None,
        "maxlength": limit,
    }


def hint(kind: Any, help: str) -> str | None:
    """How to fill in a field: what the graph says of it, and what holds in a form alone."""
    if kind.name == "Money":
        return f"{help}，{MONEY_HELP}" if help else MONEY_HELP
    return help or (FILES_HELP if isinstance(kind, GraphQLInputObjectType) else None)


def field_type(kind: Any, many: bool, choices: list[dict[str, Any]], limit: int | None) -> str:
    if isinstance(kind, GraphQLInputObjectType):
        return "file"
    if kind is GraphQLBoolean:
        return "radio" if choices else "checkbox"
    if choices:
        return "checkbox" if many else "radio" if len(choices) <= 3 else "select"
    if isinstance(kind, GraphQLScalarType) and kind.name in ("Money", "Date", "Month"):
        return kind.name.lower()
    if kind is GraphQLInt:
        return "number"
    return "textarea" if limit and limit > LONG_TEXT else "text"


def field_options(
    name: str, member: GraphQLInputField, data: Mapping[str, Any]
) -> list[dict[str, Any]]:
    options, mine = f"{name}Options", data.get("me")
    if options in data or (isinstance(mine, Mapping) and options in mine):
        found = (data if options in data else mine or {})[options] or ()
        while isinstance(found, Mapping) and "nodes" not in found and len(found) == 1:
            (found,) = found.values()  # the choices of an object that belongs to another
            found = found or ()
        return [dict(each) for each in (found["nodes"] if isinstance(found, Mapping) else found)]
    kind = get_named_type(member.type)
    if answers := metadata_of(member).get("yes_no"):
        return [
            {"value": value, "label": label, "note": note}
            for value, words in zip(("true", "false"), answers, strict=True)
            for label, _, note in [words.partition("；")]
        ]
    if isinstance(kind, GraphQLEnumType):
        return [
            {"value": key, "label": each.description or key} for key, each in kind.values.items()
        ]
    return []


def text_limit(member: GraphQLInputField) -> int | None:
    named = get_named_type(member.type).name
    return metadata_of(member).get("limit") if named == "String" else None


def metadata_of(member: GraphQLInputField) -> Mapping[str, Any]:
    """What the act's input says of a field beside its type: see `input_field`."""
    known = member.extensions.get("strawberry-definition")
    return known.metadata if known is not None else {}


def in_wan(yuan: str) -> str:
    """`"125000000.00"` as it is typed into a form that counts in 万元: `12500`."""
    whole, _, part = yuan.partition(".")
    digits = f"{whole.zfill(5)}{part.ljust(2, '0')}"
    return f"{digits[:-6]}.{digits[-6:]}".rstrip("0").rstrip(".").lstrip("0") or "0"


# ---------------------------------------------------------------- what is wrong with it

PICKED, OF_MINE, OF_THEIRS = "pick.", "mine.", "theirs."
"""What the comparison sends of a field: whose value was picked, and both values."""


def with_errors(
    form: Form, errors: Iterable[Mapping[str, Any]], conflict: Mapping[str, Any] | None
) -> Form:
    """The form as it comes back: each error at its field, and what somebody else did first."""
    for error in errors:
        name = (error["field"] or "").partition(".")[0]
        form.errors.append({"field": name, "message": error["message"]})
        if name in form.fields:
            form.fields[name]["error"] = form.fields[name]["error"] or error["message"]
        if conflict and error["code"] == "STALE":
            form.summary = error["message"]
    if conflict:
        form.hidden["revision"] = conflict["revision"]
        form.conflict = compare(form, conflict)
        form.was = form.now
    return form


def compare(form: Form, conflict: Mapping[str, Any]) -> dict[str, Any]:
    """As I opened it, theirs, mine: field by field.

    What only they touched is taken over into the form, what only I touched stays mine, and what both
    touched in different ways are `fields` to choose in. `mend` names those of the others in which something
    is wrong, `kept` are the rest as pairs.
    """
    rows, merged, kept, mend = [], [], [], []
    for name, each in form.fields.items():
        if name in form.hidden or each["type"] == "file":
            continue
        opened, theirs, mine = form.was.get(name), form.now.get(name), each["value"]
        moved, touched = not is_same(each, opened, theirs), not is_same(each, opened, mine)
        if each["missing"] and each["type"] != "checkbox":
            touched = False  # the page does not ask for it
        if moved and touched and not is_same(each, theirs, mine):
            sides = {"opened": opened, "theirs": theirs, "mine": mine}
            words = {f"{side}Text": in_words(each, value) for side, value in sides.items()}
            listed = {side: as_list(value) for side, value in sides.items()}
            shown = {"name": name, "label": each["label"], "error": each["error"]}
            rows.append({**shown, **listed, **words})
            continue
        if moved and not touched:
            each["value"] = theirs
            merged.append({"label": each["label"], "text": in_words(each, theirs)})
        if each["error"]:
            mend.append(name)
        elif not each["missing"] or moved:
            kept += [(name, value) for value in as_list(each["value"])]
    by = f"{conflict['changedBy']}（{conflict['unit']}）"
    first = {"by": by, "at": conflict["changedAt"], "act": conflict["act"]}
    changes = list(conflict.get("changes") or ())
    found = {"fields": rows, "merged": merged, "kept": kept, "mend": mend}
    return {**first, **found, "changes": changes}


def picked(sent: FormData) -> FormData:
    """What was sent, with the value picked in each field that was compared."""
    pairs = sent.multi_items()
    whose = {
        name.removeprefix(PICKED): OF_THEIRS if value == "theirs" else OF_MINE
        for name, value in pairs
        if name.startswith(PICKED)
    }
    if not whose:
        return sent
    found = [each for each in pairs if not each[0].startswith((PICKED, OF_MINE, OF_THEIRS))]
    for name, side in whose.items():
        found += [(name, value) for key, value in pairs if key == side + name]
    return FormData(found)


def as_list(value: Any) -> list[str]:
    """A field's value as a form sends it: texts, none where it is blank."""
    if value in (None, "", [], False):
        return []
    return [str(each) for each in value] if isinstance(value, list) else [plain_text(value)]


def plain_text(value: Any) -> str:
    return f"{value}".lower() if isinstance(value, bool) else f"{value}"


def is_same(field: Mapping[str, Any], one: Any, other: Any) -> bool:
    """Whether two values of a field mean the same, however they were written."""
    return [as_meant(field, each) for each in as_list(one)] == [
        as_meant(field, each) for each in as_list(other)
    ]


def as_meant(field: Mapping[str, Any], text: str) -> Any:
    kind, value = field["kind"], parse_scalar(field["kind"], text)
    if isinstance(kind, GraphQLScalarType) and kind.name in ("Money", "Date", "Month"):
        read = kind.coerce_input_value(value)
        return text.strip() if isinstance(read, Unparsable) else read
    return "\n".join(text.split("\r\n")).strip() if isinstance(value, str) else value


READ_ALOUD = ("money", "date", "tel")


def read_aloud(field: Mapping[str, Any]) -> str:
    """A field's value as it will be taken: an amount, a day, a telephone in its own words."""
    if field["type"] not in READ_ALOUD or not as_list(field["value"]):
        return in_words(field, field["value"])
    text = str(field["value"])
    if field["type"] == "date":
        return f"{(day := parse_day(text)).year}年{day.month}月{day.day}日"
    if field["type"] == "tel":
        return format_phones(text)
    fen = parse_money(text, estimate=True)
    short, exact = format_money(fen), format_wan(fen)
    about = "约 " if is_estimate(text) else ""
    return f"{about}{short}" + (f"（{exact}）" if short != exact else "")


def in_words(field: Mapping[str, Any], value: Any) -> str:
    """A field's value as people read it: the words of a choice, an amount with its unit."""
    words = {str(each["value"]): str(each["label"]) for each in field["options"]}
    if field["type"] == "checkbox" and not words:
        return "是" if value else "否"
    unit = " 万元" if field["type"] == "money" else ""
    return "、".join(
        words.get(each, in_unit(each, unit) if unit else each) for each in as_list(value)
    )
