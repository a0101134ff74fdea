"""Processes and threads: who runs where and when, who waits for what, what becomes of a signal."""
