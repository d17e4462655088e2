"""The documentation leads somewhere: its links, and the files, commands and targets that the pages for developers name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.test_architecture import ROOT, tracked

FILES = {str(path.relative_to(ROOT)) for path in tracked()}
PAGES = sorted(name for name in FILES if name.endswith(".md") and "LICENSES" not in name)
FOR_DEVELOPERS = [name for name in PAGES if name.startswith("docs/development/") or name == "CONTRIBUTING.md"]
EXAMPLES = re.compile(r"NN|000N|pronouns|guideline|events/|<|\{|test_<")


def anchor(heading: str) -> str:
    """The name by which a heading is linked."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def text_of(name: str) -> str:
    """A page without its code blocks."""
    return re.sub(r"^```.*?^```$", "", (ROOT / name).read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


def headings_of(path: Path) -> set[str]:
    """The names by which the headings of a page are linked."""
    return {anchor(one) for one in re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)}


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_to_a_file_and_a_heading(page: str) -> None:
    """Of those within the project."""
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text_of(page)):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, heading = target.partition("#")
        path = ((ROOT / page).parent / file).resolve() if file else ROOT / page
        if not path.exists() or (heading and heading not in headings_of(path)):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("page", FOR_DEVELOPERS)
def test_every_file_that_a_page_for_developers_names_exists(page: str) -> None:
    """By its whole path or the end of one, like `graph/feed/position.py`; the files of examples do not."""
    named = re.findall(r"`([\w./<>{}-]+\.(?:py|toml|cypher|md|json|csv|yml|graphql))`", text_of(page))
    absent = [
        name
        for name in named
        if not EXAMPLES.search(name) and not any(file == name or file.endswith(f"/{name}") for file in FILES)
    ]
    assert absent == []


@pytest.mark.parametrize("page", FOR_DEVELOPERS)
def test_every_target_that_a_page_for_developers_names_is_in_the_makefile(page: str) -> None:
    """`make` alone lists them."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    text = (ROOT / page).read_text(encoding="utf-8")
    assert set(re.findall(r"(?:`|^\$ )make ([a-z-]+)", text, flags=re.MULTILINE)) <= targets
