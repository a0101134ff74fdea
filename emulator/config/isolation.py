"""Kernel page-table isolation (PTI): the prices that it raises.

With page tables of their own for kernel and user, Linux' answer to Meltdown, every way into the kernel and every way
back writes CR3, and each page is invalidated in two address spaces: INVLPG for the kernel's, INVPCID for the user's.
Invalidating a whole space costs no more: the user's half of it happens with the write of CR3 on the way back.
(Linux, Documentation/arch/x86/pti.rst.)

A process has one page table here all the same: what isolation hides is not modelled, what it costs is.
"""

from collections.abc import Mapping

# What comes on top of a price: the names of other prices.
ADDED = {
    "trap_entry": ("pti_switch",),
    "trap_return": ("pti_switch",),
    "call_entry": ("pti_switch",),
    "call_return": ("pti_switch",),
    "ipi_serve": ("pti_switch", "pti_switch"),
    "flush_page": ("pti_flush_page",),
    "broadcast": ("broadcast",),
}


def raised(prices: Mapping[str, int]) -> dict[str, int]:
    """Return `prices` as they are on a machine whose kernel isolates page tables."""
    return {name: price + sum(prices[other] for other in ADDED.get(name, ())) for name, price in prices.items()}
