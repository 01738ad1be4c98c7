"""Word files for tests: templates of a few sentences, hostile ones, and what a document says."""

import base64
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from docx import Document

from tests.world import Said

FOLDER = Path(__file__).parents[2] / "templates/documents"


def word(*sentences: str) -> bytes:
    """A Word file of these paragraphs."""
    file = Document()
    for each in sentences:
        file.add_paragraph(each)
    made = BytesIO()
    file.save(made)
    return made.getvalue()


def with_part(data: bytes, name: str, content: bytes | None = None, **replace: str) -> bytes:
    """The file with a part added, or with texts of a part replaced: `old="new"` by `old__new` pairs."""
    made = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(made, "w", ZIP_DEFLATED) as new:
        for entry in old.namelist():
            if entry != name:
                new.writestr(entry, old.read(entry))
        if content is None:
            text = old.read(name).decode()
            for before, after in zip(
                replace["old"].split("|"), replace["new"].split("|"), strict=True
            ):
                assert before in text
                text = text.replace(before, after)
            content = text.encode()
        new.writestr(name, content)
    return made.getvalue()


def sent(data: bytes, name: str = "回执模板.docx") -> Said:
    """A file as an act takes it."""
    return {"name": name, "content": base64.b64encode(data).decode()}


def sentences(data: bytes) -> list[str]:
    """What a Word file says, paragraph by paragraph, then each row of its tables."""
    file = Document(BytesIO(data))
    rows = [
        " | ".join(dict.fromkeys(cell.text for cell in row.cells))
        for table in file.tables
        for row in table.rows
    ]
    return [each.text for each in file.paragraphs if each.text] + rows
