"""The simulated kernel: it takes traps, resolves faults, and runs processes. It sees the hardware as records."""
