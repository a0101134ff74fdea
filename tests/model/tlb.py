"""What an architecture lets a hart answer, whatever TLBs and walk caches it has: a reference model, a page long.

A hart may use any value that an entry of a page table has held since the last fence that covers it, as long as its own
address space was there to see it; each entry of a walk on its own, for a walk cache may keep one of them and a TLB what
all of them came to. So an access has a *set* of allowed answers. Written from F10-F23 and F30-F40 alone.

    fence                  pointers, roots       pages of the address          global pages of it
    all                    forgotten             forgotten                     forgotten
    all, of one space      its own               its own                       kept
    one address            kept                  forgotten                     forgotten
    one address and space  kept                  its own                       kept
"""

from collections import defaultdict

LARGEST = 2  # a TLB may hold a larger page as pieces of the size of this level
ROOT = "root"


class Model:
    """Page tables, and what each address space has seen of them; a `format` of `tests.model.ptes` reads entries."""

    def __init__(self, format, size):
        self.format, self.size = format, size
        self.now, self.asid = 0, 0
        self.memory = {ROOT: 0}
        self.seen = defaultdict(lambda: defaultdict(dict))  # by space and place: when each value was last there to see
        self.fenced = defaultdict(int)  # when, by (space or None for all, level and page number or None for all)

    def write(self, place, value):
        """Software, or the hart's A and D, writes an entry."""
        self.now += 1
        self.seen[self.asid][place][self.memory.get(place, 0)] = self.now
        self.memory[place] = value

    def enter(self, asid, root):
        """The hart enters an address space; what the one before it has seen stays seen."""
        self.now += 1
        for place, value in self.memory.items():
            self.seen[self.asid][place][value] = self.now
        self.asid, self.memory[ROOT] = asid, root

    def fence(self, va, asid):
        """A fence of one address or all (None), one space or all."""
        self.now += 1
        for level in range(LARGEST + 1):
            self.fenced[asid, va if va is None else (level, self.format.page(va, level))] = self.now

    def since(self, asid, spares_global, va=None, level=0):
        """When what `asid` has seen of pointers, or of a page at `va` whose leaf is at `level`, was last fenced."""
        level = min(level, LARGEST)
        pages = [None] if va is None else [None, (level, self.format.page(va, level))]
        return max(self.fenced[space, page] for page in pages for space in ([None] if spares_global else [None, asid]))

    def values(self, asid, place, since):
        """What a hart may take for the entry at `place`: the values that `asid` has seen there since then."""
        found = {value for value, last in self.seen[asid][place].items() if last >= since}
        return found | {self.memory.get(place, 0)} if asid == self.asid else found

    def walks(self, asid, va, since):
        """Yield every (places, entries) that lead down to what is no pointer; the last entry is None outside memory."""
        open_ends = [((), (), root) for root in self.values(asid, ROOT, since)]
        while open_ends:
            places, entries, table = open_ends.pop()
            level = self.format.levels - 1 - len(entries)
            place = table + self.format.index(va, level) * 8
            if not 0 <= place < self.size:
                yield (*places, place), (*entries, None)
                continue
            for entry in self.values(asid, place, since):
                if self.format.is_pointer(entry, level):
                    open_ends.append(((*places, place), (*entries, entry), self.format.target(entry, level)))
                else:
                    yield (*places, place), (*entries, entry)

    def allowed(self, va, access, mode):
        """Return the allowed answers: each a physical address or a fault, with the (place, entry) that it writes."""
        answers = set()
        for asid in {self.asid, *self.seen}:
            for spares_global in (False, True):
                if spares_global or asid == self.asid:
                    for places, entries in self.walks(asid, va, self.since(asid, spares_global)):
                        answers |= self.answer(asid, spares_global, (va, access, mode), places, entries)
        return answers

    def answer(self, asid, spares_global, asked, places, entries):
        """What one walk comes to: no answer where it is not to be had, else one. `spares_global`: as a global page."""
        va, access, mode = asked
        entry, place, level = entries[-1], places[-1], self.format.levels - len(entries)
        current = asid == self.asid and entry in (None, self.memory.get(place, 0))
        fault = self.format.fault_in(entries, level, access, mode)
        held = entry is None or entry in self.values(asid, place, self.since(asid, spares_global, va, level))
        if fault is not None:
            kept = current or (held and self.format.keeps_faults)
            return {(fault, None)} if kept and not spares_global else set()
        if not held or (spares_global and not self.format.is_global(entries)):
            return set()
        span = self.format.span(level)
        pa = self.format.target(entry, level) | va & span - 1
        refused = self.format.refusal(entries, access, mode)
        if refused is not None:
            return {(refused, None)}
        reached = pa if 0 <= pa < self.size else self.format.outside(access)
        marked = self.format.marked(entry, access)
        if marked == entry:
            return {(reached, None)}
        if mode["svade"]:
            return {(self.format.page_fault(entries, access, mode), None)}
        if spares_global or not current:
            return set()
        return {(reached, (place, marked))} | ({(reached, None)} if reached != pa else set())
