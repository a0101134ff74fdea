"""Strategies of which nobody has published a figure that could be set beside an emulated one: S."""

from emulator.lab.validation.figure import Figure

UNPUBLISHED = {
    "early-ack": "Linux answers early since 2019; it was measured only together with other changes",
    "cow-local": "the paper that describes it (EuroSys 2020) gives a figure of all its changes together",
    "fork-regions": "it is what kernels did before they gathered; nobody has measured it by itself",
    "final-only": "INVLPGB_FINAL_ONLY keeps pointers in walk caches; it is what broadcasts are unless page tables go, "
    "and nobody has published cycles of it or of the other",
    "gather": "it is what everybody compares with",
    "lazy": "it was measured only together with generations (V6)",
    "numapte": "published is what munmap takes without it, up to 40 times, and what whole programs gain with it",
    "rar": "Intel documents it, and Linux has patches; no figure of it alone is known here",
    "svinval": "the manual says what it saves an implementation, which none has measured in public",
    "tlbi-range": "Arm documents it; Linux' figures are of all its batching together (V13)",
    "valid-fence": "what Svvptc saves, that is; its specification has no figure",
    "upgrade": "it saves the flush that V26 is a figure of; FreeBSD leaves it out, too, and gives none",
}
PRICES = {  # of those that have some of their own, all of them assumed
    "rar": ("rar_send", "rar_deliver", "rar_serve"),
    "svinval": ("sinval_page", "sinval_order"),
    "tlbi-range": ("broadcast", "broadcast_sync"),
}
FIGURES = tuple(
    Figure(
        name=f"S {name}",
        what=f"what {name} saves",
        machine="",
        published=None,
        unit="",
        note=reason + ("; its prices are assumed, and --robust says what hangs on them" if name in PRICES else ""),
        prices=PRICES.get(name, ()),
    )
    for name, reason in UNPUBLISHED.items()
)
