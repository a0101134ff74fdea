"""Python at work on one hart: its registers, address spaces by compiled steps, user memory."""
