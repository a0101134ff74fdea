"""The lab: experiments over machines. Each is declared as data, runs a small program many times, and says what differs.

experiment   running a program in pieces, so that the costs of each piece are known to the cycle
axes         the values that an experiment is varied over, read from text
flush        what invalidating a range costs, at once and later, by strategy
table        the rows of an experiment as tables, CSV and JSON
plot         the same as a picture
"""
