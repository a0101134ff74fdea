"""Notebooks hold what a run of their cells shows, and show it where pagewalk is not installed."""

from html.parser import HTMLParser

import pytest

from docs.notebooks import NOTEBOOKS, ran, read, written

HARMLESS = {"div", "p", "table", "tr", "td", "th", "pre", "details", "summary"}


class Tags(HTMLParser):
    """The tags of a piece of HTML, which must all be closed, and their attributes."""

    def __init__(self, text):
        super().__init__()
        self.open, self.seen, self.attributes = [], set(), set()
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.open.append(tag)
        self.seen.add(tag)
        self.attributes |= {name for name, _ in attributes}

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_holds_what_its_cells_show(path):
    assert written(ran(read(path))) == path.read_text(encoding="utf-8"), f"{path.name} is stale: run `make docs`"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_what_a_notebook_shows_is_plain_html_without_script(path):
    shown = [output["data"] for cell in read(path)["cells"] for output in cell.get("outputs", []) if "data" in output]
    assert shown
    for data in shown:
        tags = Tags(data["text/html"])
        assert tags.seen <= HARMLESS
        assert tags.attributes <= {"style"}
