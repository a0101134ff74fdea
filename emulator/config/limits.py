"""How large a machine may be, how long a run, and how much of one is kept for whoever reads its result.

What of a run is beyond is left out and counted, so that a long run takes no more memory than a short one.
"""

LEAST_MEMORY, MOST_MEMORY = 1 << 20, 64 << 30  # bytes
MOST_SWAP = 4 << 30
MOST_NODES = 32  # of NUMA: a word of a mask
MOST_INSTRUCTIONS = 1 << 62  # far beyond what anybody waits for; sums of two still fit into 64 bits
MOST_EVENTS = 1_000_000  # 390 MB
MOST_INVALIDATIONS = 500_000  # 90 MB
MOST_FRAME_ROWS = 2_000_000  # 100 MB
MOST_INTERVALS = 1_000_000  # of threads on harts: 200 MB
MOST_ACCOUNTS = 200_000  # of harts in all marks together: 260 MB
MOST_FINDINGS = 10_000  # groups of missing flushes that an audit tells apart
