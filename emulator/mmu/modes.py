"""The mode that an Mmu accesses in: its privilege, and the switches of its architecture."""

from collections.abc import Mapping

from emulator.base.errors import ConfigError
from emulator.base.names import Privilege
from emulator.config.numbers import as_truth
from emulator.hardware import build
from emulator.mmu import vectors
from emulator.mmu.parts import Parts


class Switch:
    """A switch of an Mmu's mode, on or off; reading or setting one that its architecture has not is a ConfigError."""

    def __init__(self, meaning: str) -> None:
        self.__doc__ = meaning

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, modes: "Modes", owner: type | None = None) -> bool:
        return modes._switches_with(self._name)[self._name]

    def __set__(self, modes: "Modes", on: bool) -> None:
        on = as_truth(on, self._name)
        modes._enter(modes._privilege, {**modes._switches_with(self._name), self._name: on})


class Modes(Parts):
    """What an Mmu has of it."""

    __slots__ = ()

    @property
    def privilege(self) -> str:
        """The mode that accesses are made in: "user" or "supervisor"."""
        return str(self._privilege.name.lower())

    @privilege.setter
    def privilege(self, name: str) -> None:
        self._enter(Privilege(vectors.word("privilege", name, vectors.PRIVILEGES)), self._switches)

    sum = Switch("Whether the supervisor may access user pages (RISC-V).")
    mxr = Switch("Whether pages that may be executed may be read (RISC-V).")
    wp = Switch("CR0.WP: whether the supervisor, too, writes only to pages that may be written (x86-64).")
    smep = Switch("CR4.SMEP: whether the supervisor fetches from no user page (x86-64).")
    smap = Switch("CR4.SMAP: whether the supervisor accesses no user page unless `ac` is set (x86-64).")
    ac = Switch("EFLAGS.AC (x86-64).")
    pan = Switch("PSTATE.PAN: whether EL1 accesses no page that EL0 may access, but for fetches (arm64).")
    wxn = Switch("SCTLR.WXN: whether what may be written is not executed (arm64).")
    nxe = Switch("EFER.NXE: whether XD denies fetches; else it is reserved (x86-64).")

    def _enter(self, privilege: Privilege, switches: Mapping[str, bool]) -> None:
        self._privilege, self._switches = privilege, switches
        build.enter_mode(self._harts, 0, privilege, self._architecture.switched(switches))

    def _switches_with(self, name: str) -> Mapping[str, bool]:
        """Return the switches, of which `name` is one. Raises ConfigError where the architecture has it not."""
        if name not in self._switches:
            raise ConfigError(f"{name}: {self._paging} has no such switch; {', '.join(self._switches)} are right")
        return self._switches
