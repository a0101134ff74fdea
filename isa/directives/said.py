"""Directives that only describe, those that speak to the person, and those that are refused by name."""

from __future__ import annotations

import re

from isa.assembly import Assembly
from isa.directives.row import Directive, Handler
from isa.errors import Mistake
from isa.statements import Statement


def _ignore(assembly: Assembly, statement: Statement) -> None:
    """What it describes, nobody here reads."""


def _refuse(reason: str) -> Handler:
    def handler(assembly: Assembly, statement: Statement) -> None:
        raise statement.mistake(f"is not supported; {reason}")

    return handler


def _text_of(statement: Statement) -> str:
    operands = statement.operands
    if not operands or operands[0] is None or operands[0].text is None:
        return "no reason given"
    return operands[0].text.decode(errors="replace")


def _error(assembly: Assembly, statement: Statement) -> None:
    raise statement.mistake(f"says: {_text_of(statement)}")


def _warning(assembly: Assembly, statement: Statement) -> None:
    assembly.warn(f"'{statement.name}' says: {_text_of(statement)}", statement.at, len(statement.name))


_OPTIONS = ("push", "pop", "norvc", "nopic", "relax", "norelax", "csr-check", "no-csr-check")
_LACKING = {
    "rvc": "this ISA has no compressed instructions",
    "pic": "programs here lie at fixed addresses and have no table of addresses (GOT)",
}
_EXTENSIONS = re.compile(r"[-+]?(?:rv64)?[ima]*(?:_?z(?:icsr|ifencei|icntr|ihpm|mmul|aamo|alrsc|icbo[mpz])[0-9p]*)*")


def _option(assembly: Assembly, statement: Statement) -> None:
    name, _, rest = statement.rest.strip().partition(",")
    name = name.strip()
    if name in _LACKING:
        raise Mistake(f"'{statement.name} {name}': {_LACKING[name]}", statement.rest_at, len(name))
    if name == "arch":
        for extension in rest.split(","):
            if not _EXTENSIONS.fullmatch(extension.strip()):
                raise statement.mistake(f"arch: this ISA is rv64ima, without '{extension.strip()}'")
    elif name not in _OPTIONS:
        raise statement.mistake(f"knows {', '.join([*_OPTIONS, 'arch'])}, not '{name}'")


_DESCRIBING = (".file", ".ident", ".loc", ".attribute", ".gnu_attribute", ".type", ".size", ".hidden", ".internal",
               ".protected", ".addrsig", ".addrsig_sym", ".version", ".loc_mark_labels", ".variant_cc", ".stabs",
               ".stabn", ".title", ".sbttl", ".list", ".nolist", ".eject", ".psize", ".line", ".ln")  # fmt: skip
_FRAMES = tuple(f".cfi_{name}" for name in (
    "startproc", "endproc", "sections", "personality", "personality_id", "fde_data", "lsda", "inline_lsda", "def_cfa",
    "def_cfa_register", "def_cfa_offset", "adjust_cfa_offset", "offset", "rel_offset", "val_offset", "register",
    "restore", "undefined", "same_value", "remember_state", "restore_state", "return_column", "signal_frame",
    "window_save", "escape", "val_encoded_addr"))  # fmt: skip

SAID = (
    Directive(_DESCRIBING, "...", "passed over: it tells linkers and debuggers what nobody here asks", _ignore),
    Directive(_FRAMES, "...", "passed over: it describes stack frames to debuggers", _ignore),
    Directive((".option",), "name", f"accepted where it changes nothing here: {', '.join(_OPTIONS)}, and `arch` for "
              "the extensions there are; `rvc` and `pic` are refused", _option),
    Directive((".error",), '"text"', "a mistake that says `text`", _error),
    Directive((".err",), "", "a mistake", _error),
    Directive((".warning", ".print"), '"text"', "a warning that says `text`", _warning),
)  # fmt: skip

REFUSED = tuple(
    Directive(names, "", reason, _refuse(reason))
    for names, reason in (
        ((".incbin",), "write the bytes out with '.byte'"),
        ((".altmacro", ".noaltmacro"), "macros are written in the usual syntax, arguments as '\\name'"),
        ((".subsection",), "sections have no parts here; '.section .text.name' makes one of its own"),
        ((".struct", ".offset", ".absolute"), "'.equ NAME, value' names an offset"),
        ((".dtprelword", ".dtpreldword"), "there is no dynamic thread-local storage"),
        ((".symver", ".vtable_entry", ".vtable_inherit", ".reloc"), "there is no linker to read it"),
        ((".func", ".endfunc"), "labels alone name functions"),
        ((".weakref", ".linkonce", ".tls_common"), "there is one source, and no linker to choose among names"),
        ((".nop", ".nops"), "write the instructions, with '.rept' around them"),
        ((".abort", ".fail"), "'.error' says what is wrong"),
        ((".mri", ".desc", ".tag", ".val", ".scl", ".dim", ".def", ".endef"), "it is of another object format"),
        ((".bundle_align_mode", ".bundle_lock", ".bundle_unlock"), "instructions are not bundled"),
    )
)
