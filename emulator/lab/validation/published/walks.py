"""What misses of TLBs take, and how many there are, in one set of a TLB: V30. Also V21, V22.

V30 TLBleed (USENIX Security 2018), its tool tlbkit, whose repository holds what it measured on Skylake and on Sandy
Bridge: pages that meet in a set, one more of them than the set has ways, against as many that do not. V21 Cordes, on
Stack Overflow. V22 Bhargava 2008 (ASPLOS).
"""

from emulator.lab.validation.figure import Figure, Run, near
from emulator.lab.validation.formulas import slower, walks_of
from emulator.lab.validation.nested import reads_in_two_dimensions

FIRST, SECOND = "chase-16-apart", "chase-65536-apart"
FOUND, WALKED, COUNTED = "what a miss of the first TLB takes", "what a walk takes", "how many miss in a full set"


def figures_of(machine: str, profile: str, ways: int, found: float, walked: float, walks: float) -> tuple[Figure, ...]:
    """Return the three figures of a machine: cycles of a miss of the first TLB and of a walk, and walks of a round."""
    full, over = str(ways), str(ways + 1)
    sets = {
        workload: {str(pages): Run(workload, "ceiling:33", pages, 1) for pages in (least, least + 1)}
        for workload, least in ((FIRST, 4), (SECOND, ways))
    }
    return (
        Figure(
            name=f"V30 {machine} found",
            what="what a load takes more that misses the first TLB",
            machine=machine,
            published=found,
            unit="cycles",
            limits=near(found),
            runs=sets[FIRST],
            emulated=slower("5", "4"),
            closed=lambda price: price["tlb_l2"],
            profile=profile,
            claim=FOUND,
        ),
        Figure(
            name=f"V30 {machine} walk",
            what="what a load takes more that misses the second TLB",
            machine=machine,
            published=walked,
            unit="cycles",
            limits=near(walked),
            runs=sets[SECOND],
            emulated=slower(over, full),
            profile=profile,
            note="pages of one set are so far apart that their pointers meet in one set of a walk cache: a walk reads "
            "two PTEs, from L1d or L2, beside `walk_start`, which is assumed; the published walk takes longer, and "
            "where is not published",
            claim=WALKED,
        ),
        Figure(
            name=f"V30 {machine} walks",
            what=f"walks of a round through {over} pages of one set",
            machine=machine,
            published=walks,
            unit="walks",
            limits=near(walks),
            runs=sets[SECOND],
            emulated=walks_of(over),
            profile=profile,
            claim=COUNTED,
        ),
    )


FIGURES = (
    Figure(
        name="V21 two walks",
        what="page walks that go on at once",
        machine="Skylake",
        published=2,
        unit="walks",
        limits=near(2),
        runs={
            "one by one": Run("chase-65536-apart", "ceiling:33", 13, 1),
            "at once": Run("stride-65536-apart", "ceiling:33", 13, 1),
        },
        emulated=lambda rows: int(rows["one by one"]["cost.walk"]) / int(rows["at once"]["cost.walk"]),
        profile="skylake_ooo",
        note="taken to be how much longer walks take that wait for each other; a hart is in order here, and waits for "
        "a share of walks that need not (`[overlap]`), which is rounded up",
    ),
    Figure(
        name="V22 two dimensions",
        what="reads of a walk in a guest, nothing cached",
        machine="AMD",
        published=24,
        unit="reads",
        limits=(24, 24),
        emulated=lambda rows: reads_in_two_dimensions(),
        closed=lambda price: (4 + 1) * (4 + 1) - 1,  # each of the guest's tables and its page is walked for
        note="no program runs under a host's tables here: an `Mmu` with a host is asked (F24)",
    ),
    *figures_of("Skylake", "skylake", 12, 9.02, 25.83, 12.88),
    *figures_of("Sandy Bridge", "sandy_bridge", 4, 6.29, 18.35, 5.49),
)
