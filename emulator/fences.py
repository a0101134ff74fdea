"""The instructions by which an Mmu forgets translations: each drops what its architecture says, and no more."""

from emulator.base.bits import ASID_LIMIT, asid_bits_of
from emulator.base.errors import ConfigError, shown
from emulator.base.world import World
from emulator.config.numbers import as_whole
from emulator.hardware import entries
from emulator.paging import fences
from emulator.paging.architecture import ARM64, RISCV, RISCV_32, X86, Architecture
from emulator.vectors import address, signed

OF_ARCHITECTURE = {
    "RISC-V": ((RISCV, RISCV_32), ("fence", "sinval_vma", "sfence_w_inval", "sfence_inval_ir")),
    "arm64": ((ARM64,), ("fence", "tlbi")),
    "x86-64": ((X86,), ("fence", "invlpg", "mov_cr3", "invpcid")),
}


class Fences:
    """What an Mmu has of them; an instruction that its architecture has not is a ConfigError. A PCID is an `asid`.

    What each drops, page tables' pointers in walk caches among it, stands in `paging/fences.py`.
    """

    __slots__ = ()

    _world: World
    _architecture: Architecture
    _invalid: list[tuple[int, int, int]]

    def fence(self, va: int | None = None, asid: int | None = None) -> None:
        """Do what SFENCE.VMA does: for one address or all, one address space (sparing global entries) or all (F21).

        Pointers to page tables go only without an address. On x86-64, where tests and studies need one instruction for
        all, it drops as much.
        """
        self._drop(va, asid, fences.sfence(va is not None, asid is None))

    def sinval_vma(self, va: int | None = None, asid: int | None = None) -> None:
        """Do what SINVAL.VMA does: as `fence`, but it may wait until SFENCE.INVAL.IR, and does (Svinval)."""
        self._check("sinval_vma")
        reach = fences.sfence(va is not None, asid is None)
        self._invalid.append((address(0 if va is None else va), 0 if asid is None else _asid_bits(asid, "asid"), reach))

    def sfence_w_inval(self) -> None:
        """Do what SFENCE.W.INVAL does: order stores to page tables before what follows, as they are here anyway."""
        self._check("sfence_w_inval")

    def sfence_inval_ir(self) -> None:
        """Do what SFENCE.INVAL.IR does: what the SINVAL.VMA before it name is dropped now."""
        self._check("sfence_inval_ir")
        while self._invalid:
            entries.fence_one(self._world, *self._invalid.pop(0))

    def invlpg(self, va: int) -> None:
        """Do what INVLPG does: the page in this PCID goes, in all where it is global, and all pointers of the PCID."""
        self._check("invlpg")
        bits = int(self._world.harts["asid_bits"][0])
        entries.fence_one(self._world, address(0 if va is None else va), bits, fences.INVLPG)

    def invpcid(self, kind: int, pcid: int = 0, va: int = 0) -> None:
        """Do what INVPCID of a type does: 0 one page of `pcid`, 1 all of it, 2 all, global pages too, 3 all but these.

        Raises ConfigError for another type.
        """
        self._check("invpcid")
        if not 0 <= as_whole(kind, "kind", -(1 << 63), 1 << 63) < len(fences.INVPCID):
            raise ConfigError(f"kind: {kind} is no type of INVPCID; 0 to {len(fences.INVPCID) - 1} are right")
        self._drop(va, pcid, fences.INVPCID[kind], "pcid")

    def tlbi(self, form: str, va: int | None = None, asid: int | None = None) -> None:
        """Do what TLBI does, in the form "vmalle1", "aside1", "vae1", "vale1", "vaae1" or "vaale1" (arm64).

        Raises ConfigError for another form.
        """
        self._check("tlbi")
        if form not in fences.TLBI:
            raise ConfigError(f"tlbi: '{shown(form)}' is no form of it; {', '.join(fences.TLBI)} are right")
        self._drop(va, asid, fences.TLBI[form])

    def _check(self, name: str) -> None:
        """Raise ConfigError where the architecture has no such instruction."""
        for words, (architectures, names) in OF_ARCHITECTURE.items():
            if self._architecture in architectures and name not in names:
                raise ConfigError(f"{name}: {words} has no such instruction; {', '.join(names)} are right")

    def _drop(self, va: int | None, asid: int | None, reach: int, name: str = "asid") -> None:
        bits = 0 if asid is None else _asid_bits(asid, name)
        entries.fence_one(self._world, address(0 if va is None else va), bits, reach)


def _asid_bits(asid: object, name: str) -> int:
    """Return an ASID as a TLB key has it."""
    bits: int = asid_bits_of(as_whole(asid, name, 0, ASID_LIMIT - 1))
    return signed(bits)
