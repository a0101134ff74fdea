"""Names that the linker provides where a source asks for them and does not define them: ends of what was laid down.

The start-up code of C programs, and sources written beside a linker script, ask for them. Their meaning is that of the
default script of GNU ld for RISC-V.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from isa.section import Section
from isa.sections import round_up

_ARRAYS = ("preinit_array", "init_array", "fini_array")
_REACH = 0x800  # of a 12-bit offset to either side
_C_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)


def provided(sections: Sequence[Section]) -> dict[str, int]:
    """The addresses that these names stand for, when `sections` have theirs."""
    bounds = [_Bounds(section) for section in sections if section.allocated and section.size]
    if not bounds:
        return {}
    text_end = max((bound.end for bound in bounds if bound.section.executable), default=bounds[0].start)
    writable = [bound for bound in bounds if bound.section.writable]
    data = [bound for bound in writable if not bound.section.zeros]
    last = max(bound.end for bound in bounds)
    data_start = min((bound.start for bound in writable), default=last)
    data_end = max((bound.end for bound in data), default=data_start)
    bss_start = min((bound.start for bound in writable if bound.section.zeros), default=data_end)
    small = min((bound.start for bound in data if bound.section.name.startswith(".sdata")), default=data_end)
    end = round_up(last, 8)
    names = {
        **dict.fromkeys(("etext", "_etext", "__etext"), text_end),
        **dict.fromkeys(("edata", "_edata"), data_end),
        **dict.fromkeys(("end", "_end", "__BSS_END__"), end),
        "__bss_start": bss_start,
        "__DATA_BEGIN__": data_start,
        "__SDATA_BEGIN__": small,
        "__global_pointer$": min(small + _REACH, max(data_start + _REACH, end - _REACH)),
    }
    for array in _ARRAYS:
        of = [bound for bound in bounds if bound.section.name == f".{array}"]
        names[f"__{array}_start"] = of[0].start if of else data_start
        names[f"__{array}_end"] = of[0].end if of else data_start
    for bound in bounds:
        if _C_NAME.fullmatch(bound.section.name):
            names[f"__start_{bound.section.name}"] = bound.start
            names[f"__stop_{bound.section.name}"] = bound.end
    return names


class _Bounds:
    """Where a section begins and ends."""

    def __init__(self, section: Section) -> None:
        assert section.address is not None, "sections have their places"
        self.section = section
        self.start = section.address
        self.end = section.address + section.size
