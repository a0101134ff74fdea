"""Strategies of `--flush`, a module each: a row of `config/strategies.py` names it, `hooks` asks it.

A module says what it does, who published it, and where it may not be used. It defines those functions of `hooks` that
it has an answer for, and no others. Those that postpone invalidations are in `kernel/invalidation/postponed`.
"""
