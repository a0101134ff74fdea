"""Replacement policies as their papers tell them, and a set-associative array under each: the oracles of the real ones.

A set is a list of what its ways hold, None for an empty one; of these the first is filled.
"""

import hashlib

from tests.model.plru import Ways


class Fifo:
    """The order in which ways were filled; hits are nothing to it."""

    def __init__(self, ways, name):
        self.order = []

    def fill(self, way):
        if way in self.order:
            self.order.remove(way)
        self.order.append(way)

    def hit(self, way):
        pass

    def victim(self):
        return self.order[0]


class Random:
    """Marsaglia's xorshift (13, 17, 5), begun by the hash of seed, array and hart; one for all sets of an array."""

    def __init__(self, ways, name):
        self.ways, self.name = ways, name
        self.number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "little")

    def fill(self, way):
        pass

    def hit(self, way):
        pass

    def victim(self):
        x = self.number
        x = (x ^ x << 13) % 2**32
        x ^= x >> 17
        self.number = x = (x ^ x << 5) % 2**32
        return x % self.ways


class Srrip:
    """Jaleel et al., figure 4: 2-bit RRPVs, hit priority."""

    def __init__(self, ways, name):
        self.rrpv = [3] * ways

    def fill(self, way):
        self.rrpv[way] = 2

    def hit(self, way):
        self.rrpv[way] = 0

    def victim(self):
        while 3 not in self.rrpv:
            self.rrpv = [value + 1 for value in self.rrpv]
        return self.rrpv.index(3)


class Plru:
    """A tree of halves; a fill is a use as a hit is."""

    def __init__(self, ways, name):
        self.tree = Ways(0, ways)

    def fill(self, way):
        self.tree.use(way)

    hit = fill

    def victim(self):
        return self.tree.victim()


POLICIES = {"fifo": Fifo, "random": Random, "srrip": Srrip, "plru": Plru}


class PolicySets:
    """`sets` sets of `ways` entries under a policy; `name` is what a random one begins with: seed, array, hart."""

    def __init__(self, sets, ways, policy, name):
        self.held = [[None] * ways for _ in range(sets)]
        one = POLICIES[policy](ways, name)
        self.policies = [one if policy == "random" else POLICIES[policy](ways, name) for _ in range(sets)]

    def touch(self, number):
        """Whether `number` is held; it is from now on."""
        held, policy = self.held[number % len(self.held)], self.policies[number % len(self.held)]
        if number in held:
            policy.hit(held.index(number))
            return True
        way = held.index(None) if None in held else policy.victim()
        held[way] = number
        policy.fill(way)
        return False

    def drop(self, number):
        """Leave the place of `number` empty, which the policy does not see; return whether it was held."""
        held = self.held[number % len(self.held)]
        if number in held:
            held[held.index(number)] = None
            return True
        return False
