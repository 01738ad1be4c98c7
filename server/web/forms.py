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
    get_named_type,
    get_nullable_type,
    is_list_type,
    is_non_null_type,
    is_required_input_field,
)
from starlette.datastructures import FormData, QueryParams, UploadFile

from schema.scalars import Unparsable
from server.web.documents import Operation

Sent = FormData | QueryParams
BARE_NUMBER = re.compile(r"\s*[\d,，.．０-９]+\s*")
LONG_TEXT = 200
FILES_HELP = "PDF、图片、Word、Excel、OFD，每个不超过 20 MB"
MONEY_HELP = "只写数字的单位为万元"
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
    "stage",
    "message",
    "job",
    "duty",
)


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

    @property
    def files(self) -> bool:
        return any(each["type"] == "file" for each in self.fields.values())

    def get(self, name: str, default: Any = None) -> Any:
        return getattr(self, name, default)

    @property
    def opened(self) -> str:
        """The values that the form was opened with, as JSON: it carries them for a comparison."""
        return json.dumps(self.was, ensure_ascii=False, separators=(",", ":"))


# ---------------------------------------------------------------- what was sent → variables


async def variables(operation: Operation, sent: Sent, path: Mapping[str, Any]) -> dict[str, Any]:
    """The operation's variables. A name that is absent or blank is left out; a file becomes its bytes."""
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


async def parse_value(kind: Any, name: str, sent: Sent) -> Any:
    kind = get_nullable_type(kind)
    if is_list_type(kind):
        return await parse_list(get_nullable_type(kind.of_type), name, sent)
    if isinstance(kind, GraphQLInputObjectType):
        if isinstance(file := sent.get(name), UploadFile):
            return {"name": file.filename, "content": await file.read()} if file.filename else None
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
        return [{"name": each.filename, "content": await each.read()} for each in files] or None
    found = [parse_scalar(kind, each) for each in given if isinstance(each, str)]
    return [each for each in found if each is not None] or None


def parse_scalar(kind: Any, text: str) -> Any:
    if not text.strip():
        return None
    if kind is GraphQLInt:
        return int(text) if re.fullmatch(r"-?\d{1,9}", text.strip()) else text
    if kind is GraphQLFloat:
        return float(text) if re.fullmatch(r"-?\d+(\.\d+)?", text.strip()) else text
    if kind.name == "Money" and BARE_NUMBER.fullmatch(text):
        return f"{text.strip()}万元"
    return text


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
    limit = text_limit(member)
    many = is_list_type(get_nullable_type(member.type))
    shown = sent.get(name) if sent is not None else start
    if many and sent is not None and not isinstance(kind, GraphQLInputObjectType):
        shown = sent.getlist(name)
    if kind is GraphQLBoolean:
        shown = parse_bool(shown)
    if isinstance(shown, UploadFile):
        shown = None
    if sent is None and isinstance(start, str) and kind.name == "Money":
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
        "asked": bool(metadata_of(member).get("asked")),
        "help": hint(kind, help),
        "many": many,
        # A choice that begins with one made is never left blank.
        "required": is_required_input_field(member)
        or (isinstance(kind, GraphQLEnumType) and is_non_null_type(member.type)),
        "type": field_type(kind, many, choices, limit),
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
        return "checkbox"
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
    if f"{name}Options" in data:
        found = data[f"{name}Options"] or ()
        return [dict(each) for each in (found["nodes"] if isinstance(found, Mapping) else found)]
    kind = get_named_type(member.type)
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
    touched in different ways are `fields` to choose in. `kept` are the other fields as pairs.
    """
    rows, merged, kept = [], [], []
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
            rows.append({"name": name, "label": each["label"], **listed, **words})
            continue
        if moved and not touched:
            each["value"] = theirs
            merged.append({"label": each["label"], "text": in_words(each, theirs)})
        if not each["missing"] or moved:
            kept += [(name, value) for value in as_list(each["value"])]
    by = f"{conflict['changedBy']}（{conflict['unit']}）"
    first = {"by": by, "at": conflict["changedAt"], "act": conflict["act"]}
    changes = list(conflict.get("changes") or ())
    return {**first, "fields": rows, "merged": merged, "kept": kept, "changes": changes}


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
    return "true" if value is True else str(value)


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


def in_words(field: Mapping[str, Any], value: Any) -> str:
    """A field's value as people read it: the words of a choice, an amount with its unit."""
    words = {str(each["value"]): str(each["label"]) for each in field["options"]}
    if field["type"] == "checkbox" and not words:
        return "是" if value else "否"
    unit = " 万元" if field["type"] == "money" else ""
    return "、".join(
        words.get(each, each + (unit if BARE_NUMBER.fullmatch(each) else ""))
        for each in as_list(value)
    )
