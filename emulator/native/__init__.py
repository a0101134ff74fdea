"""Compiled code: where it lies, how a world gets it, and how it is made in the background while plain Python answers.

cache     the directory of compiled code, named by everything that it depends on
image     machine code in a file: checked, loaded, its functions called
service   the one process that compiles: started, watched, waited for
engine    plain, compiled or auto: who works on a world, and the change from one to the other
"""
