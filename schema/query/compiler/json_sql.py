"""SQL expressions of JSON text: columns, IDs, lists and truth values, as the graph's scalars write them.

Byte for byte as Python writes them. A column that may be null is never concatenated bare: one null
makes the whole row's text null.
"""

from schema.query.models import Kind, columns_of
from schema.scalars import scalar_sql


def column_json(kind: Kind, name: str, column: str, leaf: str, dialect: str) -> str | None:
    """SQL of the JSON text of a column, read by the SQL `name`, as the scalar or enum `leaf`; None where
    only Python writes it.
    """
    field = columns_of(kind.model)[column]
    enum = kind.enum(column)
    if enum and any(member.name != member.value for member in enum):
        return None
    form = "'\"' || {0} || '\"'" if enum else scalar_sql(leaf, dialect)
    if form is None:
        return None
    text = form.format(name)
    if field.null:  # SQLite's printf writes a null as 0
        return f"(CASE WHEN {name} IS NULL THEN 'null' ELSE {text} END)"
    return f"({text})" if "CASE" in text else text


def global_id_json(kind: Kind, alias: str, dialect: str) -> str:
    return hex_json(f'{literal(f"{kind.name}:")} || {alias}."id"', dialect)


def literal(text: str) -> str:
    """Text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def list_json(source: str, dialect: str) -> str:
    """The JSON list of the texts in column `j` of `source`, an ordered select."""
    return f"(SELECT '[' || COALESCE({comma_joined('s.j', dialect)}, '') || ']' FROM ({source}) s)"


def comma_joined(column: str, dialect: str) -> str:
    """The texts of a column with commas between, in the order of an ordered subquery."""
    return f"{'string_agg' if dialect == 'postgres' else 'group_concat'}({column}, ',')"


def as_bytes(text: str, dialect: str) -> str:
    """Text as it goes to the client: neither driver nor server decodes it to encode it again."""
    return f"convert_to({text}, 'UTF8')" if dialect == "postgres" else f"CAST({text} AS BLOB)"


def hex_json(text: str, dialect: str) -> str:
    """The JSON string of the text's bytes in hexadecimal digits: the form of IDs and cursors."""
    if dialect == "postgres":
        return f"'\"' || upper(encode({as_bytes(text, dialect)}, 'hex')) || '\"'"
    return f"'\"' || hex({text}) || '\"'"


def boolean_json(condition: str) -> str:
    """A condition as JSON text."""
    return f"CASE WHEN {condition} THEN 'true' ELSE 'false' END"
