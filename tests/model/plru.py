"""Tree-PLRU as a tree of halves: what the bits of a set are held against."""


class Ways:
    """A range of ways, which knows the half of it that was not used last."""

    def __init__(self, first, count):
        self.first, self.count = first, count
        self.older = 0
        self.halves = [Ways(first, count // 2), Ways(first + count // 2, count // 2)] if count > 1 else []

    def use(self, way):
        if self.halves:
            newer = int(way >= self.halves[1].first)
            self.older = 1 - newer
            self.halves[newer].use(way)

    def victim(self):
        return self.halves[self.older].victim() if self.halves else self.first
