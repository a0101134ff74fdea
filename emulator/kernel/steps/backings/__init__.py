"""Kinds of memory behind regions that are a noun of their own; `kernel/steps/backing.py` asks them."""
