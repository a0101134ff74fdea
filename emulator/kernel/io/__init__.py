"""What descriptors stand for: open files, pipes, the standard streams."""
