"""What invalidating TLB entries costs on many harts, by workload, strategy, pages and harts.

workload   the programs, how their arguments follow from a case, and what each is there to answer
case       one measurement to be made, and the sweep of them that an experiment is
row        what is measured of a case: the columns, in order
measure    from a case to its row
table      rows for people
plot       rows as a picture
"""
