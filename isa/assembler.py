"""From source text to a `Program`, bit for bit as GNU as and ld lay it down.

    reader      which statements there are: files, macros, conditions          isa/reader.py
    first pass  each becomes bytes of a section, or waits for addresses        isa/first_pass.py, assembly.py
    settle      what is of open length gets its size, sections their places    isa/relaxation.py, sections.py
    emission    what waited is evaluated and encoded                           here

Every stage goes on after a mistake, so one run reports them all.
"""

from __future__ import annotations

from dataclasses import dataclass

from isa.assembly import Assembly, Found, TooMany
from isa.encoding import Form
from isa.errors import AssemblyError, Diagnostic, Mistake, ProgramError
from isa.first_pass import FirstPass
from isa.fixups import cell_bytes
from isa.operands import Word
from isa.program import Program
from isa.provided import provided
from isa.reader import Reader
from isa.relaxation import settle
from isa.section import MAX_FILE_BYTES, Section, Value
from isa.sections import file_bytes, make_segments, place
from isa.source import SourceLine, SourceMap
from isa.statements import lines_of
from isa.symbols import Phase
from isa.syntax import Expression
from isa.tails import Branch


def assemble(source: str, name: str = "<string>") -> Program:
    """Assemble a source text in GNU syntax. `name` stands in messages and in the program.

    Files that it includes are looked for in the folder of `name`, which for a name without one is the current
    directory. The entry is `_start` if there is one, else the start of `.text`. What GNU as warns of is in the
    program's `warnings`. Raises `AssemblyError` with every mistake found, and `TypeError` for what is no text.
    """
    for what, text in (("source", source), ("name", name)):
        if not isinstance(text, str):
            raise TypeError(f"{what}: {type(text).__name__} is no text; a str is right")
    assembly = laid_out(source, name)
    emission = _Emission(assembly)
    try:
        images = emission.images()
        _resolve(assembly)
    except TooMany:
        pass
    _check(assembly)
    return _program(assembly, images, source, name)


def laid_out(source: str, name: str = "<string>") -> Assembly:
    """The assembly of a source that is read and whose sections have their addresses; raises `AssemblyError`."""
    assembly = Assembly()
    reader = Reader(assembly.symbols, FirstPass(assembly).take, assembly.wrong)
    try:
        reader.run(source, name)
        if reader.complete:
            _settle(assembly)
            return assembly
    except TooMany:
        pass
    _check(assembly)
    raise AssertionError("reading breaks off only at a mistake")


def _settle(assembly: Assembly) -> None:
    assembly.end()
    assembly.symbols.enter(Phase.SETTLING)
    for section in assembly.sections:
        if section.allocated:
            for line, mistake in settle(section, assembly.symbols):
                assembly.wrong(line, mistake)
    if file_bytes(assembly.sections) > MAX_FILE_BYTES:
        message = f"all sections together grow beyond {MAX_FILE_BYTES >> 20} MiB; put large zeros in .bss"
        assembly.wrong(assembly.line, Mistake(message, 1))
        _check(assembly)  # before all of it is written out
    place(assembly.sections)
    assembly.symbols.provided = provided(assembly.sections)
    assembly.symbols.enter(Phase.FINAL)
    assembly.finisher.thread_base = min((section.address or 0 for section in assembly.sections
                                         if section.thread_local), default=0)  # fmt: skip


def _check(assembly: Assembly) -> None:
    if assembly.mistakes:
        raise AssemblyError(_diagnostic(found, assembly) for found in assembly.mistakes)


@dataclass
class _Emission:
    """The second pass: everything that waited for addresses becomes bytes."""

    assembly: Assembly

    def images(self) -> dict[str, bytearray]:
        """The bytes of every section that has some, by its name."""
        sections = [section for section in self.assembly.sections if section.allocated]
        images = {section.name: self._image(section) for section in sections if section.has_bytes}
        self._fix(images)
        return images

    def _image(self, section: Section) -> bytearray:
        """The bytes of `section`, still with zeros where something waits."""
        out = bytearray()
        for fragment in section.fragments:
            if section.zeros:
                out += bytes(fragment.fixed + fragment.tail_size)
                continue
            out += section.data[fragment.start : fragment.start + fragment.fixed]
            tail = fragment.tail
            if isinstance(tail, Branch):
                out += self._branch(tail, Value(fragment.fixed, fragment), fragment.tail_size)
            elif tail is not None:
                out += tail.content(fragment.tail_size)
        return out

    def _branch(self, branch: Branch, here: Value, size: int) -> bytes:
        """A branch; or the opposite branch over a jump: bit 12 of a branch negates its condition."""
        if size == 4:
            return self._word(branch.line, branch.word, here)
        over = branch.word._replace(match=branch.word.match ^ 0x1000, role="number", value=8)
        jump = Word(branch.word.name, 0x6F, Form.J, role="target", value=branch.target)
        after = here._replace(number=here.number + 4)
        return self._word(branch.line, over, here) + self._word(branch.line, jump, after)

    def _word(self, line: SourceLine, word: Word, here: Value) -> bytes:
        self.assembly.line = line
        try:
            return self.assembly.finisher.word(word, here)
        except Mistake as mistake:
            self.assembly.wrong(line, mistake)
            return bytes(4)

    def _fix(self, images: dict[str, bytearray]) -> None:
        """Put into `images` what waited."""
        assembly = self.assembly
        for fragment, offset, line, content in assembly.fixups:
            image = images.get(fragment.section.name)
            if image is None:
                continue
            here = Value(offset, fragment)
            at = fragment.offset + offset
            if isinstance(content, Word):
                image[at : at + 4] = self._word(line, content, here)
                continue
            assembly.symbols.here = here
            try:
                image[at : at + content.width] = cell_bytes(content, assembly.symbols)
            except Mistake as mistake:
                assembly.wrong(line, mistake)


def _resolve(assembly: Assembly) -> None:
    """Find the value of every name that waits for others, so that one that never gets any is told."""
    symbols = assembly.symbols
    for name, value in list(symbols.values.items()):
        if isinstance(value, Expression):
            try:
                symbols.values[name] = symbols.evaluate(value)
            except Mistake as mistake:
                assembly.wrong(symbols.assigned[name], mistake)


_MOST_WAYS = 6  # of what a line is within; of more, the innermost are named and the outermost


def _diagnostic(found: Found, assembly: Assembly, kind: str = "error") -> Diagnostic:
    """What is wrong, in words, with the line it is in and all that put that line there."""
    line, mistake = found
    message = assembly.symbols.words(mistake)
    ways = [f", in {what} from {caller.said_in(line.file)}" for what, caller in line.expansions()]
    if len(ways) > _MOST_WAYS:
        ways[_MOST_WAYS // 2 : -1] = [", ..."]
    message += "".join(ways)
    at = max(mistake.at, 1)
    width = max(1, min(mistake.width, len(line.text) - at + 1))
    return Diagnostic(line.file, line.number, at, message, line.text, width, kind)


def _program(assembly: Assembly, images: dict[str, bytearray], source: str, name: str) -> Program:
    symbols: dict[str, int] = {}
    constants: dict[str, int] = {}
    for symbol, value in assembly.symbols.values.items():
        assert isinstance(value, Value), "every name has its value in the end"
        if symbol[0].isdigit() or symbol.startswith(".L"):  # numeric labels and earlier values, too
            continue
        if value.fragment is None:
            constants[symbol] = value.number
        elif value.fragment.section.allocated:
            symbols[symbol] = assembly.symbols.address(value)
    lines = tuple(lines_of(source))
    first = SourceLine(name, 1, lines[0] if lines else "")
    segments = make_segments(assembly.sections, images)
    code = [segment for segment in segments if segment.executable]
    if not code:
        message = "no instructions: nothing is in an executable section"
        raise AssemblyError([Diagnostic(name, 1, 1, message, first.text)])
    entry = symbols.get("_start", code[0].address)
    address = assembly.symbols.address
    spans = [(address(start), address(end) - address(start), line) for start, end, line in assembly.spans]
    spans = sorted((span for span in spans if span[1]), key=lambda span: span[0])
    warnings = tuple(_diagnostic(found, assembly, "warning") for found in assembly.warnings)
    source_map = SourceMap(name, lines, tuple(spans))
    try:
        return Program(segments, entry, symbols, constants, source_map, name, warnings=warnings)
    except ProgramError as error:
        line = assembly.symbols.labels.get("_start", first)
        message = error.message.removeprefix(f"{name}: ")
        raise AssemblyError([Diagnostic(line.file, line.number, 1, message, line.text)]) from error
