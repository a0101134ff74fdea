"""What becomes of an instruction that has faulted?"""

from collections.abc import Iterator

from emulator.base.names import Access, Found
from emulator.observe.story import plural
from emulator.quiz.draft import Draft, Wrong
from emulator.quiz.runs import Runs, where
from emulator.quiz.said import fault_words, noun_of

HIT = "It runs again, hits the first-level TLB, and takes effect once."
SECOND = "It runs again, misses the first-level TLB, hits the second, and takes effect once."
WALK = "It runs again, misses the TLB, walks {reads}, and takes effect once."
BEHIND = "It does not run again: the kernel makes the {noun}, and the program goes on behind it."
TWICE = "It runs again and takes effect a second time."
AGAIN = "It runs again and faults a second time; then it is let through."


def drafts(runs: Runs) -> Iterator[Draft]:
    """Yield a question for each fault whose instruction ran again and was done."""
    for place in runs.faults:
        event = runs.result.events[place]
        found = Found(int(event["restart_found"]))
        if event["usercopy"] or found == Found.NOWHERE or event["access"] == Access.FETCH:
            continue
        reads = plural(int(event["restart_reads"]), "PTE")
        yield Draft(
            key=str(where(event)),
            text=f"{fault_words(runs, place)}. It faults, and the kernel mends that. What becomes of the instruction?",
            right={Found.L1: HIT, Found.L2: SECOND, Found.WALK: WALK.format(reads=reads)}[found],
            wrong=(
                Wrong("kernel-stores", BEHIND.format(noun=noun_of(event))),
                Wrong("tlb-sees", HIT),
                Wrong("takes-twice", TWICE),
                Wrong("faults-twice", AGAIN),
            ),
            because="The trap left the PC at the instruction and nothing changed; once the PTE grants the access, the "
            "same instruction runs, and finds the new PTE.",
            rule="F50",
            event=place,
            quoted=place,
        )
