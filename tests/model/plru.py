"""Tree-PLRU as a tree of halves, and a set-associative array under it: what TLBs and caches are held against."""


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


class PlruSets:
    """`sets` sets of `ways` entries by way, None for an empty one: of these the first is filled."""

    def __init__(self, sets, ways):
        self.held = [[None] * ways for _ in range(sets)]
        self.trees = [Ways(0, ways) for _ in range(sets)]

    def touch(self, number):
        """Whether `number` is held; it is from now on, as the last of its set that was used."""
        held, tree = self.held[number % len(self.held)], self.trees[number % len(self.held)]
        hit = number in held
        if hit:
            way = held.index(number)
        else:
            way = held.index(None) if None in held else tree.victim()
            held[way] = number
        tree.use(way)
        return hit

    def drop(self, number):
        """Leave the place of `number` empty, which the tree does not see; return whether it was held."""
        held = self.held[number % len(self.held)]
        if number in held:
            held[held.index(number)] = None
            return True
        return False
