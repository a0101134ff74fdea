"""Where things lie in an address space (Linux on RISC-V, Sv39): program, heap, mappings from above, stack."""

from emulator.base.bits import PAGE_BYTES

USER_END = 1 << 38  # user addresses lie in the lower half of Sv39, whatever the paging mode
STACK_TOP = USER_END - PAGE_BYTES
STACK_BYTES = 8 << 20  # Linux's default limit
STACK_FLOOR = STACK_TOP - STACK_BYTES  # a program ends below
MMAP_TOP = STACK_FLOOR - (1 << 20)  # mappings grow down from below the stack and a gap
