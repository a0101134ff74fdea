"""The command line. A command reads its options, runs machines, and prints what `observe` makes of the results.

Modules that only one command needs are imported by it, so that a run of a small program is over in a second.

    commands   the commands: one function each
    lab        the experiments of `pagewalk lab`; its options in lab_options
    programs   the programs that travel with the emulator, listed and copied
    options    options that commands share
    groups     options that belong together: one parameter of a command
    runs       building a machine and running it
    compiling  what is said of compiled code, and the bar where it is waited for
    checks     runs held against the `#?` lines of their source
    audits     logs of other kernels read, audited and converted
    status     exit statuses
    output     where text goes: a terminal, a pipe, one that is closed or cannot spell it
    places     where files go: tried before the run, never left half, never what is read
    door       one command line in, an exit status out; mistakes end in one line, never in a traceback
"""

from emulator.cli.door import invoke, main

__all__ = ["invoke", "main"]
