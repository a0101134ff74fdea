"""Arguments of execve up to and beyond what a new stack takes."""

from tests.running import call, leave, run, show, source, words

E2BIG = 7
SHOW_A0 = "mv s1, a0\n" + show("s1")


def exec_with(count, length, folder):
    """What execve of a program that exits with its argument count returns or gives, with so many long arguments."""
    (folder / "count.s").write_text(source("ld s1, 0(sp)\n" + leave("s1")))
    argv = ", ".join(["long"] * count) + ", 0"
    data = f'path: .asciz "count"\nlong: .fill {length}, 1, 65\n.byte 0\n.balign 8\nargv: .dword {argv}\n'
    return run(call("execve", "=path", "=argv", 0) + SHOW_A0, data, root=folder, memory="16MiB")


def test_execve_hands_over_as_much_as_a_quarter_of_the_stack(tmp_path):
    """8 MiB of stack: 2 MiB of strings and pointers."""
    result = exec_with(500, 4000, tmp_path)
    assert (result.exit_status, result.out) == (500 % 256, b"")


def test_execve_of_more_than_a_quarter_of_the_stack_is_e2big(tmp_path):
    assert words(exec_with(700, 4000, tmp_path)) == [-E2BIG]
