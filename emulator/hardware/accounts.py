"""Booking cycles: each under exactly one cost of one hart, so that the costs sum to its clock."""

from emulator.base.jit import hot


@hot
def book(hart, cost, cycles):
    """Add `cycles` to the hart's `cost` and to its clock."""
    hart.cost[cost] += cycles
    hart.clock += cycles
