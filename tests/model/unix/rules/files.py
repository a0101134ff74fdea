"""Rules of files, pipes and descriptors (F95 to F97, F124, F131 to F136)."""

import struct

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from tests.model.unix.files import APPEND, BOTH, CREATE, NONBLOCK, READ, TRUNCATE, WRITE, File, Open, Pipe
from tests.model.unix.memory import Memory, Page
from tests.model.unix.rules.machine import EFAULT, Scripted, pages, ranges, rights, whose
from tests.model.unix.signals import DEFAULT, IGNORE, PIPE, SI_USER, Signal, bit
from tests.running import FIXED, PAGE, PRIVATE, PROT_WRITE, SHARED

ENOENT, EBADF, EAGAIN, EACCES, ENODEV, EINVAL, ESPIPE, EPIPE = 2, 9, 11, 13, 19, 22, 29, 32
HERE = -100  # AT_FDCWD
MOST_BYTES, MOST_IN_PIPE = 5 * PAGE, 1 << 14
MOST_OPEN = 6

descriptors = st.integers(0, 8)
places = st.tuples(pages, st.sampled_from([0, 0, 8, PAGE - 8]))
sizes = st.sampled_from([0, 8, 8, 100, PAGE, PAGE + 8])
positions = st.sampled_from([0, 0, 8, PAGE - 4, PAGE, 2 * PAGE, 3 * PAGE + 100, -1])
names = st.sampled_from([b"/a\0", b"/b\0"])


class FileRules(Scripted):
    """What calls do that wait is left out: nobody reads an empty pipe that others may write to."""

    @initialize(waits=st.booleans())
    def open_some(self, waits):
        """A file of three pages, and a pipe."""
        self.open(0, b"/a\0", BOTH, CREATE)
        self.truncate(0, 0, 3 * PAGE)
        self.make_pipe(0, Memory.PAGES - 1, waits)

    def open_one(self, process, which):
        """A number, mostly of an open descriptor; else it stands for nothing here, or only elsewhere."""
        open_ones = sorted(process.files.open)
        return open_ones[which % len(open_ones)] if open_ones and which < 7 else 3 + which

    @rule(
        whose=whose,
        name=names,
        access=st.sampled_from([READ, WRITE, BOTH, BOTH]),
        flags=st.sampled_from([0, CREATE, CREATE, CREATE | TRUNCATE, CREATE | APPEND]),
    )
    def open(self, whose, name, access, flags):
        thread, process = self.one(whose)
        if len(process.files.open) >= MOST_OPEN or (flags & TRUNCATE and access == READ):
            return
        if name not in self.names and not flags & CREATE:
            result = -ENOENT
        else:
            file = self.names.setdefault(name, File())
            if flags & TRUNCATE:
                self.resize(file, 0)
            result = process.files.add(Open(file, access, bool(flags & APPEND)))
        self.call(thread, "openat", HERE, self.script.data(), access | flags, 0o600, result=result, data=name)

    @rule(whose=whose, name=names)
    def unlink(self, whose, name):
        """F135: what is open or mapped stays."""
        thread, _ = self.one(whose)
        result = -ENOENT if self.names.pop(name, None) is None else 0
        self.call(thread, "unlinkat", HERE, self.script.data(), 0, result=result, data=name)

    @rule(whose=whose, page=pages, waits=st.booleans())
    def make_pipe(self, whose, page, waits):
        """pipe2(2): numbers that cannot be told stand for nothing."""
        thread, process = self.one(whose)
        if len(process.files.open) >= MOST_OPEN or not process.memory.reaches(page, 32, 8):
            return
        pipe, files = Pipe(), process.files
        numbers = [files.add(Open(pipe, access, waits=waits)) for access in (READ, WRITE)]
        stored = process.memory.store(page, 32, struct.pack("<2i", *numbers))
        if not stored:
            for number in numbers:
                del files.open[number]
        flags = 0 if waits else NONBLOCK
        self.call(thread, "pipe2", Memory.address(page, 32), flags, result=0 if stored else -EFAULT)

    @rule(whose=whose, which=descriptors)
    def close(self, whose, which):
        self.close_number(whose, self.open_one(self.one(whose)[1], which))

    def close_number(self, whose, number):
        thread, process = self.one(whose)
        opened = process.files.open.pop(number, None)
        self.call(thread, "close", number, result=-EBADF if opened is None else 0)

    @rule(whose=whose, which=descriptors, to=st.none() | st.integers(3, 9))
    def duplicate(self, whose, which, to):
        """dup(2): a copy has the same position; EINVAL for a descriptor on itself comes first."""
        thread, process = self.one(whose)
        number = self.open_one(process, which)
        opened = process.files.open.get(number)
        if to is None:
            result = -EBADF if opened is None else process.files.add(opened)
            self.call(thread, "dup", number, result=result)
            return
        result = to
        if to == number:
            result = -EINVAL
        elif opened is None:
            result = -EBADF
        else:
            process.files.open[to] = opened
        self.call(thread, "dup3", number, to, 0, result=result)

    @rule(whose=whose, which=descriptors, place=places, size=sizes, position=st.none() | positions)
    def read(self, whose, which, place, size, position):
        """read(2), pread(2): as much as there is, and as there is memory for (F97)."""
        self.read_from(whose, self.open_one(self.one(whose)[1], which), place, size, position)

    def read_from(self, whose, number, place, size, position=None):
        thread, process = self.one(whose)
        opened = process.files.open.get(number)
        page, offset = place
        wrong = self.wrong_transfer(opened, position, READ)
        if wrong:
            result = -wrong
        elif isinstance(opened.what, Pipe):
            if offset + size > PAGE or not process.memory.reaches(page, offset, size):
                return
            result = self.read_pipe(process, opened, page, offset, size)
            if result is None:
                return
        else:
            if process.memory.maps(opened.what, page, offset, size) or not process.memory.reaches(page, offset, size):
                return
            data = opened.what.load(opened.position if position is None else position, size)
            done = process.memory.store(page, offset, data)
            opened.position += done if position is None else 0
            result = -EFAULT if data and not done else done
        arguments = number, Memory.address(page, offset), size
        self.transfer(thread, ("read", "pread64"), arguments, position, result)

    @rule(whose=whose, to=whose, place=places, there=places, sizes=st.lists(sizes, min_size=1, max_size=3))
    def pass_on(self, whose, to, place, there, sizes):
        """Bytes go through a pipe from one process to another, or to itself."""
        (_, process), (_, reader) = self.one(whose), self.one(to)
        for number, opened in process.files.open.items():
            ends = [end for end, other in reader.files.open.items() if other.what is opened.what and other.reads]
            if isinstance(opened.what, Pipe) and opened.writes and ends:
                for size in sizes:
                    self.write_to(whose, number, place, size)
                self.read_from(to, ends[0], there, sum(sizes))
                return

    @rule(whose=whose, page=pages, place=places, size=sizes, waits=st.booleans())
    def break_pipe(self, whose, page, place, size, waits):
        """Nobody can read what is written; or what nobody will write ends what is read (F96)."""
        _, process = self.one(whose)
        before = set(process.files.open)
        self.make_pipe(whose, page, waits)
        made = sorted(set(process.files.open) - before)
        if len(made) == 2 and waits:
            self.close_number(whose, made[0])
            self.write_to(whose, made[1], place, size)
        elif made:
            self.write_to(whose, made[1], place, size)
            self.close_number(whose, made[1])
            self.read_from(whose, made[0], place, PAGE - place[1])
            self.read_from(whose, made[0], place, PAGE - place[1])

    def read_pipe(self, process, opened, page, offset, size):
        """What a read of a pipe gives; None where it would wait."""
        pipe = opened.what
        if size and not pipe.data and self.ends(pipe, "writes"):
            return None if opened.waits else -EAGAIN
        data = pipe.data[:size]
        if not process.memory.store(page, offset, data):
            return -EFAULT if data else 0
        pipe.data = pipe.data[size:]
        return len(data)

    @rule(whose=whose, which=descriptors, place=places, size=sizes, position=st.none() | positions)
    def write(self, whose, which, place, size, position):
        """write(2), pwrite(2), pipe(7): a pipe that nobody can read gives EPIPE, and SIGPIPE to the thread (F96)."""
        self.write_to(whose, self.open_one(self.one(whose)[1], which), place, size, position)

    def write_to(self, whose, number, place, size, position=None):
        thread, process = self.one(whose)
        opened = process.files.open.get(number)
        page, offset = place
        arguments, signals = (number, Memory.address(page, offset), size), False
        wrong = self.wrong_transfer(opened, position, WRITE)
        if wrong:
            result = -wrong
        elif isinstance(opened.what, Pipe):
            if offset + size > PAGE or len(opened.what.data) + size > MOST_IN_PIPE:
                return
            data = process.memory.load(page, offset, size)
            result = len(data) if len(data) == size else -EFAULT
            if size and not self.ends(opened.what, "reads"):
                if process is self.processes[0] and process.action(PIPE).how == DEFAULT:
                    return
                signals, result = self.broken(thread), -EPIPE
            else:
                opened.what.data += data
        else:
            end = self.end_of_write(opened, position)
            if process.memory.maps(opened.what, page, offset, size) or end + size > MOST_BYTES:
                return
            data = process.memory.load(page, offset, size)
            if size and not data and end > opened.what.size:
                return  # Linux makes the file longer
            if data:
                opened.what.store(end, data)
            if position is None and not (size and not data):
                opened.position = end + len(data)
            result = -EFAULT if size and not data else len(data)
        self.transfer(thread, ("write", "pwrite64"), arguments, position, result, signals)

    @staticmethod
    def end_of_write(opened, position):
        """Where a write goes: to the end, of a file that appends, even for pwrite (pwrite(2), BUGS)."""
        if opened.appends:
            return opened.what.size
        return opened.position if position is None else position

    def broken(self, thread):
        """Send SIGPIPE to a thread; return whether it has something to take."""
        process = thread.process
        if process.action(PIPE).how != IGNORE or thread.blocked & bit(PIPE):
            thread.pending.add(Signal(PIPE, SI_USER, process.pid))
        return True

    def ends(self, pipe, how):
        """Whether somebody has an end of a pipe open that `how`: "reads" or "writes"."""
        return any(
            opened.what is pipe and getattr(opened, how)
            for process in self.processes
            for opened in process.files.open.values()
        )

    @staticmethod
    def wrong_transfer(opened, position, how):
        """What refuses a read or write before it looks at memory: pread(2), read(2), write(2), in Linux's order."""
        if position is not None and position < 0:
            return EINVAL
        if opened is None:
            return EBADF
        if position is not None and isinstance(opened.what, Pipe):
            return ESPIPE
        return 0 if (opened.reads if how == READ else opened.writes) else EBADF

    def transfer(self, thread, names, arguments, position, result, signals=False):
        """Add the call with a position of its own or without."""
        name, more = (names[0], ()) if position is None else (names[1], (position,))
        self.call(thread, name, *arguments, *more, result=result, signals=signals)

    @rule(whose=whose, which=descriptors, offset=positions, whence=st.integers(0, 2))
    def seek(self, whose, which, offset, whence):
        thread, process = self.one(whose)
        number = self.open_one(process, which)
        opened = process.files.open.get(number)
        if opened is None:
            result = -EBADF
        elif isinstance(opened.what, Pipe):
            result = -ESPIPE
        else:
            result = offset + (0, opened.position, opened.what.size)[whence]
            if result < 0:
                result = -EINVAL
            else:
                opened.position = result
        self.call(thread, "lseek", number, offset, whence, result=result)

    @rule(
        whose=whose, which=descriptors, size=st.sampled_from([0, 8, PAGE, PAGE + 8, 2 * PAGE, 3 * PAGE, 4 * PAGE, -1])
    )
    def truncate(self, whose, which, size):
        thread, process = self.one(whose)
        number = self.open_one(process, which)
        opened = process.files.open.get(number)
        if size < 0:
            result = -EINVAL
        elif opened is None:
            result = -EBADF
        elif isinstance(opened.what, Pipe) or not opened.writes:
            result = -EINVAL
        else:
            self.resize(opened.what, size)
            result = 0
        self.call(thread, "ftruncate", number, size, result=result)

    def resize(self, file, size):
        """F134: pages that a file loses are lost to all who map them, what they have of their own included."""
        for process in self.processes:
            for page in process.memory.values():
                if page.file is file and page.index * PAGE >= size:
                    page.own = None
        file.resize(size)

    @rule(
        whose=whose,
        which=descriptors,
        where=ranges,
        index=st.integers(0, 3),
        prot=rights,
        sharing=st.sampled_from([PRIVATE, SHARED]),
    )
    def map_file(self, whose, which, where, index, prot, sharing):
        """mmap(2), F132, F136: what may be read may be mapped; shared and written to, what may be written, too."""
        thread, process = self.one(whose)
        number = self.open_one(process, which)
        opened = process.files.open.get(number)
        first, end = where
        at, shared = Memory.address(first), sharing == SHARED
        if opened is None:
            result = -EBADF
        elif not opened.reads or (shared and prot & PROT_WRITE and not opened.writes):
            result = -EACCES
        elif isinstance(opened.what, Pipe):
            result = -ENODEV
        else:
            may_write = opened.writes or not shared
            process.memory |= {
                page: Page(prot, shared, None, opened.what, index + page - first, may_write)
                for page in range(first, end)
            }
            result = at
        self.call(thread, "mmap", at, (end - first) * PAGE, prot, sharing | FIXED, number, index * PAGE, result=result)
