"""The keys of the stepper: one table, from which its help and its page are made."""

from typing import NamedTuple


class Key(NamedTuple):
    """A key: what the terminal calls it, how it is written, what it does, by name and in words."""

    key: str
    written: str
    action: str
    words: str


KEYS = (
    Key("s", "s", "move('step')", "step: one instruction on"),
    Key("b", "b", "move('back')", "one instruction back"),
    Key("n", "n", "move('next')", "on to the next fault, or to the end"),
    Key("p", "p", "move('previous')", "back to the fault before"),
    Key("g", "g", "ask('g')", "go to an instruction (120) or an event (event 6)"),
    Key("f", "f", "ask('f')", "follow a frame (0x214), nothing: none any more"),
    Key("m", "m", "ask('m')", "memory at an address (0x12000), nothing: at the last fault, or stack"),
    Key("slash", "/", "ask('/')", "search the source; nothing: the same again"),
    Key("1,2,3,4,5,6", "1-6", "", "a pane, which arrows scroll; Tab goes on to the next, and the story"),
    Key("question_mark", "?", "help", "this list, and back"),
    Key("q", "q", "quit", "quit"),
)


def help_text() -> str:
    """Return the keys, a line each."""
    return "\n".join(f"{key.written:>5}  {key.words}" for key in KEYS)
