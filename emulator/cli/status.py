"""Exit statuses.

run      the program's own; 128 + signal when a signal killed it; LIMIT at --max-instructions; BLOCKED when all that is
         left of it waits for ever
check    0 when all promises hold, 1 when one fails
quiz     with --grade: 0 when all answers are right, 1 when one is wrong
audit    0 when no flush is missing, 1 when one is
others   0
all      MISTAKE for one of the user, INTERRUPTED after Ctrl-C
"""

MISTAKE, LIMIT, BLOCKED, INTERRUPTED = 2, 124, 125, 130
