"""A run walked through in a terminal: forth and back, with all that there is to see (docs/step.md)."""
