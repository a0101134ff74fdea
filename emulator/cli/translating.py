"""Files of accesses through an MMU with no hart and no kernel around it."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from emulator.base.errors import EmulatorError
from emulator.cli.groups import group
from emulator.cli.options import Sets, option, overrides_of
from emulator.cli.output import write_text
from emulator.cli.places import STANDARD_OUTPUT, writing

if TYPE_CHECKING:
    from emulator.mmu import Mmu

Text = str | None


@group
@dataclass(frozen=True)
class Translated:
    """What a command line says of the MMU and of its page tables."""

    mappings: Annotated[Text, typer.Option("--map", metavar="FILE", help="Make page tables of its rows.")] = None
    image: Annotated[Text, typer.Option("--image", metavar="FILE", help="Fill memory with its bytes.")] = None
    root: Annotated[Text, typer.Option("--root", metavar="PA", help="Where the root table is in the image.")] = None
    caches: Annotated[bool, typer.Option("--caches/--no-caches", help="Whether walks read through caches.")] = True
    profile: Annotated[Text, option("profile")] = None
    paging: Annotated[Text, option("paging")] = None
    ad: Annotated[Text, option("ad")] = None
    memory: Annotated[Text, option("memory")] = None
    engine: Annotated[Text, option("engine")] = None
    sets: Sets = None

    @property
    def sources(self) -> list[str]:
        """The files that are read beside the accesses."""
        return [path for path in (self.mappings, self.image) if path is not None]

    def check(self) -> None:
        """Raise EmulatorError for what makes no page tables."""
        from emulator.translating.files import check_suffix

        if (self.mappings is None) == (self.image is None):
            raise EmulatorError("translate: with which page tables? --map FILE or --image FILE --root PA is right")
        if (self.image is None) != (self.root is None):
            raise EmulatorError("--root: goes with --image, and --image with --root: where the root table is in it")
        if self.mappings is not None:
            check_suffix(self.mappings, "--map")

    def build(self) -> "tuple[Mmu, dict[int, int]]":
        """Return the MMU, page tables in its memory, and the root tables of ASIDs that have one."""
        from emulator.cli import compiling
        from emulator.config import Config
        from emulator.config.numbers import read_whole
        from emulator.mmu import MOST_BASE, Mmu
        from emulator.translating.mapping import load_image, map_file

        said = {"profile": self.profile, "paging": self.paging, "ad": self.ad, "memory": self.memory}
        config = Config.read(
            {name: value for name, value in said.items() if value is not None}, overrides_of(self.sets)
        )
        compiling.prepare(self.engine)
        more: dict[str, Any] = {"ad": config.ad, "extensions": config.extensions, "engine": self.engine}
        mmu = Mmu(config.profile, config.paging, config.memory, caches=self.caches, **more)
        if self.mappings is not None:
            return mmu, map_file(mmu, self.mappings)
        root = read_whole(str(self.root), "--root", 0, MOST_BASE)
        if root >= mmu.memory.size:
            raise EmulatorError(f"--root: {root:#x} is outside memory (0x0-{mmu.memory.size:#x})")
        mmu.root = root
        load_image(mmu, str(self.image))
        return mmu, {}


def translate_file(path: str, output: Text, counters: bool, translated: Translated) -> None:
    """Translate the accesses of a file, write what became of them, print counters."""
    from emulator.translating.files import Writer, check_suffix
    from emulator.translating.stream import count, outcomes

    translated.check()
    check_suffix(path)
    if output is None and not counters:
        raise EmulatorError("translate: what for? -o FILE, --counters, or both is right")
    suffix = "" if output is None else ".csv" if output == STANDARD_OUTPUT else Path(output).suffix
    if output is not None and output != STANDARD_OUTPUT:
        check_suffix(output, "-o")
    mmu, roots = translated.build()
    if output is None:
        count(mmu, path, roots)
    else:
        frames = outcomes(mmu, path, roots, hexadecimal=suffix == ".csv")
        if output == STANDARD_OUTPUT:
            for number, frame in enumerate(frames):
                write_text(sys.stdout, frame.write_csv(include_header=number == 0))
        else:
            with writing(output) as file:
                Writer(file, suffix).write(frames)
    if counters:
        told = {name: value for name, value in mmu.counters.items() if value}
        write_text(
            sys.stderr if output == STANDARD_OUTPUT else sys.stdout,
            "".join(f"{name:<20} {value}\n" for name, value in told.items()),
        )
