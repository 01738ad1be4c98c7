"""The receipt of a report: what was received, when it is judged and by which rule, what came of it."""

from pathlib import Path

from schema.documents.rules import declare_document

RECEIPT = declare_document(
    "receipt",
    "报送回执",
    Path(__file__).with_name("receipt.csv"),
    file="报送回执 {编号}",
    day="project.reportedAt",
    author="judge.name",
)
