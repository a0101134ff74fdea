"""Which constants each figure depends on: those that move it by one part in a hundred when they are doubled.

Nobody chose them. `tests/lab/test_depends.py` changes every constant of every machine and compares what moves with what
stands here; `python -m docs.depends` renews it. A word without a dot is a price.
"""

OF_FIGURE = {
    "V1 slope": "flush_page",
    "V1 line": "",
    "V1 crossover": "flush_page flush_all",
    "V1 slope, own prices": "flush_page",
    "V1 crossover, own prices": "flush_page flush_asid",
    "V3 given prices": "walk_start flush_page cache.l1d cache.l3",
    "V3 own walks": "walk_start flush_page flush_asid cache.l1d cache.l3",
    "V4 1 thread": (
        "trap_entry trap_return call_entry call_return fault alloc free pte_drop syscall flush_page "
        "pti_flush_page pti_switch setting.pti"
    ),
    "V4 2 threads": (
        "trap_entry trap_return call_entry call_return fault alloc free pte_drop pti_flush_page "
        "pti_switch ipi_send ipi_deliver ipi_serve ipi_ack setting.pti"
    ),
    "V4 4 threads": (
        "trap_entry trap_return call_entry call_return fault alloc free pte_drop flush_page "
        "pti_flush_page pti_switch ipi_send ipi_deliver ipi_serve ipi_ack setting.pti"
    ),
    "V4 concurrent, 2 threads": (
        "trap_entry trap_return call_entry fault alloc free pte_drop flush_page pti_flush_page pti_switch "
        "ipi_send ipi_deliver ipi_serve ipi_ack setting.pti"
    ),
    "V4 concurrent, 4 threads": (
        "trap_entry trap_return fault alloc flush_page pti_flush_page pti_switch ipi_send ipi_deliver "
        "ipi_serve ipi_ack setting.pti"
    ),
    "V5 0 pages, absolute": "call_entry call_return syscall switch",
    "V5 0 pages": "switch flush_all",
    "V5 512 pages": "tlb_l2 walk_start switch cache.l1d cache.l2 cache.l3",
    "V5 walk": "tlb_l2 walk_start cache.l1d cache.l2 cache.l3",
    "V5 misses": "",
    "V6 migration": (
        "trap_entry trap_return call_entry fault flush_page flush_asid ipi_send ipi_deliver ipi_serve ipi_ack"
    ),
    "V6 pthread_mmap": "",
    "V7 interrupts": "",
    "V7 time": (
        "call_entry call_return free pte_drop syscall flush_page flush_asid ipi_send ipi_deliver "
        "ipi_serve ipi_ack enqueue"
    ),
    "V8 full flush": (
        "call_entry call_return free pte_drop syscall flush_page flush_asid flush_all ipi_send "
        "ipi_deliver ipi_serve enqueue"
    ),
    "V9 16 cores": "flush_page ipi_send ipi_deliver ipi_serve",
    "V9 120 cores": "ipi_send ipi_deliver ipi_serve",
    "V9 munmap": ("call_entry call_return pte_drop syscall flush_page ipi_send ipi_deliver ipi_serve enqueue cache.l3"),
    "V10 invalidations": "",
    "V11 loops": (
        "trap_entry trap_return fault pte_drop flush_page ipi_send ipi_serve broadcast broadcast_sync "
        "broadcast_hart bulk"
    ),
    "V11 loops, INVLPGB alone": (
        "trap_entry trap_return fault pte_drop flush_page ipi_send ipi_serve broadcast broadcast_sync "
        "broadcast_hart bulk"
    ),
    "V11 share before": "trap_entry free pte_drop flush_page ipi_send ipi_serve ipi_ack cache.l3",
    "V11 share after": "trap_entry trap_return fault pte_drop broadcast broadcast_sync broadcast_hart bulk",
    "V11 flushing before": "flush_page ipi_send ipi_serve",
    "V11 flushing after": "broadcast broadcast_sync broadcast_hart",
    "V12 32 pages": "call_entry pte flush_page",
    "V12 34 pages": "call_entry pte flush_asid",
    "V12 34, higher ceiling": "call_entry pte flush_page",
    "V12 64 pages": "call_entry pte flush_asid",
    "V12 64, higher ceiling": "call_entry pte flush_page",
    "V12 128 pages": "call_entry pte flush_asid",
    "V12 256 pages": "call_entry pte flush_asid",
    "V12 256, higher ceiling": "call_entry pte flush_page",
    "V12 512 pages": "call_entry pte flush_asid",
    "V13 growth": "broadcast broadcast_sync broadcast_hart",
    "V13 share": "call_entry call_return free pte_drop syscall broadcast broadcast_sync broadcast_hart",
    "V14 posix_spawn": "",
    "V15 1 GB": "pte_fork dram bulk",
    "V15 50 GB": "pte_fork dram bulk",
    "V16 Xeon": "pte_fork dram bulk",
    "V16 physical": "pte_fork dram bulk",
    "V16 Xen": "pte_fork dram bulk",
    "V19 96 pages": "cache.l1d",
    "V19 256 pages": "tlb_l2 cache.l1d",
    "V19 1,024 pages": "tlb_l2 cache.l2",
    "V19 second level": "tlb.l2",
    "V19 Zen 5, 96 pages": "cache.l1d",
    "V19 Zen 5, 128 pages": "tlb_l2 cache.l1d tlb.l1d",
    "V19 V2, 48 pages": "cache.l1d",
    "V19 V2, 128 pages": "tlb_l2 cache.l1d",
    "V19 M1, 160 pages": "cache.l1d",
    "V19 M1, 512 pages": "tlb_l2 cache.l1d",
    "V19 M1 walk": "walk_start cache.l1d tlb.l2",
    "V19 M1 first TLB": "tlb.l1d",
    "V19 M1 second TLB": "tlb.l2",
    "V21 two walks": "walk_start cache.l2 overlap.walkers",
    "V22 two dimensions": "",
    "V23 2 guests": (
        "walk_start trap_entry trap_return call_entry call_return fault alloc free pte pte_drop syscall "
        "switch flush_page flush_all ipi_send ipi_deliver ipi_serve ipi_ack cache.l1d cache.l2 cache.l3 "
        "dram bulk"
    ),
    "V24 zeros": "walk_start fault pte cache.l1d dram",
    "V25 broadcast": "flush_page ipi_send ipi_deliver ipi_serve ipi_ack",
    "V26 flush": "broadcast broadcast_sync broadcast_hart",
    "V27 touch": "trap_entry trap_return fault alloc dram bulk",
    "V28 waste": "flush_page ipi_send ipi_deliver ipi_serve directory directory_sync",
    "V29 page": "free pte_drop flush_page pti_flush_page setting.pti",
    "V30 Skylake found": "tlb_l2 tlb.l1d",
    "V30 Skylake walk": "tlb_l2 walk_start cache.l1d cache.l2",
    "V30 Skylake walks": "",
    "V30 Sandy Bridge found": "tlb_l2 tlb.l1d",
    "V30 Sandy Bridge walk": "walk_start cache.l1d",
    "V30 Sandy Bridge walks": "",
    "V31 interrupts": "",
    "Q zeros cached": "",
    "Q zeros translated": "",
    "K Skylake first TLB": "tlb.l1d",
    "K Skylake second TLB": "tlb.l2",
    "K Golden Cove first TLB": "tlb.l1d",
    "K Golden Cove second TLB": "tlb.l2",
    "K Zen 2 first TLB": "tlb.l1d",
    "K Zen 2 second TLB": "tlb.l2",
    "K Milan first TLB": "tlb.l1d",
    "K Milan second TLB": "tlb.l2",
    "K Zen 5 first TLB": "tlb.l1d",
    "K Zen 5 second TLB": "tlb.l2",
    "K Cortex-A76 first TLB": "tlb.l1d",
    "K Cortex-A76 second TLB": "tlb.l2",
    "K Neoverse V2 first TLB": "tlb.l1d",
    "K Neoverse V2 second TLB": "tlb.l2",
    "K U74 first TLB": "tlb.l1d",
    "K U74 second TLB": "tlb.l2",
    "K ChampSim first TLB": "tlb.l1d",
    "K ChampSim second TLB": "tlb.l2",
    "K ChampSim walk cache": "walk_cache.pde",
    "K sv39 walk": "",
    "K sv48 walk": "",
    "K sv57 walk": "",
    "K x86-64 walk": "",
    "K x86-64-la57 walk": "",
    "K arm64 walk": "",
    "N chase 64 pages": "cache.l1d",
    "N chase 72 pages": "tlb_l2 cache.l1d tlb.l1d",
    "N chase 512 pages": "tlb_l2 cache.l1d",
    "N chase 768 pages": "tlb_l2 cache.l2",
    "N chase 1,280 pages": "tlb_l2 cache.l2",
    "N chase 1,536 pages": "tlb_l2 cache.l2",
    "N chase 2,048 pages": "tlb_l2 cache.l2",
    "N chase 4,096 pages": "walk_start cache.l1d cache.l2 cache.l3 tlb.l2",
    "N mprotect 1": "call_entry call_return pte syscall flush_page cache.l1d cache.l3",
    "N mprotect 4": "call_entry call_return pte syscall flush_page cache.l3",
    "N mprotect 16": "call_entry call_return pte syscall flush_page cache.l3",
    "N mprotect 33": "call_entry pte flush_page",
    "N mprotect 34": "call_entry call_return pte syscall flush_asid cache.l3",
    "N mprotect 64": "call_entry call_return pte syscall flush_asid cache.l3",
    "N mprotect 512": "pte flush_asid cache.l3",
    "N munmap 1": "call_entry call_return free pte_drop syscall flush_page cache.l3",
    "N munmap 4": "call_entry call_return free pte_drop syscall flush_page cache.l3",
    "N munmap 16": "call_entry call_return free pte_drop flush_page cache.l3",
    "N munmap 33": "free pte_drop flush_page",
    "N munmap 34": "call_entry free pte_drop flush_asid cache.l3",
    "N munmap 64": "free pte_drop flush_asid cache.l3",
    "N munmap 512": "free pte_drop flush_asid",
    "N mprotect slope": "pte flush_page",
    "N mprotect drop": "flush_page flush_asid cache.l3",
    "N fork slope": "pte_fork dram bulk",
}


def keys_of(figure: str) -> tuple[str, ...]:
    """Return the keys in a profile of the constants that the figure of this name depends on; none if it is unknown."""
    words = OF_FIGURE.get(figure, "").split()
    return tuple(word if "." in word or word in ("dram", "bulk") else f"price.{word}" for word in words)
