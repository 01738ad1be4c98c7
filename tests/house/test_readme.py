"""The README says what is so."""

import re
from pathlib import Path

from schema.project.rules import diagram

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text()


def test_the_picture_of_a_projects_life_is_made_from_life() -> None:
    (picture,) = re.findall(r"```mermaid\n(.*?)```", README, re.DOTALL)
    assert picture == diagram()


def test_every_chapter_and_folder_that_it_names_is_there() -> None:
    for name in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / name).exists(), name
