"""`pagewalk explain --html`: a page in the place of the story; what is no page of ours is never written over."""

from pathlib import Path

from tests.commands import assert_refused

PROGRAM = Path(__file__).parents[2] / "programs" / "child_writes_first.s"


def test_a_page_is_written_in_the_place_of_the_story(call, program, tmp_path):
    place = tmp_path / "page.html"
    status, out, err = call("explain", "--html", place, program)
    assert (status, out) == (0, "")
    assert f"{place}: 3 events; open it in a browser\n" in err
    assert place.read_text().startswith("<!doctype html>")


def test_a_page_that_explain_wrote_is_written_anew(call, program, tmp_path):
    place = tmp_path / "page.html"
    assert call("explain", "--html", place, program)[0] == 0
    place.write_text(place.read_text() + "old")
    assert call("explain", "--html", place, program)[0] == 0
    assert not place.read_text().endswith("old")


def test_another_file_that_is_there_is_refused_before_the_run_and_kept(call, machines, program, tmp_path):  # F83
    place = tmp_path / "lesson.html"
    place.write_text("<p>mine")
    words = "--html .*lesson.html: is there already and no page that explain wrote; another file is right"
    assert_refused(call("explain", "--html", place, program), words)
    assert machines.made == []
    assert place.read_text() == "<p>mine"


def test_a_limit_holds_for_the_page(call, tmp_path):
    place = tmp_path / "page.html"
    status, _, err = call("explain", "--html", place, "--limit", 4, PROGRAM)
    assert status == 0
    assert f"{place}: 4 events; open it in a browser\n" in err


def test_a_page_can_go_to_standard_output(call, program):
    status, out, _ = call("explain", "--html", "-", program)
    assert status == 0
    assert out.startswith("<!doctype html>")
    assert out.endswith("</html>\n")
