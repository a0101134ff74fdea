"""The stepper's screen: panes, all beside each other where there is room, else one at a time, and the story below."""

from typing import ClassVar

from rich.text import Text
from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.widgets import Input, Static

from emulator.observe.wrap import wrapped
from emulator.state import State
from emulator.stepper.help import KEYS, help_text
from emulator.stepper.panes import PANES
from emulator.stepper.room import COLUMNS, LINES, WIDE
from emulator.stepper.seen import Seen, seen
from emulator.stepper.walk import Walk

SOURCE = 0  # its place among the panes
SCROLL_BAR = 1
BORDER = 2 + SCROLL_BAR  # columns that a pane's frame takes
MOVES = {"step": Walk.step, "back": Walk.back, "next": Walk.next_fault, "previous": Walk.previous_fault}
TITLES = {
    "g": "go to instruction, or event N",
    "f": "follow frame",
    "m": "memory at address",
    "/": "search the source for",
}


class Stepper(App[None]):
    """Walks through a run with somebody who looks at it."""

    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key.key, key.action, show=False) for key in KEYS if key.action),
        *(Binding(pane.key, f"show({place})", show=False) for place, pane in enumerate(PANES)),
    ]

    def __init__(self, walk: Walk, name: str) -> None:
        super().__init__()
        self.theme = "ansi-dark"  # the colours of the terminal itself
        self._walk, self._name = walk, name
        self._before: State | None = None
        self._seen: Seen | None = None
        self._asked, self._said, self._searched = "", "", ""
        self._shown = SOURCE
        self._row = 0  # of the source: the one that is next, or was searched for
        self._address: int | None = None
        self._frame: int | None = None

    def compose(self) -> ComposeResult:
        """Yield what the screen is made of."""
        yield Static(id="head", markup=False)
        yield Static(id="tabs", markup=False)
        with Container(id="panes"):
            for pane in PANES:
                with VerticalScroll(classes="pane") as scroll:
                    scroll.border_title = f"{pane.key} {pane.name}"
                    yield Static(markup=False)
            yield Static(help_text(), id="help", markup=False)
        with VerticalScroll(id="told"):
            yield Static(id="story", markup=False)
        yield Static(id="foot", markup=False)
        yield Input(id="ask", compact=True)

    def on_mount(self) -> None:
        """Show where the walk begins."""
        self.query_one("#ask").display = False
        self.query_one("#help").display = False
        self.action_show(SOURCE)
        self._look()

    def on_resize(self, event: events.Resize) -> None:
        """Show all panes, or one, as there is room."""
        width, height = event.size
        self.set_class(width >= WIDE[0] and height >= WIDE[1], "wide")
        self._said = "" if width >= COLUMNS and height >= LINES else f"needs {COLUMNS} columns and {LINES} lines"
        self.call_after_refresh(self._draw)

    # moves

    def action_move(self, move: str) -> None:
        """Walk: one of `MOVES`."""
        self._moved(MOVES[move](self._walk))

    def _moved(self, said: str) -> None:
        self._said = said
        self._before = self._seen.state if self._seen is not None else None
        self._look()

    # questions

    def action_ask(self, key: str) -> None:
        """Ask for a place, a frame, an address, or words."""
        ask = self.query_one("#ask", Input)
        self._asked = key
        ask.value, ask.placeholder, ask.display = "", f"{TITLES[key]} (Escape: none)", True
        ask.focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the answer."""
        words = event.value.strip()
        self._answered()
        match self._asked:
            case "g":
                if words:
                    self._moved(self._walk.go_to(words))
            case "f":
                self._frame = self._number(words, self._frame)
                self._look()
            case "m":
                self._address = self._number(words, self._address)
                self._look()
            case _:
                self._search(words or self._searched)

    def on_key(self, event: events.Key) -> None:
        """Take back a question."""
        if event.key == "escape" and self.query_one("#ask").display:
            self._answered()

    def _answered(self) -> None:
        self.query_one("#ask").display = False
        self.action_show(self._shown)

    def _number(self, words: str, before: int | None) -> int | None:
        """Return a hexadecimal number, None where there are no words; what was there before for what is none."""
        self._said = ""
        if not words:
            return None
        try:
            number = int(words, 16)
            if 0 <= number < 1 << 64:
                return number
        except ValueError:
            pass
        self._said = f"'{words}' is no number; hexadecimal digits are right, as in 0x214"
        return before

    def _search(self, words: str) -> None:
        """Show the next line that has `words`, letters great or small."""
        source = self._seen.source if self._seen is not None else None
        self._searched = words
        lines = [text for _, text in source.lines] if source is not None else []
        first = self._row + 1
        order = [*range(first, len(lines)), *range(min(first, len(lines)))]
        found = next((place for place in order if words and words.lower() in lines[place].lower()), None)
        self._said = f"no line has '{words}'"
        if source is not None and found is not None:
            self._row = found
            self._said = f"line {source.lines[found][0]}: {lines[found].strip()}"
        self.action_show(SOURCE)
        self._foot()

    # drawing

    def action_show(self, place: int) -> None:
        """Show a pane; where all are shown, let keys scroll that one."""
        self._shown = place
        for number, pane in enumerate(self.query(".pane")):
            pane.set_class(number == place, "shown")
            if number == place:
                pane.focus()
        tabs = Text(" ")
        for number, row in enumerate(PANES):
            tabs.append(f" {row.key} {row.name} ", style="reverse" if number == place else "")
        self.query_one("#tabs", Static).update(tabs)
        self.call_after_refresh(self._middle)

    def action_help(self) -> None:
        """Show the keys, or what was there before."""
        shown = self.query_one("#help")
        shown.display = not shown.display
        self.set_class(shown.display, "helping")

    def _look(self) -> None:
        self._seen = seen(self._walk, self._before, self._address, self._frame)
        source = self._seen.source
        self._row = [number for number, _ in source.lines].index(source.at) if source is not None else 0
        self._draw()

    def _draw(self) -> None:
        if self._seen is None:
            return
        now = self._seen.now
        running = f"hart {now.hart}   pid {now.process}" if now.process else f"hart {now.hart}   idle"
        self.query_one("#head", Static).update(
            f" {self._name}   instruction {now.instruction:,}   event {now.event:,}   {running}   cycle {now.cycle:,}"
        )
        for row, pane in zip(PANES, self.query(".pane"), strict=True):
            width = max(1, pane.size.width or self.size.width - BORDER)
            pane.query_one(Static).update(Text("\n", no_wrap=True, overflow="crop").join(row.lines(self._seen, width)))
        self.query_one("#story", Static).update(wrapped(self._seen.story, self.size.width - SCROLL_BAR))
        self._foot()
        self.call_after_refresh(self._middle)  # the story below it decides how much room there is

    def _middle(self) -> None:
        """Let the row of the source that is looked at stand in the middle."""
        pane = list(self.query(".pane"))[SOURCE]
        pane.scroll_to(y=max(0, self._row - pane.size.height // 2), animate=False)

    def _foot(self) -> None:
        keys = " s step  b back  n/p fault  g go to  f frame  m memory  / search  ? help  q quit"
        foot = Text(f" {self._said}", style="bold") if self._said else Text(keys, style="dim")
        self.query_one("#foot", Static).update(foot)
