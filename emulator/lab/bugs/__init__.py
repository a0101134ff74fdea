"""Kernels that make a mistake each, and whether anything finds it: `pagewalk check --bugs`.

kernel      those wrong in invalidation: programs that show what they do, and what the stale-entry checker has to say
measure     one of them with one kind of TLB under many schedules
memory      those wrong in keeping memory: programs that show what they do, and which checks find it
table       tables and JSON
"""
