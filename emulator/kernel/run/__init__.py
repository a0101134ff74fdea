"""Running a hart: for a stretch, and while another one waits for its answer. Compiled."""
