"""What a load takes whose page is one of many, each load waiting for the one before: V19, N chase.

On either side of each knee: the last number of pages that a TLB or a cache holds, and the first measured beyond.

V19 jia.je, measured on Golden Cove, Zen 5, Neoverse V2 and M1. N measured natively, on a guest on EPYC Milan: the best
of six runs.
"""

from emulator.lab.validation.figure import Figure, Run, near
from emulator.lab.validation.formulas import chased, reach

CLAIM = "a load on either side of the knees of TLBs and first cache"
SMALL_PAGES = "its pages have 16 KiB, here 4: as many of them, a quarter the size"
EXACT = 1  # cycles: where all is documented, a load is exact to one
NESTED = "the guest walks in two dimensions, its host's tables too, and its host backs it with pages of 4 KiB"


def chase(name: str, machine: str, profile: str, pages: int, published: float, note: str = "") -> Figure:
    """Return the figure of a chase through so many pages."""
    return Figure(
        name=f"{name} {pages:,} pages",
        what="a load that waits for the one before",
        machine=machine,
        published=published,
        unit="cycles",
        limits=(published - EXACT, published + EXACT),
        runs={"it": Run("chase", "ceiling:33", pages, 1)},
        emulated=chased(pages),
        profile=profile,
        note=note,
        claim=CLAIM,
    )


FIGURES = (
    chase("V19", "Golden Cove", "golden_cove", 96, 5),
    chase("V19", "Golden Cove", "golden_cove", 256, 12),
    chase("V19", "Golden Cove", "golden_cove", 1024, 23),
    Figure(
        name="V19 second level",
        what="pages whose translations all stay in the second TLB",
        machine="Golden Cove",
        published=1600,
        unit="pages",
        limits=near(1600),
        runs={str(pages): Run("chase", "ceiling:33", pages, 1) for pages in (1024, 1280, 1536, 1792, 2048, 2304)},
        emulated=reach,
        profile="golden_cove",
        note="of 2,048 entries; whoever measured it takes it that data may not have all of them",
    ),
    chase("V19 Zen 5,", "Zen 5", "zen5", 96, 4),
    chase("V19 Zen 5,", "Zen 5", "zen5", 128, 11),
    chase("V19 V2,", "Neoverse V2", "neoverse_v2", 48, 4),
    chase("V19 V2,", "Neoverse V2", "neoverse_v2", 128, 9),
    chase("V19 M1,", "M1 Firestorm", "m1_firestorm", 160, 3, SMALL_PAGES),
    chase("V19 M1,", "M1 Firestorm", "m1_firestorm", 512, 9, SMALL_PAGES),
    Figure(
        name="V19 M1 walk",
        what="a load whose translation no TLB holds",
        machine="M1 Firestorm",
        published=36,
        unit="cycles",
        limits=(36 - EXACT, 36 + EXACT),
        runs={"it": Run("chase-256-apart", "ceiling:33", 13, 1)},
        emulated=chased(13),
        profile="m1_firestorm",
        note=SMALL_PAGES,
        claim=CLAIM,
    ),
    chase("N chase", "Milan, guest", "milan_kvm", 64, 4),
    chase("N chase", "Milan, guest", "milan_kvm", 72, 11),
    chase("N chase", "Milan, guest", "milan_kvm", 512, 11),
    chase("N chase", "Milan, guest", "milan_kvm", 768, 20),
    chase("N chase", "Milan, guest", "milan_kvm", 1280, 20),
    chase("N chase", "Milan, guest", "milan_kvm", 1536, 23, "best of six; " + NESTED),
    chase("N chase", "Milan, guest", "milan_kvm", 2048, 28, "best of six; " + NESTED),
    chase("N chase", "Milan, guest", "milan_kvm", 4096, 75, NESTED),
)
