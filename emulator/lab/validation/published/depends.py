"""Constants that several figures depend on, by their keys in a profile; strategies that several compare."""

PAGE_BY_PAGE = "ceiling:4096"
CONCURRENT = "ceiling:33+concurrent"
FLUSH, IPI = ("price.flush_page",), ("price.ipi_send", "price.ipi_deliver", "price.ipi_serve", "price.ipi_ack")
CALL = ("price.call_entry", "price.call_return", "price.syscall")
FAULT = (
    "price.trap_entry",
    "price.trap_return",
    "price.fault",
    "price.alloc",
    "price.free",
    "price.pte",
    "price.pte_drop",
)
WALK = ("price.walk_start", "price.tlb_l2", "cache.l1d", "cache.l2")
BROADCAST = ("price.broadcast", "price.broadcast_sync", "price.broadcast_hart")
ISOLATION = ("price.pti_flush_page", "price.pti_switch")
