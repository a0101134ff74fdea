"""The auditor on a page: a hart remembers everything in one list, and looks at all of it at each access.

It says which accesses may have used what memory no longer grants, as docs/audit.md has it. It names no culprit, and
takes no short cut.
"""

V, R, W, X, U, G, A, D = (1 << bit for bit in range(8))
NEEDS = {"load": R, "store": W | D, "fetch": X}


def walk(words, table, level, va):
    """The PTEs that a walk reads from `table` on, root first, each with its level; the last one ends it."""
    found = []
    while True:
        pte = words.get(table + (va >> 12 + 9 * level & 511) * 8, 0)
        found.append((pte, level))
        if not pte & V or pte & (R | W | X) or level == 0:
            return found
        table, level = pte >> 10 << 12, level - 1


def leaf(pte, level, va):
    """The page of 4 KiB and the rights that a PTE grants at `va`; None if it is no leaf."""
    base, size = pte >> 10 << 12, 1 << 12 + 9 * level
    sound = pte & V and pte & (R | X) and pte & (R | W) != W and base % size == 0
    return (base + va % size // 4096 * 4096, pte & 0xFF) if sound else None


def lets(found, need):
    return found is not None and found[1] & need == need


class Model:
    """Feed it records as words; `stale` holds the numbers of the accesses that are mistakes."""

    def __init__(self):
        self.words, self.spaces, self.at, self.remembered, self.stale = {}, {}, {}, {}, set()

    def feed(self, number, kind, *operands, **options):
        if kind in NEEDS:
            self.access(number, kind, *operands)
        else:
            getattr(self, kind)(*operands, **options)

    def hart(self, hart):
        self.remembered[hart] = []

    def space(self, space, _mode, root, asid):
        self.spaces[space] = root, asid

    def satp(self, hart, space):
        self.at[hart] = self.spaces[space]

    def pte(self, _hart, place, value):
        self.words[place] = value

    def fence(self, hart, va=None, asid=None):
        def stays(entry):
            is_global, of, page, level, pte = entry
            size = 1 << 12 + 9 * level
            here = va is None or (leaf(pte, level, page) is not None and va // size == page // size)
            return not here or (asid is not None and (is_global or of != asid))

        self.remembered[hart] = [entry for entry in self.remembered[hart] if stays(entry)]

    def access(self, number, kind, hart, va):
        root, asid = self.at[hart]
        need, path = NEEDS[kind], walk(self.words, root, 2, va)
        memory = leaf(*path[-1], va)
        for is_global, of, page, level, pte in self.remembered[hart]:
            if (not is_global and of != asid) or page >> 12 + 9 * level != va >> 12 + 9 * level:
                continue
            held, needs = leaf(pte, level, va), need
            if held is None:  # a pointer: a walk sets D itself
                held, needs = leaf(*walk(self.words, pte >> 10 << 12, level - 1, va)[-1], va), need & ~D
            if lets(held, needs) and not (lets(memory, needs) and memory[0] == held[0]):
                self.stale.add(number)
        if lets(memory, need & ~D):
            pte, level = path[-1]
            table = path[-2][0] >> 10 << 12 if len(path) > 1 else root
            path[-1] = pte | A | (need & D), level
            self.words[table + (va >> 12 + 9 * level & 511) * 8] = path[-1][0]
            is_global = False
            for pte, level in path:
                is_global = is_global or bool(pte & G)
                entry = is_global, asid, va, level, pte
                if entry not in self.remembered[hart]:
                    self.remembered[hart].append(entry)
