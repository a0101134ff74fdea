"""Page tables for a stream of accesses: made from a file of mappings, or standing in an image of memory."""

from emulator.base.errors import ConfigError, EmulatorError, shown
from emulator.mmu import Mmu
from emulator.translating import files
from emulator.translating.stream import numbers

COLUMNS = ("va", "pa", "rights", "level", "pages", "asid")
NEEDED = ("va", "pa", "rights")
USUAL = {"level": 0, "pages": 1, "asid": 0}


def map_file(mmu: Mmu, path: str) -> dict[int, int]:
    """Map what the rows of the file `path` say; return the root table of each ASID that they name.

    A row says `va`, `pa`, `rights` (letters out of r w x u g a d), and, where these are not 0, 1 and 0: the `level` of
    the leaf, how many `pages` of that size follow one another, and the `asid`. The `Mmu` has the root of ASID 0, or
    else of the first that is named. Raises EmulatorError naming the row that cannot be mapped.
    """
    roots: dict[int, int] = {}
    for batch in files.read(path, COLUMNS, NEEDED):
        whole = {name: numbers(batch, name).tolist() for name in ("va", "pa")}
        for name, usual in USUAL.items():
            cells = [usual if cell is None else cell for cell in batch.columns.get(name, [None] * batch.rows)]
            whole[name] = numbers(files.Batch({name: cells}, batch.path, batch.numbers), name).tolist()
        for row, asid in enumerate(whole["asid"]):
            try:
                mmu.asid = asid
                if asid not in roots:
                    roots[asid] = mmu.new_root()
                mmu.root = roots[asid]
                where = whole["va"][row], whole["pa"][row]
                mmu.map(*where, batch.columns["rights"][row], whole["level"][row], whole["pages"][row])
            except ConfigError as error:
                raise EmulatorError(f"{batch.place(row)}: {error.message}") from None
    if not roots:
        raise EmulatorError(f"{shown(path)}: has no row; one for each page that is mapped is right")
    mmu.asid = 0
    mmu.root = roots.get(0, next(iter(roots.values())))
    return roots


def load_image(mmu: Mmu, path: str) -> None:
    """Fill memory, from its start on, with the bytes of the file `path`. Raises EmulatorError where they do not fit."""
    try:
        with open(path, "rb") as file:
            place = mmu.memory.start
            while data := file.read(1 << 20):
                mmu.memory.write_bytes(place, data)
                place += len(data)
    except ConfigError:
        most = mmu.memory.size
        raise EmulatorError(
            f"{shown(path)}: holds more than the {most:#x} bytes of memory; --memory says how many"
        ) from None
    except OSError as error:
        raise EmulatorError(f"{shown(path)}: cannot be read: {error.strerror or error}") from None
