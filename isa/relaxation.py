"""Which conditional branches need the long form, an inverted branch over a `jal`: GNU as's answer.

A branch reaches 4 KiB. Making one longer moves what follows, which may push another out of reach or,
through an alignment between, pull it in. There may be several consistent answers, so the order of
guesses is GNU as's own: first as if all code ahead lay at address 0, then pass after pass in address
order, where code already passed has its new address and code ahead its old one.
"""

from __future__ import annotations

import itertools
from bisect import bisect_right

from isa.directives import Piece
from isa.encoding import Form
from isa.layout import Laid, Layout
from isa.syntax import Expression, Mistake, Source

_PASSES = 100  # should guesses go in circles, a branch that was too far stays long from then on


def relax(source: Source) -> Layout:
    """The first pass over `source`, done, with every branch as long as it must be."""
    layout = Layout(source)
    layout.run()
    if not any(_target(laid.piece) for laid in layout.laid):
        return layout
    far = _one_pass(layout, first=True)
    for count in itertools.count():
        layout = Layout(source, far)
        layout.run()
        found = _one_pass(layout)
        if count > _PASSES:
            found |= far
        if found == far:
            return layout
        far = found
    raise AssertionError("branches that only ever grow come to an end")


def _target(piece: Piece) -> Expression | None:
    """Where a conditional branch goes, in its short or its long form; None for any other piece."""
    if not isinstance(piece.content, list):
        return None
    word = piece.content[0]
    if word.form is not Form.B or word.name.startswith(".insn"):
        return None
    target = word.value if word.role == "target" else piece.content[1].value
    assert not isinstance(target, int), "a target is an expression"
    return target


def _one_pass(layout: Layout, first: bool = False) -> frozenset[int]:
    """The branches that this pass finds too far, by the number of their statement."""
    far: set[int] = set()
    for index in range(len(layout.sections)):
        far |= _one_section(layout, [laid for laid in layout.laid if laid.spot.here.section == index], first)
    return frozenset(far)


def _one_section(layout: Layout, pieces: list[Laid], first: bool) -> set[int]:
    far: set[int] = set()
    shift = 0  # how far the pieces so far have moved what comes now
    starts: list[int] = []  # old offsets of the pieces so far,
    shifts: list[int] = []  # and how far each has moved
    for order, _, spot, piece in pieces:
        start = spot.here.number
        starts.append(start)
        shifts.append(shift)
        target = _target(piece)
        if target is not None:
            try:
                place = layout.symbols.evaluate_at(target, spot)
            except (Mistake, RecursionError):
                continue  # the second pass reports it
            goal = place.number
            if goal <= start:
                goal += shifts[max(bisect_right(starts, goal) - 1, 0)]
            elif first:
                goal = 0
            if place.section != spot.here.section or not -4096 <= goal - (start + shift) < 4096:
                far.add(order)
            shift += (8 if order in far else 4) - piece.size
        elif piece.alignment > 1:
            size = -(start + shift) % piece.alignment
            shift += (0 if piece.most and size > piece.most else size) - piece.size
    return far
