"""Machines and strategies that several workloads are for."""

TOGETHER = {"locks": "vma", "skew": "100"}  # Linux from 6.4 on; harts in step, or who comes first to a lock is chance
# Four nodes as four sockets of Skylake have them (assumed).
FOUR_NODES = {"numa": "10,21,21,21/21,10,21,21/21,21,10,21/21,21,21,10"}
LITTLE_MEMORY = {"memory": "2MiB"}  # a quarter of it is taken by one round of 128 pages
# A host with half as many processors as harts. Hosts give them for milliseconds (assumed: a tenth of one), and the wait
# for a hart that is away grows with that.
TWO_GUESTS = {"preempted": "340000:340000"}

TELLING = (  # ways to reach the other harts, all of them with the same ceiling
    "ceiling:33",
    "ceiling:33+concurrent",
    "ceiling:33+concurrent+early-ack",
    "ceiling:33+broadcast",
    "ceiling:33+invlpgb",
    "ceiling:33+directory",
    "ceiling:33+rar",
    "full",
)
FLUSHING = ("ceiling:33", "ceiling:33+concurrent", "ceiling:33+broadcast", "ceiling:33+invlpgb", "full")
FORKING = ("ceiling:33", "ceiling:33+fork-regions", "ceiling:33+broadcast", "full")
