"""Strategies of which nobody has published a figure that could be set beside an emulated one: S."""

from emulator.lab.validation.figure import Figure

UNPUBLISHED = {
    "directory": "UNITD and DiDi are simulations themselves, and give the waste that they spare, not what one takes",
    "early-ack": "Linux answers early since 2019; it was measured only together with other changes",
    "cow-local": "the paper that describes it (EuroSys 2020) gives a figure of all its changes together",
    "fork-regions": "it is what kernels did before they gathered; nobody has measured it by itself",
    "gather": "it is what everybody compares with",
    "lazy": "it was measured only together with generations (V6)",
    "rar": "Intel documents it, and Linux has patches; no figure of it alone is known here",
    "svinval": "the manual says what it saves an implementation, which none has measured in public",
    "tlbi-range": "Arm documents it; Linux' figures are of all its batching together (V13)",
    "valid-fence": "what Svvptc saves, that is; its specification has no figure",
    "upgrade": "FreeBSD leaves the flush out; no figure is given",
}
FIGURES = tuple(
    Figure(f"S {name}", f"what {name} saves", "", None, "", note=reason) for name, reason in UNPUBLISHED.items()
)
