"""All kinds of questions, a row each."""

from emulator.quiz.draft import Kind
from emulator.quiz.kinds import decision, fault, flags, flush, frame, harts, order, owners, restart, totals, walks

KINDS = (
    Kind("fault", "does this access fault, and why", fault.drafts),
    Kind("decision", "what the kernel does about a fault: copy, re-use, zeros, a signal", decision.drafts),
    Kind("frame", "which frame a page has after a fault", frame.drafts),
    Kind("owners", "how many owners a frame has before and after a fault", owners.drafts),
    Kind("flags", "what the PTE grants after a fault", flags.drafts),
    Kind("restart", "what becomes of the instruction that faulted", restart.drafts),
    Kind("flush", "which TLB entries are invalidated", flush.drafts),
    Kind("harts", "which other harts are told of it, and who waits", harts.drafts),
    Kind("faults", "how many page faults there are in the whole run", walks.faults, whole=True),
    Kind("misses", "how often a translation for data is not in the first-level TLB", walks.misses, whole=True),
    Kind("reads", "how many PTEs all walks read", walks.reads, whole=True),
    Kind("copies", "how many pages are copied in the whole run", totals.in_all, whole=True),
    Kind("eager", "how many are copied with `--fork eager`, found by running that", totals.eager, whole=True),
    Kind("exec", "how many pages a child copies until it runs another program", totals.before_exec),
    Kind("left", "what is still in use when all processes have ended", totals.left, whole=True),
    Kind("order", "what another order changes, found by running in that order", order.drafts, whole=True),
)
