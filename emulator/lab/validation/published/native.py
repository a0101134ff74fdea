"""What calls take by their pages on one thread of a guest on EPYC Milan, where nothing is published: N.

Measured natively, the best tenth of many; only fork's slope is of its best and its median.
"""

from emulator.lab.validation.figure import Figure, Run, near
from emulator.lab.validation.formulas import per_page, time_of

MACHINE, PROFILE = "Milan, guest", "milan_kvm"
KERNEL = (
    "a region is cut and joined, locks are taken and counters kept, which is not modelled, nor what mitigations and a "
    "guest's nested tables add"
)
MEASURED = {  # ns, by pages
    "mprotect": {1: 1272, 4: 1683, 16: 3046, 33: 5019, 34: 3807, 64: 5881, 512: 38700},
    "munmap": {1: 2335, 4: 2875, 16: 5140, 33: 10139, 34: 8466, 64: 15839, 512: 124200},
}
RUNS = {call: {str(pages): Run(call, "ceiling:33", pages, 1) for pages in MEASURED[call]} for call in MEASURED}


def by_pages(call: str, pages: int, nanoseconds: float) -> Figure:
    """Return the figure of a call on so many pages."""
    return Figure(
        name=f"N {call} {pages}",
        what=f"{call} of {pages} pages" if pages > 1 else f"{call} of a page",
        machine=MACHINE,
        published=nanoseconds,
        unit="ns",
        limits=near(nanoseconds),
        runs={"it": RUNS[call][str(pages)]},
        emulated=time_of("it"),
        profile=PROFILE,
        note=KERNEL,
    )


FIGURES = (
    *(by_pages(call, pages, taken) for call, row in MEASURED.items() for pages, taken in row.items()),
    Figure(
        name="N mprotect slope",
        what="a page more of mprotect, up to 33",
        machine=MACHINE,
        published=116,
        unit="ns",
        limits=near(116),
        runs=RUNS["mprotect"],
        emulated=per_page(1, 33),
        profile=PROFILE,
        note="72 of the 116 ns are not the flush: a PTE takes 10 cycles here, and 230 in the guest",
    ),
    Figure(
        name="N mprotect drop",
        what="what 34 pages take less than 33",
        machine=MACHINE,
        published=1212,
        unit="ns",
        limits=near(1212),
        runs=RUNS["mprotect"],
        emulated=lambda rows: -per_page(33, 34)(rows),
        closed=lambda price: 33 * price["flush_page"] - price["flush_asid"],
        profile=PROFILE,
    ),
    Figure(
        name="N fork slope",
        what="fork, for each PTE",
        machine=MACHINE,
        published=84,
        unit="ns",
        limits=near(84),
        runs={str(pages): Run("fork", "ceiling:33", pages, 1) for pages in (512, 4096)},
        emulated=per_page(512, 4096),
        closed=lambda price: price["pte_fork"],
        profile=PROFILE,
        note="the guest's own tables lie behind its host's, and a guest takes 2 to 6 times as long as bare metal",
    ),
)
