"""The instructions by which an Mmu forgets translations: each drops what its architecture says, and no more."""

from emulator.base.bits import ASID_LIMIT
from emulator.base.errors import ConfigError, shown
from emulator.config.numbers import as_whole
from emulator.hardware import entries
from emulator.mmu.guests import Guests, vmid_of
from emulator.mmu.vectors import address, asid_bits
from emulator.paging import fences
from emulator.paging.architecture import ARM64, RISCV, RISCV_32, X86

OF_ARCHITECTURE = {
    "RISC-V": (
        (RISCV, RISCV_32),
        ("fence", "sinval_vma", "sfence_w_inval", "sfence_inval_ir", "hfence_vvma", "hfence_gvma"),
    ),
    "arm64": ((ARM64,), ("fence", "tlbi")),
    "x86-64": ((X86,), ("fence", "invlpg", "mov_cr3", "invpcid", "invvpid", "invept")),
}
OF_HOSTS = ("alle1", "vmalls12e1")  # forms of TLBI
EVERY_VPID = 2  # the type of INVVPID and of INVEPT


class Fences(Guests):
    """What an Mmu has of them; an instruction that its architecture has not is a ConfigError. A PCID is an `asid`.

    What each drops, page tables' pointers in walk caches among it, stands in `paging/fences.py`. With a host it is of
    the guest that runs, unless the instruction names another: TLBs hold what both dimensions come to, by the guest's
    addresses, so that a fence by guest physical addresses drops all of a guest (F46).
    """

    __slots__ = ()

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
        self._invalid.append((address(0 if va is None else va), 0 if asid is None else asid_bits(asid), reach))

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
        self._drop(va, pcid, fences.INVPCID[_kind_of(kind, "INVPCID", len(fences.INVPCID))], "pcid")

    def hfence_vvma(self, va: int | None = None, asid: int | None = None) -> None:
        """Do what HFENCE.VVMA does: for the guest that runs, what SFENCE.VMA does."""
        self._check("hfence_vvma", hosts=True)
        self.fence(va, asid)

    def hfence_gvma(self, gpa: int | None = None, vmid: int | None = None) -> None:
        """Do what HFENCE.GVMA does: what the host's tables have led to goes, of one guest or of all (F46).

        TLBs do not know guest physical addresses, so that with one no less is dropped.
        """
        self._check("hfence_gvma", hosts=True)
        address(0 if gpa is None else gpa)
        self._drop_of(self._guests if vmid is None else {vmid_of(vmid, "vmid")}, 0, fences.OF_GUEST)

    def invvpid(self, kind: int, vpid: int = 0, va: int = 0) -> None:
        """Do what INVVPID of a type does: 0 one page of `vpid`, 1 all of it, 2 all of all, 3 all but its global pages.

        A VPID is a `vmid`; 0 is that of the host itself, which the instruction does not take and leaves alone.
        Raises ConfigError for another type, and for VPID 0.
        """
        self._check("invvpid", hosts=True)
        kind, vpid = _kind_of(kind, "INVVPID", len(fences.INVVPID)), vmid_of(vpid, "vpid")
        if kind != EVERY_VPID and vpid == 0:
            raise ConfigError(f"vpid: 0 is that of the host, not of a guest; 1 to {ASID_LIMIT - 1} are right")
        whose = self._guests - {0} if kind == EVERY_VPID else {vpid}
        self._drop_of(whose, address(va), fences.INVVPID[kind])

    def invept(self, kind: int) -> None:
        """Do what INVEPT does, of type 1 (of one EPT pointer) as of type 2 (of all): all of all guests goes.

        Raises ConfigError for another type.
        """
        self._check("invept", hosts=True)
        if kind not in (1, EVERY_VPID):
            raise ConfigError(f"kind: {shown(str(kind))} is no type of INVEPT; 1 and 2 are right")
        self._drop_of(self._guests, 0, fences.OF_GUEST)

    def tlbi(self, form: str, va: int | None = None, asid: int | None = None) -> None:
        """Do what TLBI does, in the form "vmalle1", "aside1", "vae1", "vale1", "vaae1" or "vaale1" (arm64).

        With a host "vmalls12e1", all of the guest that runs, and "alle1", all of all guests, too. Raises ConfigError
        for another form.
        """
        self._check("tlbi")
        if form not in fences.TLBI:
            raise ConfigError(f"tlbi: '{shown(form)}' is no form of it; {', '.join(fences.TLBI)} are right")
        if form in OF_HOSTS:
            self._check(f"tlbi {form}", hosts=True)
        if form == "alle1":
            self._drop_of(self._guests, 0, fences.TLBI[form])
        else:
            self._drop(va, asid, fences.TLBI[form])

    def _check(self, name: str, hosts: bool = False) -> None:
        """Raise ConfigError where the architecture has no such instruction, or it is of `hosts` and there is none."""
        if hosts:
            self._hosted(name)
        for words, (architectures, names) in OF_ARCHITECTURE.items():
            if self._architecture in architectures and name.split()[0] not in names:
                raise ConfigError(f"{name}: {words} has no such instruction; {', '.join(names)} are right")

    def _drop_of(self, vmids: set[int], va: int, reach: int) -> None:
        """Drop what is within `reach` of guests, each of which runs for that long."""
        own = self._vmid
        for vmid in sorted(vmids):
            self._enter_guest(vmid)
            entries.fence_one(self._world, va, 0, reach)
        self._enter_guest(own)

    def _drop(self, va: int | None, asid: int | None, reach: int, name: str = "asid") -> None:
        bits = 0 if asid is None else asid_bits(asid, name)
        entries.fence_one(self._world, address(0 if va is None else va), bits, reach)


def _kind_of(kind: object, name: str, kinds: int) -> int:
    found = as_whole(kind, "kind", -(1 << 63), 1 << 63)
    if not 0 <= found < kinds:
        raise ConfigError(f"kind: {found} is no type of {name}; 0 to {kinds - 1} are right")
    return found
