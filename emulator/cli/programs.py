"""`pagewalk programs`: the programs that come with the emulator, listed, and copied to where they can be changed."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from emulator.base.errors import EmulatorError, nearest, shown
from emulator.base.files import told
from emulator.base.shipped import PROGRAMS, files_of, program_names, summary_of
from emulator.cli.output import show, write_text
from emulator.cli.places import writing

programs = typer.Typer(
    help="The programs that come along: for teaching, of the laboratory, and to show stale entries.",
    rich_markup_mode=None,
)


@programs.callback(invoke_without_command=True)
def default(context: typer.Context) -> None:
    """List them where there is no command."""
    if context.invoked_subcommand is None:
        list_programs()


@programs.command("list")
def list_programs() -> None:
    """List the programs, and what each shows."""
    from emulator.observe.tables import table

    rows = table("program", "what it shows")
    for name in program_names():
        rows.add_row(name, summary_of(name))
    show([rows], sys.stdout)


@programs.command()
def copy(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="A program of the list.")] = None,
    folder: Annotated[str | None, typer.Argument(metavar="[DIR]", help="Where to: here, unless it is given.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Copy all of them: copy --all DIR.")] = False,
) -> None:
    """Copy a program and the files that it needs, or all of them. What is there already and differs is not touched."""
    if everything:
        if folder is not None:
            raise EmulatorError("copy --all: takes one folder; copy --all DIR is right")
        folder = name
        files = [path.relative_to(PROGRAMS) for path in sorted(PROGRAMS.rglob("*")) if path.is_file()]
    elif name is None:
        raise EmulatorError("copy: nothing to copy; copy NAME and copy --all DIR are right")
    else:
        wanted = name.removesuffix(".s")
        if wanted not in program_names():
            near = nearest(wanted, program_names())
            raise EmulatorError(f"'{shown(name)}' is no program{near} (pagewalk programs lists them)")
        files = files_of(wanted)
    _copy(files, Path("." if folder is None else folder))


def _copy(files: list[Path], folder: Path) -> None:
    """Copy `files` of `PROGRAMS` into `folder`, all of them or, where one cannot be, none."""
    contents = {folder / path: (PROGRAMS / path).read_bytes() for path in files}
    for place, content in contents.items():
        with told(place):
            if place.exists() and place.read_bytes() != content:
                raise EmulatorError(f"{shown(place)}: is there already and differs; nothing was copied")
    for place, content in contents.items():
        with told(place):
            os.makedirs(place.parent, exist_ok=True)
        if not place.exists():
            with writing(str(place)) as file:
                file.write(content)
        write_text(sys.stdout, f"{place}\n")
