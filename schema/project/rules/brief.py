"""The brief of a project: what it is, where it stands and what counts for whom, on one page."""

from pathlib import Path

from schema.documents.rules import declare_document

BRIEF = declare_document(
    "brief",
    "项目简报",
    Path(__file__).with_name("brief.csv"),
    file="项目简报 {编号}",
    day="now",
    author="office.name",
)
