"""The page in a real browser: what a teacher clicks, types and prints, in the dark and on a phone.

Chromium is Debian's (`make oracles` installs it); without it these tests are skipped.
"""

import re
import shutil
from pathlib import Path

import pytest

from emulator import Machine
from emulator.page import Recorder, page
from isa import Program, assemble
from tests.running import call, source

PROGRAMS = Path(__file__).parents[2] / "programs"
CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed (make oracles)")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
COPY, REUSE, LAST = 6, 11, 13  # events of child_writes_first
MOST_BYTES = 10_000_000
PHONE = {"width": 390, "height": 844}


def written(program, place, **choices):
    """A file with the page of a program's run."""
    machine, recorder = Machine(memory="16MiB", intervals=True, **choices), Recorder()
    machine.spawn(program)
    place.write_text(page(recorder.run(machine), recorder, program.name), encoding="utf-8")
    return f"file://{place}"


@pytest.fixture(scope="module")
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def fork(tmp_path_factory):
    """The page of child_writes_first."""
    return written(Program.load(PROGRAMS / "child_writes_first.s"), tmp_path_factory.mktemp("page") / "fork.html")


@pytest.fixture
def opened(chromium):
    """Opens an address in a window of its own; fails the test where the page complains or asks for anything."""
    complaints, windows = [], []

    def opens(address, **window):
        shown = chromium.new_page(**{"viewport": {"width": 1280, "height": 800}} | window)
        windows.append(shown)
        shown.on("console", lambda message: complaints.append(message.text))
        shown.on("pageerror", lambda error: complaints.append(str(error)))
        shown.on("request", lambda request: request.url.startswith("file:") or complaints.append(request.url))
        shown.goto(address)
        return shown

    yield opens
    for shown in windows:
        shown.close()
    assert complaints == []


def event(shown):
    return shown.locator("#number").inner_text()


def tile(shown, number):
    """What a frame's tile says to those who do not see it."""
    return shown.locator("#tiles > .tile").nth(number).get_attribute("aria-label")


def test_it_opens_at_the_first_event(opened, fork):
    shown = opened(fork)
    assert event(shown) == "event 1 of 13"
    assert shown.locator("#story h2").inner_text() == "exec"


def test_a_fault_says_in_its_title_what_became_of_it(opened, fork):
    assert opened(f"{fork}#event={COPY}").locator("#story h2").inner_text() == "fault 1: copy"


def test_a_button_goes_to_the_next_event(opened, fork):
    shown = opened(fork)
    shown.get_by_role("button", name="Forward by one event").click()
    assert event(shown) == "event 2 of 13"


@pytest.mark.parametrize(
    ("keys", "number"),
    [
        (["ArrowRight", "ArrowRight", "ArrowLeft"], 2),
        (["n"], COPY),
        (["n", "n"], REUSE),
        (["n", "n", "p"], COPY),
        (["n", "n", "n"], REUSE),
        (["End"], LAST),
        (["End", "Home"], 1),
        (["ArrowLeft"], 1),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, list) else "",
)
def test_keys_go_back_and_forth(opened, fork, keys, number):
    shown = opened(fork)
    for key in keys:
        shown.keyboard.press(key)
    assert event(shown) == f"event {number} of 13"
    assert shown.evaluate("location.hash") == f"#event={number}"


def test_the_scrubber_goes_where_it_is_drawn(opened, fork):
    shown = opened(fork)
    box = shown.locator("#scrubber").bounding_box()
    shown.mouse.click(box["x"] + box["width"] - 3, box["y"] + box["height"] / 2)
    assert event(shown) == "event 13 of 13"


def test_the_strip_goes_to_the_event_that_is_clicked(opened, fork):
    shown = opened(fork)
    box = shown.locator("#strip").bounding_box()
    shown.mouse.click(box["x"] + box["width"] - 3, box["y"] + 10)
    assert event(shown) == "event 13 of 13"


@pytest.mark.parametrize(
    ("link", "number"), [("#event=6", COPY), ("#event=999", LAST), ("#event=0", 1), ("#nonsense", 1)]
)
def test_a_link_opens_at_its_event(opened, fork, link, number):
    assert event(opened(fork + link)) == f"event {number} of 13"


def test_a_link_that_changes_is_followed(opened, fork):
    shown = opened(fork)
    shown.evaluate("location.hash = '#event=11'")
    shown.wait_for_function("document.getElementById('number').textContent.startsWith('event 11')")


def test_the_shared_frame_turns_into_two(opened, fork):  # F1, F3, F4
    shown = opened(f"{fork}#event={COPY - 1}")
    assert tile(shown, 7) == "frame 0x7: data of pid 1, pid 2, 2 references"
    shown.keyboard.press("ArrowRight")
    assert tile(shown, 7) == "frame 0x7: data of pid 1, 1 reference"
    assert tile(shown, 16) == "frame 0x10: data of pid 2, 1 reference"
    assert shown.locator("#copy path").count() == 1
    assert shown.locator(".tile.changed").count() == 2


def test_a_frame_that_is_used_again_is_marked_though_it_stays(opened, fork):  # F4
    shown = opened(f"{fork}#event={REUSE}")
    assert shown.locator(".tile.changed").get_attribute("aria-label") == "frame 0x7: data of pid 1, 1 reference"
    assert shown.locator("#frame-changes").inner_text() == "0x7 stays with pid 1: re-used, nothing copied"


def test_frames_that_lie_far_apart_have_tiles_that_do_not(opened, tmp_path):
    program = Program.load(PROGRAMS / "child_writes_first.s")
    shown = opened(written(program, tmp_path / "page.html", overrides={"placement": "5"}) + f"#event={COPY}")
    assert shown.locator("#tiles > .tile").count() == 17  # as many as without: 0x0 to 0x10
    assert shown.locator(".tile.changed").count() == 2


def test_what_an_entry_was_stands_beside_what_it_is(opened, fork):  # F3
    shown = opened(f"{fork}#event={COPY}")
    changed = shown.locator(".page.changed")
    assert changed.count() == 1
    assert changed.locator("del").all_inner_texts() == ["0x7", "r--uad"]
    assert changed.locator("ins").all_inner_texts() == ["0x10", "rw-uad"]


def test_going_back_shows_what_going_forth_did(opened, fork):
    shown = opened(fork)

    def seen():
        """Return what is there, each tag's attributes in the order of their names."""
        html = shown.locator("main").inner_html()
        one = r' [\w-]+="[^"]*"'
        return re.sub(f"(?:{one})+", lambda found: "".join(sorted(re.findall(one, found[0]))), html)

    there = []
    while event(shown) != "event 13 of 13":
        there.append(seen())
        shown.keyboard.press("ArrowRight")
    for before in reversed(there):
        shown.keyboard.press("ArrowLeft")
        assert seen() == before


def test_the_line_of_the_source_is_marked_and_in_sight(opened, fork):
    shown = opened(f"{fork}#event={COPY}")
    line = shown.locator(".code [aria-current]")
    assert "sd      t0, 0(s0)" in line.inner_text()
    assert line.evaluate(
        "line => line.offsetTop >= line.parentElement.scrollTop"
        " && line.offsetTop < line.parentElement.scrollTop + line.parentElement.clientHeight"
    )


def test_costs_are_bars_as_long_as_what_they_stand_for(opened, fork):
    shown = opened(f"{fork}#event={COPY}")
    rows = {
        row.locator("th").inner_text(): (
            int(row.locator("td").last.inner_text().replace(",", "")),
            row.locator(".bar span").bounding_box()["width"],
        )
        for row in shown.locator("#cost-bars tr").all()
    }
    copy, trap = rows["copy"], rows["trap"]
    assert trap[1] / copy[1] == pytest.approx(trap[0] / copy[0], rel=0.02)


def test_help_is_shown_and_goes_away(opened, fork):
    shown = opened(fork)
    shown.keyboard.press("?")
    assert shown.locator("#help").is_visible()
    shown.keyboard.press("Escape")
    assert not shown.locator("#help").is_visible()


def test_everything_can_be_reached_without_a_mouse(opened, fork):
    shown = opened(fork)
    reached = []
    for _ in range(12):
        shown.keyboard.press("Tab")
        reached.append(shown.evaluate("document.activeElement.dataset.move || document.activeElement.id"))
    assert {"forward", "next-fault", "scrubber"} <= set(reached)


def test_a_print_has_the_event_and_no_buttons(opened, fork):
    shown = opened(f"{fork}#event={COPY}", color_scheme="dark")
    shown.emulate_media(media="print")
    assert not shown.locator("nav").is_visible()
    assert not shown.locator("#scrubber").is_visible()
    assert shown.locator("#story").is_visible()
    assert shown.locator("#tiles").is_visible()
    assert shown.locator(".code [aria-current]").is_visible()
    assert shown.locator(".code li").first.is_hidden()
    assert shown.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_the_dark_is_dark(opened, fork):
    shown = opened(fork, color_scheme="dark")
    colours = "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]"
    paper, ink = (
        sum(map(int, colour.removeprefix("rgb(").removesuffix(")").split(","))) for colour in shown.evaluate(colours)
    )
    assert paper < 150 < 600 < ink


@pytest.mark.parametrize("name", ["child_writes_first", "cow_with_threads", "subshell"])
def test_a_phone_needs_no_sideways_scrolling(opened, tmp_path, name):
    program = Program.load(PROGRAMS / f"{name}.s")
    shown = opened(written(program, tmp_path / "page.html", harts=2), viewport=PHONE)
    for key in ("n", "End"):
        shown.keyboard.press(key)
        assert shown.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_who_told_whom_is_an_arrow_between_their_lanes(opened, tmp_path):
    program = Program.load(PROGRAMS / "shootdown.s")
    shown = opened(written(program, tmp_path / "page.html", harts=2, flush="ceiling:33+lazy"))
    told = shown.locator("#story h2")
    for _ in range(40):
        if told.inner_text() != "mprotect":
            shown.keyboard.press("ArrowRight")
    assert told.inner_text() == "mprotect"
    assert shown.locator("#lane-field .lane").all_text_contents() == ["hart 0", "hart 1"]
    assert shown.locator(".message .told").count() >= 1
    assert shown.locator(".message .answered").count() >= 1
    shown.get_by_role("button", name="the whole run").click()
    assert shown.locator(".message .told").count() == 4  # shootdown.count of the program's `#?` lines


def test_events_that_are_left_out_are_told(opened, tmp_path):
    machine, recorder = Machine(memory="16MiB", intervals=True), Recorder(most=5)
    machine.spawn(Program.load(PROGRAMS / "child_writes_first.s"))
    place = tmp_path / "page.html"
    place.write_text(page(recorder.run(machine), recorder, "fork"), encoding="utf-8")
    shown = opened(f"file://{place}")
    assert shown.locator("#left-out").inner_text() == "The run went on: 8 events after these are left out."


def test_a_page_of_no_event_says_so(opened, tmp_path):
    machine, recorder = Machine(memory="16MiB", intervals=True), Recorder(most=0)
    machine.spawn(Program.load(PROGRAMS / "hello.s"))
    place = tmp_path / "page.html"
    place.write_text(page(recorder.run(machine), recorder, "hello"), encoding="utf-8")
    shown = opened(f"file://{place}")
    shown.keyboard.press("End")
    assert event(shown) == "no event"


@pytest.mark.slow
def test_ten_thousand_events_are_small_enough_and_open(opened, tmp_path):
    again = f"""
        li s1, 5100
    again:
        {call("mmap", 0, 4096, 3, 0x22, -1, 0)}
        sd a0, 0(a0)
        addi s1, s1, -1
        {call("munmap", "a0", 4096)}
        bnez s1, again
    """
    place = tmp_path / "page.html"
    shown = opened(written(assemble(source(again), "many.s"), place) + "#event=9000")
    assert place.stat().st_size < MOST_BYTES
    assert event(shown) == "event 9000 of 10000"
    assert shown.locator("#left-out").is_visible()
    shown.keyboard.press("Home")
    assert event(shown) == "event 1 of 10000"
