"""The brief of a group for its leader, on one page: six ones, projects, what is stuck, what comes."""

from pathlib import Path

from schema.documents.rules import declare_document

GROUP_BRIEF = declare_document(
    "group",
    "小组简报",
    Path(__file__).with_name("brief.csv"),
    file="小组简报 {简称}",
    day="now",
    author="group.office.name",
)
