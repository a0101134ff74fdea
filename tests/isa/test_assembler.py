"""What a source becomes: segments, names, the source map."""

import time

from isa import assemble


def segment(program, name):
    (found,) = [segment for segment in program.segments if segment.name == name]
    return found


def test_sections_start_on_their_own_pages_in_the_order_text_rodata_data():
    program = assemble(".data\n .word 1\n .section .rodata\n .word 2\n .text\n nop\n")
    assert [(s.name, s.address, s.permissions) for s in program.segments] == [
        (".text", 0x10000, "r-x"),
        (".rodata", 0x11000, "r--"),
        (".data", 0x12000, "rw-"),
    ]


def test_bss_follows_data_as_memory_without_bytes():
    program = assemble("nop\n.bss\nroom: .space 64 << 20\n.data\n.dword 1\n")
    data = segment(program, ".data")
    assert (len(data.data), data.memory_size, program.symbols["room"]) == (8, 8 + (64 << 20), data.address + 8)


def test_a_program_may_have_zeros_and_no_data():
    bss = segment(assemble("nop\n.bss\n.space 5000\n"), ".bss")
    assert (bss.data, bss.memory_size, bss.permissions) == (b"", 5000, "rw-")


def test_the_entry_is_start_if_it_is_defined():
    assert assemble("nop\n_start: nop\n").entry == 0x10004


def test_the_entry_is_the_start_of_text_otherwise():
    assert assemble("main: nop\n").entry == 0x10000


def test_labels_are_symbols_and_values_are_constants():
    program = assemble("here: nop\nSIZE = 24\nalias = here + 4\n .Lhidden: nop\n")
    assert program.symbols == {"here": 0x10000, "alias": 0x10004}
    assert program.constants == {"SIZE": 24}


def test_the_source_map_finds_the_line_of_an_address():
    program = assemble("# first\nstart: nop\n  li a0, 0x12345678  # two words\n .data\n .word 1, 2\n", "p.s")
    line_at = program.source_map.line_at
    line = line_at(0x10008)
    assert (line.file, line.number, line.text) == ("p.s", 3, "  li a0, 0x12345678  # two words")
    assert [line_at(address).number for address in (0x10000, 0x10004, 0x11000, 0x11007)] == [2, 3, 5, 5]


def test_the_source_map_knows_nothing_of_other_addresses():
    line_at = assemble("nop\n").source_map.line_at
    assert [line_at(address) for address in (0, 0xFFFF, 0x10004, 1 << 62)] == [None] * 4


def test_the_source_map_finds_where_the_bytes_of_a_line_begin():
    source = "nop\nnop; nop; .data; .word 1\n.text; nop\n"
    assert assemble(source).source_map.addresses_of(2) == (0x10004, 0x11000)


def test_the_distance_between_two_sections_may_have_a_name():
    program = assemble("gap = there - here\nhere: nop\n.data\nthere: .dword gap\n")
    assert program.constants == {"gap": 0x1000}


def test_a_counter_may_be_read_by_its_number():
    assert assemble("csrr a0, 0xc00\n").segments[0].data == assemble("rdcycle a0\n").segments[0].data


def test_an_alignment_above_a_page_moves_its_section():
    program = assemble("nop\n.data\n.balign 0x200000\nbig: .word 1\n")
    assert program.symbols["big"] == 0x200000


def test_a_wide_gap_before_an_aligned_section_is_not_written_out():
    program = assemble('nop\n.data\n.word 1\n.section .far, "aw"\n.balign 1 << 30\n.word 2\n')
    assert [(s.name, s.address, len(s.data)) for s in program.segments[1:]] == [
        (".data", 0x11000, 4),
        (".far", 1 << 30, 4),
    ]


def test_sections_with_permissions_of_their_own_get_their_own_pages():
    program = assemble('nop\n.section .jit, "awx"\n.space 8\n.section .data\n.word 1\n')
    assert [(s.name, s.permissions) for s in program.segments] == [(".text", "r-x"), (".jit", "rwx"), (".data", "rw-")]


def test_notes_and_comments_are_read_and_dropped():
    program = assemble('nop\n.section .comment\n.string "who"\n.section .note.GNU-stack, "", @progbits\n.word 1\n')
    assert [s.name for s in program.segments] == [".text"]


def test_directives_for_linkers_and_debuggers_are_passed_over():
    before = '.file "a;b.c"\n.option norelax\n.attribute arch, "rv64ima"\n.globl f\n.type f, @function\n'
    after = ".size f, .-f\n.cfi_endproc\n.ident 5 x y\n"
    assert len(assemble(before + "f: ret\n" + after).segments[0].data) == 4


def test_form_feeds_and_carriage_returns_do_not_disturb_line_numbers():
    assert assemble("nop\r\n\x0cnop\r\n").source_map.line_at(0x10004).number == 2


def test_two_hundred_lines_take_less_than_a_third_of_a_second():
    source = "".join(f"label{n}: addi a0, a0, {n}  # a comment\n  bnez a0, label{n}\n" for n in range(100))
    start = time.process_time()
    assemble(source)
    assert time.process_time() - start < 0.3
