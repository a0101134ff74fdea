"""The kernel's steps: what changes page tables, from a fault or a system call, invalidation included. Compiled."""
