"""Who published the figures of each row, in the words by which the sources of constants name them.

A constant whose source names a row's publication is no independent one: what is predicted with it is predicted from the
same publication.
"""

PUBLICATIONS = {
    "V1": "Hansen 2014",
    "V3": "Shi 2012",
    "V4": "Amit 2019 (LKML, concurrent TLB flushes)",
    "V5": "Lutomirski 2017",
    "V6": "Lutomirski 2017",
    "V7": "Gorman 2015",
    "V8": "Gorman 2015",
    "V9": "LATR",
    "V10": "ABIS",
    "V11": "van Riel 2025",
    "V12": "Linux on POWER",
    "V13": "batched TLBI",
    "V14": "HotOS 2019",
    "V15": "On-demand-fork",
    "V16": "Redis",
    "V17": "Lin 2022",
    "V18": "Async-fork",
    "V19": "jia.je",
    "V21": "Cordes",
    "V22": "Bhargava 2008",
    "V23": "Li 2017",
    "V24": "Torvalds 2014",
    "V25": "Norov 2017",
    "V26": "Jain 2025",
    "V27": "Cracauer 2018",
    "V28": "DiDi",
    "V29": "Amit 2019 (LKML, deferring PTI flushes)",
    "V30": "TLBleed",
    "V31": "Park 2024",
    "Q": "the question and answer",  # on copy-on-write and the zero page, that F1 to F8 are of
    "K": "the makers",  # of processors and formats, each figure's own
    "N": "native measurement",  # ours, on a guest on EPYC Milan
    "S": "nobody",  # strategies of which no figure is published
}


def row_of(figure: str) -> str:
    """Return the row that a figure stands in, by its name: V4 of `V4 2 threads`."""
    return figure.split()[0]
