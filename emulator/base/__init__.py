"""The ground floor of the emulator: bits, records, names and the jit decorator. Imports nothing above it."""
