"""The hardware: harts, TLBs, the walker, caches, memory. It knows no kernel: a refused access is a `Fault`, no more."""
