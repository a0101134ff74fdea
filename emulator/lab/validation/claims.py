"""What predictions are about: figures of one measurement are one claim, however many there are.

Ten points of one curve that all come out right prove little more than one of them. So predictions are counted twice:
by figure, and by claim, which is what one publication says of one thing.
"""

from collections.abc import Iterable

from rich.table import Table

from emulator.lab.validation.kind import PREDICTION
from emulator.lab.validation.verdict import OUTSIDE, WITHIN, Verdict

# Verdicts on the predictions of a claim, by row, who published it, and claim.
Claims = dict[tuple[str, str, str], list[str]]


def claims_of(verdicts: Iterable[Verdict]) -> Claims:
    """Return the verdicts on all predictions, by claim."""
    claims: Claims = {}
    for verdict in verdicts:
        if verdict.kind == PREDICTION:
            figure = verdict.figure
            claims.setdefault((figure.row, figure.published_by, figure.of_claim), []).append(verdict.verdict)
    return claims


def summary(verdicts: Iterable[Verdict]) -> str:
    """Return how many predictions are within, of how many claims, and of how many claims no figure is outside."""
    found = [claim for claim in claims_of(verdicts).values() if WITHIN in claim]
    figures, whole = sum(claim.count(WITHIN) for claim in found), sum(OUTSIDE not in claim for claim in found)
    return f"predictions within: {figures} figures of {len(found)} claims, {whole} of them without a figure outside"


def claims_table(verdicts: Iterable[Verdict]) -> Table:
    """Return one line a claim: who published it, and how many of its predictions are within, and outside."""
    table = Table(box=None, pad_edge=False, show_edge=False, header_style="bold")
    for title, justify in (("row", "left"), ("published by", "left"), ("claim", "left"), (WITHIN, "right")):
        table.add_column(title, justify=justify)  # type: ignore[arg-type]
    table.add_column(OUTSIDE, justify="right")
    for (row, publisher, claim), found in claims_of(verdicts).items():
        table.add_row(row, publisher, claim, str(found.count(WITHIN)), str(found.count(OUTSIDE)))
    return table
