"""How many PTEs a walk reads in two dimensions: no program runs under a host's tables, so that an `Mmu` is asked."""

from emulator.mmu import Mmu

PAGE = 4096
LEVELS = 4
POINTER = 0x67  # present, writable, the user's, accessed, dirty: of a table and of a page alike
GUEST, HOST = 1, 1 + LEVELS + 1  # pages: four tables of the guest, its page; four tables of the host


def reads_in_two_dimensions() -> int:
    """Return the reads of a walk in a guest of four levels of x86-64 under a host of four, nothing cached."""
    mmu = Mmu(paging="x86-64", host="x86-64", memory="1MiB", caches=False, engine="plain")

    def put(page: int, entry: int, target: int) -> None:
        mmu.memory.write(page * PAGE + 8 * entry, target * PAGE | POINTER)

    for table in range(GUEST, GUEST + LEVELS):  # the first entry of each leads on, at last to the guest's page
        put(table, 0, table + 1)
    for table in range(HOST, HOST + LEVELS - 1):
        put(table, 0, table + 1)
    for page in range(HOST):  # what the guest takes for physical addresses are these
        put(HOST + LEVELS - 1, page, page)
    mmu.root, mmu.host_root = GUEST * PAGE, HOST * PAGE
    return len(mmu.translate(0).references)
