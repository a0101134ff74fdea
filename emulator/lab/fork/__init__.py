"""What beginning a process takes: each way to share memory, each thing a child may do, parents small and large."""
