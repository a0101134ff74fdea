"""CLOCK as a textbook has it: a hand goes round, and what was used since it came by last has a second chance."""


class Clock:
    """Pages in a circle, `used[n]` as A bits say; `hand` is the place of the one looked at next."""

    def __init__(self, used, hand):
        self.used, self.hand = dict(used), hand

    def choose(self, wanted):
        """Return up to `wanted` pages, in the order in which they go."""
        circle, gone = sorted(self.used), []
        begin = next((place for place, page in enumerate(circle) if page >= self.hand), 0)
        circle = circle[begin:] + circle[:begin]
        for page in circle + circle:
            if len(gone) == wanted:
                break
            if page in gone:
                continue
            if self.used[page]:
                self.used[page] = False
            else:
                gone.append(page)
        return gone
