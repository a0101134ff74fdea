"""The pictures of pages show what the pages tell now."""

import re
from pathlib import Path

import pytest

from docs.pictures import HEIGHT, HERE, PICTURES, WIDTH, kept, shown

TOP = Path(__file__).parents[2]


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.program)
def test_picture_shows_what_is_told_at_its_event(picture):
    assert kept(picture) == shown(picture).told, f"{picture.path.name} is stale: run `make pictures`"


@pytest.mark.parametrize("page", ["README.md", "docs/page.md"])
def test_every_picture_that_a_page_shows_is_there(page):
    found = re.findall(r"!\[[^]]+\]\(([^)]+\.png)\)", (TOP / page).read_text(encoding="utf-8"))
    assert found
    assert all((TOP / page).parent.joinpath(place).resolve().parent == HERE for place in found)
    assert all((TOP / page).parent.joinpath(place).exists() for place in found)


def test_pictures_are_as_large_as_a_projector_shows_them():
    from PIL import Image

    for picture in PICTURES:
        with Image.open(picture.path) as image:
            assert image.width == WIDTH
            assert image.height >= HEIGHT
