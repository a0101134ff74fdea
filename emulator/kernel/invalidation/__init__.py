"""Invalidation: how the kernel makes TLBs forget what its page tables no longer say. One interface, many policies."""

from emulator.kernel.invalidation.policy import flush_pages, flush_space

__all__ = ["flush_pages", "flush_space"]
