"""The SQL of a read. Values are always bound; the policy is part of every statement."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, NamedTuple

from schema.city.rules.masking import mask_sql
from schema.city.rules.personal import Form
from schema.database import dialect
from schema.permissions import Viewer, beside, hidden, masked, plain, plain_texts, visible
from schema.query.models import Kind

Sql = tuple[str, list[Any]]


class Link(NamedTuple):
    """Rows that belong to another by a third table: `ids` are theirs where `kind` and `row_id` are its."""

    table: str
    ids: str
    kind: str

    def condition(self, row: str, parent: str) -> str:
        """Of the alias `row`, for the parent whose id is the SQL `parent`."""
        return (
            f'{row}."id" IN (SELECT l."{self.ids}" FROM "{self.table}" l'
            f""" WHERE l."kind" = '{self.kind}' AND l."row_id" = {parent})"""
        )


def pointing(via: "str | Link", row: str, parent: str) -> str:
    """The condition that rows of alias `row` point at a parent, by their column or by a third table."""
    return via.condition(row, parent) if isinstance(via, Link) else f'{row}."{via}" = {parent}'


class Order(NamedTuple):
    """By one column and then by id, in one direction. Nulls come last in either direction."""

    column: str
    descending: bool = False
    nullable: bool = False
    collation: str = ""

    def flipped(self) -> "Order":
        return self._replace(descending=not self.descending)

    def of(self, kind: Kind, dialect: str) -> "Order":
        """On either database text is ordered by its code points, whatever a database's own order is."""
        by_code_points = dialect == "postgres" and self.column in kind.texts
        return self._replace(collation=' COLLATE "C"' if by_code_points else "")

    def expression(self, row: str) -> str:
        return f'{row}."{self.column}"{self.collation}'


class Seek(NamedTuple):
    """A place in an ordered list: that of the row with this value and id."""

    value: Any
    key: int


class Bounds(NamedTuple):
    """The part of a list behind one place and before another; either may be open."""

    after: Seek | None = None
    before: Seek | None = None

    def conditions(self, order: Order, row: str = "t") -> list[Sql]:
        """As keyset predicates on the alias `row`, for a list in `order`."""
        parts = []
        if self.after:
            parts.append(keyset_predicate(self.after, order, nulls_first=False, row=row))
        if self.before:
            parts.append(keyset_predicate(self.before, order.flipped(), nulls_first=True, row=row))
        return parts


class Read(NamedTuple):
    """Rows of `kind` that meet all `where`, in `order`, within `bounds`, at most `limit`: from the
    end of the list if `backwards`, else from its beginning.

    Of a page, `list_name` is what its cursors carry; `rows_before` and `rows_after` are whether
    a cursor shows that the list goes on beyond it.
    """

    kind: Kind
    where: tuple[Sql, ...] = ()
    order: Order = Order("id")
    bounds: Bounds = Bounds()
    backwards: bool = False
    limit: int | None = None
    list_name: str = ""
    rows_before: bool = False
    rows_after: bool = False

    def has_previous(self, more: bool) -> bool:
        """Whether a page is preceded by rows; `more` is whether it has more than its size."""
        return self.rows_before or (more and self.backwards)

    def has_next(self, more: bool) -> bool:
        return self.rows_after or (more and not self.backwards)


def select(read: Read, viewer: Viewer) -> Sql:
    hides = hidden(read.kind.table, viewer)
    shown = [
        ("NULL", []) if column in hides else column_sql(read.kind, "t", column, viewer)
        for column in read.kind.columns
    ]
    columns = ", ".join(
        f'{text} AS "{column}"' for column, (text, _) in zip(read.kind.columns, shown, strict=True)
    )
    parts = [*conditions(read, viewer), *read.bounds.conditions(read.order)]
    order = read.order.flipped() if read.backwards else read.order
    sql = f'SELECT {columns} FROM "{read.kind.table}" t WHERE {and_joined(parts)} ORDER BY {ordering(order, read.backwards)}'
    if read.limit is not None:
        sql += f" LIMIT {int(read.limit)}"
    return sql, values([*shown, *parts])


MASKS = {
    Form.NAME: "CASE WHEN {0} = '' THEN {0} ELSE substr({0}, 1, 1) || '**' END",
    Form.PHONE: "CASE WHEN {0} = '' THEN {0} WHEN length({0}) < 11 THEN '****'"
    " ELSE substr({0}, 1, 3) || '****' || substr({0}, length({0}) - 3) END",
    Form.OPAQUE: "NULL",
}
"""The SQL of a personal column as it is shown masked, on either database."""


def column_sql(kind: Kind, row: str, column: str, viewer: Viewer) -> Sql:
    """A column of alias `row` as the viewer is shown it: where it is personal, plain or masked; of free
    text the numbers of private persons alone.

    The one place that masks: both ways of reading select columns by it.
    """
    name, form = f'{row}."{column}"', kind.personal.get(column)
    if form is None:
        return text_sql(kind.table, row, column, viewer) if column in kind.prose else (name, [])
    sees, bound = plain(kind.table, row, viewer)
    if sees == "1=1":
        return name, []
    mask = MASKS[form].format(name)
    return (mask, []) if sees == "1=0" else (f"CASE WHEN {sees} THEN {name} ELSE {mask} END", bound)


def text_sql(table: str, row: str, column: str, viewer: Viewer) -> Sql:
    """A column of free text of alias `row`, with the numbers of private persons plain or masked."""
    name = f'{row}."{column}"'
    sees, bound = plain_texts(table, row, viewer)
    if sees == "1=1":
        return name, []
    mask = mask_sql(name, dialect())
    return (mask, []) if sees == "1=0" else (f"CASE WHEN {sees} THEN {name} ELSE {mask} END", bound)


def select_beside(near: Kind, far: Kind, keys: Sequence[int], viewer: Viewer) -> Sql:
    """Rows of `far` by their ids, which rows of `near` that the viewer sees point at: of each its id
    and the columns that are shown beside those, all others null.
    """
    shown = (beside(near.table, far.table, viewer) | {"id"}) - far.personal.keys()
    columns = ", ".join(
        f't."{column}"' if column in shown else f'NULL AS "{column}"' for column in far.columns
    )
    marks = ", ".join("?" * len(keys))
    return f'SELECT {columns} FROM "{far.table}" t WHERE t."id" IN ({marks})', list(keys)


def count(read: Read, viewer: Viewer) -> Sql:
    parts = conditions(read, viewer)
    return f'SELECT count(*) FROM "{read.kind.table}" t WHERE {and_joined(parts)}', values(parts)


def grouped(read: Read, viewer: Viewer, by: str, amount: str | None) -> Sql:
    """How many rows each value of the column `by` has, and the sum of the column `amount`, 0 of none."""
    table = read.kind.table
    assert not {by, amount} & (hidden(table, viewer) | masked(table, viewer))
    parts = conditions(read, viewer)
    total = f'CAST(sum(t."{amount}") AS BIGINT)' if amount else "0"
    return (
        f'SELECT t."{by}" AS "value", count(*) AS "n", {total} AS "total"'
        f' FROM "{read.kind.table}" t WHERE {and_joined(parts)} GROUP BY t."{by}"'
    ), values(parts)


def union(statements: Sequence[Sql]) -> Sql:
    """Several limited selects in one statement, each row with the number of its own as `nth`."""
    body = " UNION ALL ".join(
        f'SELECT p{i}.*, {i} AS "nth" FROM ({sql}) p{i}' for i, (sql, _) in enumerate(statements)
    )
    return body, [value for _, bound in statements for value in bound]


def side_by_side(statements: tuple[str, ...]) -> str:
    """One statement for the only value of each of these, as `j0`, `j1`."""
    columns = (f'({statement}) AS "j{index}"' for index, statement in enumerate(statements))
    return f"SELECT {', '.join(columns)}"


def conditions(read: Read, viewer: Viewer) -> list[Sql]:
    return [
        part for part in (visible(read.kind.table, "t", viewer), *read.where) if part[0] != "1=1"
    ]


def keyset_predicate(seek: Seek, order: Order, nulls_first: bool, row: str = "t") -> Sql:
    """The rows behind a place, by a comparison of pairs: an index on (column, id) bounds the scan."""
    column, less = order.expression(row), "<" if order.descending else ">"
    if order.column == "id":
        return f"{row}.id {less} ?", [seek.key]
    if seek.value is None:
        within = f"({column} IS NULL AND {row}.id {less} ?)"
        return (f"({within} OR {column} IS NOT NULL)" if nulls_first else within), [seek.key]
    bound = f"({column}, {row}.id) {less} (?, ?)"
    if order.nullable and not nulls_first:
        bound = f"({bound} OR {column} IS NULL)"
    return bound, [seek.value, seek.key]


def ordering(order: Order, nulls_first: bool, row: str = "t") -> str:
    way = "DESC" if order.descending else "ASC"
    if order.column == "id":
        return f'{row}."id" {way}'
    column = order.expression(row)
    nulls = f"({column} IS NULL) {'DESC' if nulls_first else 'ASC'}, " if order.nullable else ""
    return f'{nulls}{column} {way}, {row}."id" {way}'


def and_joined(parts: Sequence[Sql]) -> str:
    return " AND ".join(sql for sql, _ in parts) or "1=1"


def values(parts: Sequence[Sql]) -> list[Any]:
    return [value for _, bound in parts for value in bound]


def bindable(value: Any, dialect: str) -> Any:
    """`value` as the driver takes it: SQLite keeps days and moments as ISO text in UTC."""
    if isinstance(value, Enum):
        return value.value
    if dialect == "sqlite":
        if isinstance(value, datetime):
            return value.astimezone(UTC).isoformat(" ")
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, bool):
            return int(value)
    return value
