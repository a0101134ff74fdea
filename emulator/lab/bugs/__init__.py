"""Kernels that make a mistake of invalidation each, and whether the checker finds it: `pagewalk check --bugs`.

kernel      the wrong kernels, and the right one: programs that show what they do, and what the checker has to say
measure     one of them with one kind of TLB under many schedules
table       tables and JSON
"""
