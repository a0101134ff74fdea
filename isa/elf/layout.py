"""The records of an ELF64 file, little-endian, and the numbers in them."""

import struct

HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
PROGRAM_HEADER = struct.Struct("<IIQQQQQQ")
SECTION_HEADER = struct.Struct("<IIQQQQIIQQ")
SYMBOL = struct.Struct("<IBBHQQ")

MAGIC = b"\x7fELF"
MACHINE_RISCV = 243
EXECUTABLE, SHARED = 2, 3  # kinds of file
LOAD, INTERPRETER = 1, 3  # kinds of program header
PROGBITS, SYMTAB, STRTAB, NOBITS = 1, 2, 3, 8  # kinds of section
PF_X, PF_W, PF_R = 1, 2, 4
SHF_WRITE, SHF_ALLOC, SHF_EXEC = 1, 2, 4
ABSOLUTE = 0xFFF1
EF_RVC, EF_FLOAT_ABI, EF_RVE = 1, 6, 8
