"""What `execve` finds: programs by path under one read-only folder, and those that the machine was given itself."""

from pathlib import Path

from emulator.kernel.image import Image
from isa import IsaError, Program


class NoSuchProgram(Exception):
    """No file of that path under the root: ENOENT."""


class NotAProgram(Exception):
    """A file that is no program of this machine: ENOEXEC."""


class Images:
    """Programs by path, each read once; `all` lists them in the order in which they were first run."""

    def __init__(self, root: Path | None) -> None:
        self._root = root
        self._by_path: dict[Path, Image] = {}
        self.all: list[Image] = []

    def root_at(self, folder: Path) -> None:
        """Let `folder` be the root, if there is none yet."""
        if self._root is None:
            self._root = folder

    def add(self, program: Program) -> Image:
        """Return the image of `program`, which need not be a file."""
        path = Path(program.path).resolve() if program.path else None
        if path is not None and path in self._by_path:
            return self._by_path[path]
        image = Image(program, len(self.all))
        self.all.append(image)
        if path is not None:
            self._by_path[path] = image
        return image

    def find(self, name: str) -> Image:
        """Return the image of the program at `name` under the root, `.s` and `.elf` understood.

        Raises NoSuchProgram or NotAProgram.
        """
        if self._root is None:
            raise NoSuchProgram(name)
        try:
            path = self._resolve(self._root.resolve(), name.lstrip("/"))
        except (OSError, ValueError):  # a name that the host itself refuses: too long, a zero byte in it
            path = None
        if path is None:
            raise NoSuchProgram(name)
        return self._by_path[path] if path in self._by_path else self._read(path)

    @staticmethod
    def _resolve(root: Path, name: str) -> Path | None:
        for ending in ("", ".s", ".elf"):
            path = (root / (name + ending)).resolve()
            if path.is_relative_to(root) and path.is_file():
                return path
        return None

    def _read(self, path: Path) -> Image:
        try:
            return self.add(Program.load(path))
        except IsaError as error:
            raise NotAProgram(str(path)) from error
