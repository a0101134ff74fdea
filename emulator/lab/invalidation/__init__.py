"""What invalidating TLB entries costs on many harts, by workload, strategy, pages and harts.

machines   what several workloads have in common: strategies, and how harts stand to each other
workload   a program, how its arguments follow from a case, and what it is there to answer
workloads  those of the experiment; `for_validation` has those that published figures ask for besides
case       one measurement to be made, and the sweep of them that an experiment is
row        what is measured of a case: the columns, in order
measure    from a case to its row
table      rows for people
plot       rows as a picture
"""
