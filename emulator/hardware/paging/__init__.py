"""What a PTE means: one module an architecture, used by the walker."""
