"""read, write, clock_gettime, execve, unknown calls, and the stack that a program finds."""

import os

import pytest

from tests.running import PAGE, call, faults, fork, kinds, label, leave, mmap, run, show, source, words

pytestmark = pytest.mark.both_engines

ENOENT, ENOEXEC, EBADF, EACCES, EFAULT = 2, 8, 9, 13, 14
ENOTDIR, EINVAL, ENAMETOOLONG, ENOSYS, ELOOP = 20, 22, 36, 38, 40
SHOW_A0 = "mv s1, a0\n" + show("s1")
HELLO = 'd: .ascii "hello\\n"'


# write


@pytest.mark.parametrize(("descriptor", "stream"), [(1, "stdout"), (2, "stderr")])
def test_write_goes_to_output_or_error(descriptor, stream):
    result = run(call("write", descriptor, "=d", 6) + leave("a0"), HELLO)
    assert (result.exit_status, getattr(result, stream)) == (6, "hello\n")


def test_write_of_nothing_writes_nothing_wherever_it_points():
    assert words(run(call("write", 1, 0, 0) + SHOW_A0)) == [0]


def test_write_crosses_pages():
    text = (
        mmap(3 * PAGE)
        + "mv s0, a0\nli t0, 4096\nadd t0, t0, s0\nli t1, 0x41\nsb t1, -1(t0)\nsb t1, 0(t0)\naddi s1, t0, -1\n"
    )
    assert run(text + call("write", 1, "s1", 2)).out == b"AA"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ((0, "=d", 1), EBADF),
        ((3, "=d", 1), EBADF),
        ((-1, "=d", 1), EBADF),
        ((1, "=d", -1), EFAULT),  # F97: Linux looks at the range before it looks at the count
        ((1, 0, 1), EFAULT),
        ((1, -8, 8), EFAULT),
        ((1, 1 << 62, 8), EFAULT),
        ((1, "=d", 1 << 40), EFAULT),
    ],
)
def test_write_refuses_and_writes_nothing(arguments, error):
    result = run(call("write", *arguments) + "neg s1, a0\n" + leave("s1"), HELLO)
    assert (result.exit_status, result.out) == (error, b"")


# read


def test_read_takes_what_is_there_and_then_nothing():
    text = (
        call("read", 0, "=d", 4)
        + "mv s1, a0\n"
        + call("read", 0, "=d", 100)
        + "mv s2, a0\n"
        + call("read", 0, "=d", 8)
        + "mv s3, a0\nld s4, d\n"
    )
    result = run(text + show("s1", "s2", "s3", "s4"), "d: .dword 0", stdin=b"abcdef")
    assert words(result) == [4, 2, 0, int.from_bytes(b"efcd", "little")]


def test_read_into_untouched_pages_gives_them_frames():
    result = run(
        mmap(2 * PAGE) + "mv s0, a0\n" + call("read", 0, "s0", 2 * PAGE) + "ld s1, 0(s0)\n" + show("s1"),
        stdin=bytes(range(1, 251)) * 20,
    )
    assert words(result) == [0x0807060504030201]
    assert faults(result)[:2] == ["ZERO_FILL", "ZERO_FILL"]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ((1, "=d", 1), EBADF),
        ((0, "=d", -1), EFAULT),
        ((0, "=d", 1 << 62), EFAULT),
        ((0, 0, 1), EFAULT),
        ((0, "=_start", 1), EFAULT),
        ((0, -1, 1), EFAULT),
    ],
)
def test_read_refuses_and_takes_nothing(arguments, error):
    text = call("read", *arguments) + "neg s1, a0\n" + call("read", 0, "=d", 3) + "mv s2, a0\n"
    assert words(run(text + show("s1", "s2"), "d: .dword 0", stdin=b"abc")) == [error, 3]


def test_a_write_takes_what_is_there():  # F97
    result = run(call("write", 1, (1 << 38) - PAGE - 4, 10) + leave("a0"))
    assert (result.exit_status, len(result.out)) == (4, 4)


def test_a_read_fills_what_is_there():  # F97
    text = (
        mmap(2 * PAGE)
        + "mv s0, a0\nli t0, 4096\nadd s1, s0, t0\nsd zero, -8(s1)\n"
        + call("munmap", "s1", PAGE)
        + "addi s2, s1, -4\n"
    )
    text += call("read", 0, "s2", 8) + "mv s3, a0\nlwu s4, -4(s1)\n" + call("read", 0, "s2", 4) + "lwu s5, -4(s1)\n"
    found = words(run(text + show("s3", "s4", "s5"), stdin=b"12345678"))
    assert found == [4, int.from_bytes(b"1234", "little"), int.from_bytes(b"5678", "little")]


# clock, unknown calls


def test_the_clock_runs_with_the_cycles():
    text = call("clock_gettime", 1, "=d") + "rdcycle s3\nld s1, d\nla t0, d\nld s2, 8(t0)\n"
    result = run(text + show("s1", "s2", "s3"), "d: .dword -1, -1")
    seconds, nanoseconds, cycles = words(result)
    assert seconds == 0
    assert 0 < nanoseconds < cycles  # at 3.4 GHz


@pytest.mark.parametrize(("arguments", "error"), [((99, "=d"), EINVAL), ((-1, "=d"), EINVAL), ((0, 0), EFAULT)])
def test_clock_gettime_refuses(arguments, error):
    assert words(run(call("clock_gettime", *arguments) + SHOW_A0, "d: .dword 0, 0")) == [-error]


@pytest.mark.parametrize("number", [0, 1, 999, -1, (1 << 63) - 1, -(1 << 63)])
def test_an_unknown_call_says_so_and_the_program_goes_on(number):
    result = run(call(number) + SHOW_A0)
    assert words(result) == [-ENOSYS]
    assert result.counters["syscall.unknown"] == 1


def test_a_system_call_keeps_every_register_but_a0():
    names = ["ra", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "t3", "t4", "t5", "a1", "a2", "a3", "a4", "a5"]
    load = "".join(f"li {name}, {i + 100}\n" for i, name in enumerate(names))
    keep = load + "li a7, 172\necall\nmv s2, a1\nmv s3, a2\n"
    shown = [name if name not in ("a1", "a2") else {"a1": "s2", "a2": "s3"}[name] for name in names]
    assert words(run(keep + show(*shown))) == [i + 100 for i in range(len(names))]


def test_every_system_call_leaves_its_event():
    result = run(call("getpid") + call(999))
    events = result.events[result.events["kind"] == 13]
    assert [(int(event["pages"]), int(event["value"])) for event in events] == [(172, 1), (999, -ENOSYS)]


# execve


@pytest.fixture
def folder(tmp_path):
    """A folder with programs: `echo` writes its argument count and then its strings, as bytes, up to 64 of each."""
    echo = label()
    text = f"""
    ld s0, 0(sp)
    addi s1, sp, 8
    {show("s0")}
{echo}: ld s2, 0(s1)
    {call("write", 1, "s2", 2)}
    addi s1, s1, 8
    addi s0, s0, -1
    bnez s0, {echo}
    ld s2, 8(s1)
    {call("write", 1, "s2", 4)}
    {leave(9)}
"""
    (tmp_path / "echo.s").write_text(source(text))
    (tmp_path / "quiet.s").write_text(source(leave(4)))
    (tmp_path / "notes.txt").write_text("not a program\n")
    (tmp_path / "wrong.s").write_text("addi t0, t0, 99999\n")
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "device").symlink_to("/dev/zero")
    (tmp_path / "empty.elf").write_bytes(b"")
    (tmp_path / "no text.s").write_bytes(b"\xff\xfe\0")
    (tmp_path / "deep.s").write_text("_start: .dword " + "(" * 20000)
    (tmp_path / "cut.elf").write_bytes(b"\x7fELF\x02\x01\x01" + bytes(20))
    (tmp_path / "elsewhere.s").write_text('.include "device"\n_start: ecall\n')
    (tmp_path / "endless.s").write_text('.include "endless.s"\n')
    with open(tmp_path / "sparse.s", "wb") as file:
        file.truncate(1 << 40)
    return tmp_path


def exec_of(path, argv="0", envp="0"):
    """A program that runs `path`, or shows the error."""
    text = f"la a0, path\nla a1, argv\nla a2, envp\nli a7, 221\necall\n{SHOW_A0}"
    data = f'path: .asciz "{path}"\na: .asciz "aa"\nb: .asciz "bb"\ne: .asciz "E=1"\n'
    return text, f"{data}.balign 8\nargv: .dword {argv}\nenvp: .dword {envp}\n"


@pytest.mark.parametrize("path", ["quiet", "quiet.s", "/quiet", "./quiet", "folder/../quiet"])
def test_execve_finds_a_program_under_the_root(folder, path):
    result = run(*exec_of(path), root=folder)
    assert (result.exit_status, len(result.images)) == (4, 2)
    assert kinds(result, "EXEC") == ["EXEC", "EXEC"]


def test_execve_hands_over_arguments_and_environment(folder):
    result = run(*exec_of("echo", "a, b, 0", "e, 0"), root=folder)
    assert result.out == (2).to_bytes(8, "little") + b"aabb" + b"E=1\0"
    assert result.exit_status == 9


def test_execve_assembles_a_source_with_the_files_that_it_includes(folder):
    (folder / "lib").mkdir()
    (folder / "lib" / "end.inc").write_text(leave(6))
    (folder / "whole.s").write_text('.include "lib/end.inc"\n')
    assert run(*exec_of("whole"), root=folder).exit_status == 6


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("nothing", ENOENT),
        ("", ENOENT),
        ("/", EACCES),
        ("folder", EACCES),
        ("folder/", EACCES),
        ("notes.txt/", ENOTDIR),
        ("notes.txt/x", ENOTDIR),
        ("loop", ELOOP),
        ("pipe", EACCES),
        ("device", ENOENT),  # outside the root
        ("x" * 300, ENAMETOOLONG),
        ("empty", ENOEXEC),
        ("no text", ENOEXEC),
        ("deep", ENOEXEC),
        ("cut", ENOEXEC),
        ("elsewhere", ENOEXEC),
        ("endless", ENOEXEC),
        ("sparse", ENOEXEC),
        ("../" * 20 + "etc/hostname", ENOENT),
        ("notes.txt", ENOEXEC),
        ("wrong", ENOEXEC),
        ("\\377\\376", ENOENT),
    ],
)
def test_execve_refuses_and_the_caller_goes_on(folder, path, error):
    result = run(*exec_of(path), root=folder)
    assert words(result) == [-error]
    assert result.exit_status == 0


def test_execve_at_the_top_of_the_file_system_finds_nothing(folder):
    assert words(run(*exec_of(""), root="/")) == [-ENOENT]


@pytest.mark.parametrize("arguments", [(0, 0, 0), (-8, 0, 0), ("=path", 8, 0), ("=path", 0, 8), ("=path", "=bad", 0)])
def test_execve_of_bad_addresses_is_efault(folder, arguments):
    result = run(call("execve", *arguments) + SHOW_A0, 'path: .asciz "quiet"\n.balign 8\nbad: .dword 8, 0', root=folder)
    assert words(result) == [-EFAULT]


def test_execve_without_a_root_finds_nothing():
    assert words(run(*exec_of("quiet"))) == [-ENOENT]


def test_F4_execve_drops_its_references_and_the_parent_re_uses(folder):
    text, data = exec_of("quiet")
    result = run("la s0, d\n" + fork(text, "sd zero, 0(s0)"), data + "d: .dword 1", root=folder)
    assert faults(result) == ["REUSE"]


def test_F7_two_processes_of_one_program_share_its_text(folder):
    text, data = exec_of("quiet")
    one, two = run(text, data, root=folder), run(fork(text) + text, data, root=folder)
    assert (len(one.images), len(two.images)) == (2, 2)


def test_execve_starts_with_registers_of_zero_but_sp(folder):
    names = [f"x{i}" for i in range(1, 32) if i not in (2, 10, 11, 12, 17, 31)]
    (folder / "registers.s").write_text(source(show(*names)))
    text, data = exec_of("registers")
    load = "".join(f"li {name}, -1\n" for name in names)
    assert words(run(load + text, data, root=folder)) == [0] * len(names)


# the stack at entry


def test_a_program_finds_its_arguments_at_sp():
    text = "ld s1, 0(sp)\nld s2, 8(sp)\nld s3, 16(sp)\nld s4, 24(sp)\nlbu s5, 0(s3)\nlbu s6, 1(s3)\nandi s7, sp, 15\n"
    found = words(run(text + show("s1", "s4", "s5", "s6", "s7"), argv=["name", "x"]))
    assert found == [2, 0, ord("x"), 0, 0]


def test_a_program_finds_its_environment_after_its_arguments():
    text = "ld s2, 24(sp)\nld s3, 32(sp)\n" + call("write", 1, "s2", 8) + show("s3")
    assert run(text, argv=["p"], envp=["HOME=/x", "A="]).out[:8] == b"HOME=/x\0"


@pytest.mark.parametrize("arguments", [[], ["a"], ["a" * 5000], ["a", "", "c"], [str(i) for i in range(1000)]])
def test_the_stack_pointer_is_a_multiple_of_16_whatever_lies_above(arguments):
    found = words(run("ld s1, 0(sp)\nandi s2, sp, 15\n" + show("s1", "s2"), argv=arguments))
    assert found == [len(arguments), 0]


def test_the_auxiliary_vector_tells_page_size_and_entry_and_ends():
    loop, done = label(), label()
    text = f"""
    addi s1, sp, 32         # argc, one argument, null, no environment
{loop}: ld s2, 0(s1)
    ld s3, 8(s1)
    {show("s2", "s3")}
    addi s1, s1, 16
    bnez s2, {loop}
{done}:
"""
    found = words(run(text, argv=["p"]))
    vector = dict(zip(found[::2], found[1::2], strict=True))
    assert vector[6] == PAGE
    assert vector[9] == 0x10000  # the text begins where the assembler puts it, and _start with it
    assert vector[0] == 0
    assert 25 in vector  # AT_RANDOM
    assert (vector[3], vector[4], vector[5]) == (0, 56, 0)  # AT_PHDR, AT_PHENT, AT_PHNUM (F94)
    assert vector[16] == 1 << ord("i") - ord("a") | 1 << ord("m") - ord("a") | 1 << ord("a") - ord("a")  # AT_HWCAP


def test_the_random_bytes_follow_the_seed():
    text = (
        "ld s0, 0(sp)\n"
        + "addi s1, sp, 32\n1: ld s2, 0(s1)\nld s3, 8(s1)\naddi s1, s1, 16\nli t0, 25\nbne s2, t0, 1b\nld s4, 0(s3)\n"
        + show("s4")
    )
    first, again, other = (words(run(text, seed=seed)) for seed in (1, 1, 2))
    assert first == again != other
