"""What carries out instructions.

loop        the instruction loop as it is read: what is done with each kind of instruction
made        makes `run` of it: a branch for each instruction, with its body of `meaning/` pasted in
run         what was made, and what runs
block_copy  the one instruction that makes many accesses
"""
