"""A set-associative array with true LRU, as a list of lists: what TLBs and caches are held against."""


class Sets:
    """`sets` sets of `ways` entries; the most recent comes last."""

    def __init__(self, sets, ways):
        self.held = [[] for _ in range(sets)]
        self.ways = ways

    def touch(self, number):
        """Whether `number` is held; it is from now on, as the most recent of its set."""
        entries = self.held[number % len(self.held)]
        hit = number in entries
        if hit:
            entries.remove(number)
        entries.append(number)
        del entries[: -self.ways]
        return hit

    def drop(self, number):
        """Take `number` out; return whether it was held."""
        entries = self.held[number % len(self.held)]
        held = number in entries
        if held:
            entries.remove(number)
        return held
