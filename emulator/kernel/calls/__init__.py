"""The system calls by subject: handlers, and the rows of the table that `kernel.syscalls` puts together."""
