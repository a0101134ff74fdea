"""A machine of few entries, and a program of five pages that misses on it."""

from pathlib import Path

PROGRAMS = Path(__file__).parents[2] / "programs"
SMALL = {f"{array}.ways": "4" for array in ("tlb.l1i", "tlb.l1d", "tlb.l2", "cache.l1i", "cache.l1d")}
SMALL |= {"tlb.l1i.entries": "4", "tlb.l1d.entries": "4", "tlb.l2.entries": "8"}
SMALL |= {"cache.l1i.size": "256", "cache.l1d.size": "256", "cache.l2.size": "512", "cache.l3.size": "1KiB"}

# Five pages in an order in which a third is used again before a fourth is: 1 2 3 1 4 5, again and again.
ROUND = """
    .equ PAGE, 4096
    _start:
        la s0, pages
        li s1, 50
        li s2, 0
    again:
    .irp page, 1, 2, 3, 1, 4, 5
        li t0, \\page * PAGE
        add t0, t0, s0
        ld t1, (t0)
        addi t1, t1, \\page
        sd t1, (t0)
        add s2, s2, t1
    .endr
        addi s1, s1, -1
        bnez s1, again
        andi a0, s2, 0xFF
        li a7, 93
        ecall
    .bss
    .balign PAGE
    pages: .space 6 * PAGE
"""
