"""A column as JSON text, spelled by the database: just what the graph's own scalars would write.

Byte for byte: a test asks both ways. A column that may be null is never concatenated bare, for one
null in silence takes a whole row with it.
"""

from schema.query.models import Kind, columns_of

BOOLEAN = "CASE WHEN {0} THEN 'true' ELSE 'false' END"
POSTGRES = {
    "String": "to_json({0})::text",
    "Int": "{0}::text",
    "Boolean": BOOLEAN,
    "Enum": "'\"' || {0} || '\"'",
    "Date": "'\"' || {0}::text || '\"'",
    "DateTime": 'to_char({0} AT TIME ZONE \'Asia/Shanghai\', \'"\\""YYYY-MM-DD"T"HH24:MI:SS"+08:00\\""\')',
    "Money": "CASE WHEN {0} < 0 THEN '\"-' ELSE '\"' END || abs({0}) / 100 || '.'"
    " || lpad((abs({0}) % 100)::text, 2, '0') || '\"'",
}
SQLITE = {
    "String": "json_quote({0})",
    "Int": "{0}",
    "Boolean": BOOLEAN,
    "Enum": "'\"' || {0} || '\"'",
    "Date": "'\"' || {0} || '\"'",
    "DateTime": "strftime('\"%Y-%m-%dT%H:%M:%S+08:00\"', {0}, '+8 hours')",
    "Money": "printf('\"%s%d.%02d\"', CASE WHEN {0} < 0 THEN '-' ELSE '' END, abs({0}) / 100, abs({0}) % 100)",
}
SPELLINGS = {"postgres": POSTGRES, "sqlite": SQLITE}


def spelled(kind: Kind, alias: str, column: str, leaf: str, dialect: str) -> str | None:
    """SQL for the JSON text of a column as the scalar or enum `leaf`; None where it must be Python's."""
    field = columns_of(kind.model)[column]
    if enum := kind.enum(column):
        if any(member.name != member.value for member in enum):
            return None
        leaf = "Enum"
    form = SPELLINGS[dialect].get(leaf)
    if form is None:
        return None
    name = f'{alias}."{column}"'
    text = form.format(name)
    if field.null:  # SQLite's printf writes a null as 0
        return f"(CASE WHEN {name} IS NULL THEN 'null' ELSE {text} END)"
    return f"({text})" if "CASE" in text else text


def global_id_spelled(kind: Kind, alias: str, dialect: str) -> str:
    return hexed(f'{quoted(f"{kind.name}:")} || {alias}."id"', dialect)


def quoted(text: str) -> str:
    """Text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def listed(source: str, dialect: str) -> str:
    """The JSON list of the texts that `source`, an ordered select of a column `j`, finds."""
    return f"(SELECT '[' || COALESCE({gathered('s.j', dialect)}, '') || ']' FROM ({source}) s)"


def gathered(column: str, dialect: str) -> str:
    """The texts of a column with commas between, in the order of an ordered subquery."""
    return f"{'string_agg' if dialect == 'postgres' else 'group_concat'}({column}, ',')"


def as_bytes(text: str, dialect: str) -> str:
    """Text as it goes to the client: neither driver nor server decodes it to encode it again."""
    return f"convert_to({text}, 'UTF8')" if dialect == "postgres" else f"CAST({text} AS BLOB)"


def hexed(text: str, dialect: str) -> str:
    """The text's bytes in hexadecimal digits, quoted: so IDs and cursors are written."""
    if dialect == "postgres":
        return f"'\"' || upper(encode({as_bytes(text, dialect)}, 'hex')) || '\"'"
    return f"'\"' || hex({text}) || '\"'"


def truth(condition: str) -> str:
    """A condition as JSON text."""
    return BOOLEAN.format(condition)
