"""The lab: experiments over machines. Each is declared as data, runs a small program many times, and says what differs.

axes           the values that an experiment is varied over, read from text
experiment     running a program of the lab and marking it, so that costs are known to the cycle
flush          what invalidating a range costs on one hart, at once and later, by strategy
invalidation   what it costs on many harts, by workload, strategy, pages and harts
validation     what is published, beside what is emulated
archive        a sweep and its rows as one file, for others to do again
store          rows on disk: files that a sweep writes, and continues after a crash
workers        who measures: this process, others, or a Dask cluster
table, plot    the rows of `flush` as tables, CSV, JSON and a picture
"""
