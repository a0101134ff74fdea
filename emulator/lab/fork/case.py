"""The cases of the experiment: a way to begin a child, what that does, and how many pages its parent has."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from emulator.base.errors import ConfigError
from emulator.config import Profile, load_profile
from emulator.lab.axes import choices, numbers, words

MOST_PAGES = 1 << 18  # 1 GiB
FORK, VFORK, SPAWN, NOTHING = range(4)  # HOW of `programs/lab/forks.s`
EXIT, EXEC, TOUCH = range(3)  # CHILD of it


class Flavour(NamedTuple):
    """A way to begin a child: the setting `fork`, and how the program asks for it."""

    setting: str
    how: int


FLAVOURS = {
    "cow": Flavour("cow", FORK),
    "eager": Flavour("eager", FORK),
    "cow-stack": Flavour("cow-stack", FORK),
    "shared-tables": Flavour("shared-tables", FORK),
    "vfork": Flavour("cow", VFORK),
    "posix_spawn": Flavour("cow", SPAWN),
}
CHILDREN = {"exit": EXIT, "exec": EXEC, "touch": TOUCH}


@dataclass(frozen=True)
class Case:
    """One child, begun in the way `flavour`, of a parent with `pages` pages; it writes to the first `touched`."""

    profile: str
    paging: str
    flavour: str
    child: str
    pages: int
    touched: int


@dataclass(frozen=True)
class Sweep:
    """The experiment: every flavour with every child and every number of pages."""

    profile: Profile
    paging: str
    flavours: tuple[str, ...]
    children: tuple[str, ...]
    pages: tuple[int, ...]
    touched: tuple[int, ...]
    overrides: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(
        cls,
        profile: str | None = None,
        paging: str | None = None,
        flavours: str | None = None,
        children: str | None = None,
        pages: str | None = None,
        touched: str | None = None,
        overrides: Mapping[str, str] | None = None,
    ) -> "Sweep":
        """Return the sweep of these lists; None is the one that shows most. Raises ConfigError naming the list."""
        return cls(
            load_profile(words(profile or "skylake", "profile", "a name such as skylake")[0]),
            paging or "sv39",
            choices(flavours or ",".join(FLAVOURS), "flavour", FLAVOURS),
            choices(children or "exit,exec,touch", "child", CHILDREN),
            numbers(pages or "256,4096,65536", "pages", 1, MOST_PAGES),
            numbers(touched or "16", "touch", 0, MOST_PAGES),
            overrides or {},
        )

    def cases(self) -> Iterator[Case]:
        """Return every case, pages varying fastest; a child that shares its parent's memory writes to none of it."""
        for child in self.children:
            for flavour in self.flavours:
                if child == "touch" and FLAVOURS[flavour].how != FORK:
                    continue
                for touched in self.touched if child == "touch" else (0,):
                    for pages in self.pages:
                        if touched <= pages:
                            yield Case(self.profile.name, self.paging, flavour, child, pages, touched)

    def check(self) -> None:
        """Raise ConfigError where there is no case: a child would write to more pages than there are."""
        if not any(True for _ in self.cases()):
            raise ConfigError(
                f"touch: no child can write to {min(self.touched)} of {max(self.pages)} pages; fewer is right"
            )
