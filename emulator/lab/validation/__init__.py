"""What others have measured and published, beside what the emulator says: figure by figure, with a verdict.

constant    a number that figures depend on: where it comes from, and on which figure it was calibrated, if on any
figure      a published figure: what is emulated for it, and how near that has to come
published   the figures
verdict     the emulated figures, judged
table       tables, CSV and JSON
"""
