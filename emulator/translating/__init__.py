"""Files of accesses through an `Mmu`: read in batches, translated, written; page tables made from files of mappings.

files      tables of rows, by suffix: CSV, JSON lines, Parquet
mapping    page tables from rows of mappings, or from an image of memory
stream     batches of accesses in, their outcomes out
"""
