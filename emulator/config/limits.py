"""How long a run may be told to be, and how much of it is kept for whoever asks."""

MOST_INSTRUCTIONS = 1 << 62  # far beyond what anybody waits for; sums of two still fit into 64 bits
