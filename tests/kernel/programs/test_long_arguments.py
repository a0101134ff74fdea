"""Arguments of execve up to and beyond what a new stack takes."""

from tests.running import call, leave, run, show, source, words

E2BIG, ENAMETOOLONG = 7, 36
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


def test_execve_of_one_argument_longer_than_32_pages_is_e2big(tmp_path):
    """Linux, MAX_ARG_STRLEN: 131072 bytes with the zero at the end."""
    assert words(exec_with(1, 131072, tmp_path)) == [-E2BIG]


def test_execve_takes_one_argument_of_32_pages_with_its_end(tmp_path):
    assert exec_with(1, 131071, tmp_path).exit_status == 1


def test_execve_takes_more_than_4096_short_arguments(tmp_path):
    assert exec_with(5000, 3, tmp_path).exit_status == 5000 % 256


def test_execve_of_a_path_longer_than_a_page_is_enametoolong(tmp_path):
    data = "path: .fill 4096, 1, 65\n.byte 0\n"
    assert words(run(call("execve", "=path", 0, 0) + SHOW_A0, data, root=tmp_path)) == [-ENAMETOOLONG]
