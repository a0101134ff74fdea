"""Which questions are asked: of each kind one, then a second one, until there are enough; the seed chooses among them.

While there are others, no two are about the same event, and no more than half about the whole run. They stand in the
order of the run.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import PurePath

import msgspec

from emulator.observe.line import line
from emulator.observe.paragraph import paragraph
from emulator.observe.pieces import Piece
from emulator.observe.story import OUTCOMES
from emulator.quiz.draft import Draft
from emulator.quiz.kinds.table import KINDS
from emulator.quiz.misconceptions import MISCONCEPTIONS
from emulator.quiz.order import shuffled
from emulator.quiz.questions import Answer, Question, Quiz
from emulator.quiz.runs import Runs

LETTERS = "abcd"
LEAST_WRONG = 2  # a question with fewer wrong answers is none
FINGERPRINT_DIGITS = 12
WHOLE = {kind.name for kind in KINDS if kind.whole}

Asked = tuple[str, Draft]  # a draft and its kind


def make_quiz(runs: Runs, count: int) -> Quiz:
    """Return at most `count` questions about `runs`, with their answers.

    The same program, settings and seed give the same questions on every machine and engine.
    """
    chosen = sorted(choose(runs, count), key=_place)
    questions = tuple(_question(runs, number, *asked) for number, asked in enumerate(chosen, start=1))
    quiz = Quiz(
        fingerprint="",
        program=_sayable(PurePath(runs.result.images[0].name).name),
        seed=runs.seed,
        count=count,
        settings=dict(runs.result.settings),
        questions=questions,
    )
    return msgspec.structs.replace(quiz, fingerprint=fingerprint(runs, quiz))


def drafts_of(runs: Runs) -> dict[str, list[Draft]]:
    """Return all that can be asked about `runs`, by kind."""
    return {kind.name: list(_fit(kind.drafts(runs))) for kind in KINDS}


def _fit(drafts: Iterable[Draft]) -> Iterator[Draft]:
    """Yield the drafts that have wrong answers enough, and words of their own: else nobody knows what is meant."""
    found = [draft for draft in drafts if len(_wrong(draft)) >= LEAST_WRONG]
    often = Counter(draft.text for draft in found)
    yield from (draft for draft in found if often[draft.text] == 1)


def choose(runs: Runs, count: int) -> list[Asked]:
    """Return the drafts that are asked."""
    found = drafts_of(runs)
    left = {name: shuffled(found[name], lambda draft: draft.key, runs.seed, name) for name in found}
    kinds = shuffled(left, str, runs.seed, "kinds")
    rounds = list(_rounds(kinds, left))
    chosen: list[Asked] = []
    events: set[int] = set()
    whole = 0
    for first in (True, False):
        for asked in rounds:
            event, is_whole = asked[1].event, asked[0] in WHOLE
            again = event in events or (is_whole and whole >= count // 2)
            if len(chosen) < count and asked not in chosen and not (first and again):
                chosen.append(asked)
                events |= set() if event is None else {event}
                whole += is_whole
    return chosen


def _rounds(kinds: list[str], left: dict[str, list[Draft]]) -> Iterator[Asked]:
    for turn in range(max(map(len, left.values()), default=0)):
        yield from ((kind, left[kind][turn]) for kind in kinds if turn < len(left[kind]))


def _place(asked: Asked) -> tuple[bool, int, str, str]:
    """Return where a question stands: those about the whole run last."""
    kind, draft = asked
    place = draft.event if draft.event is not None else draft.quoted
    return place is None, place or 0, kind, draft.key


def _wrong(draft: Draft) -> list[tuple[str, str]]:
    """Return the wrong answers of a draft, each once, and none that is right."""
    found: dict[str, str] = {}
    for why, text in draft.wrong:
        if text != draft.right:
            found.setdefault(text, why)
    return list(found.items())[: len(LETTERS) - 1]


def _question(runs: Runs, number: int, kind: str, draft: Draft) -> Question:
    wrong = dict(_wrong(draft))
    texts = shuffled([draft.right, *wrong], str, runs.seed, kind, draft.key)
    choices = dict(zip(LETTERS, texts, strict=False))
    letter = next(letter for letter, text in choices.items() if text == draft.right)
    return Question(
        number=number,
        kind=kind,
        event=None if draft.event is None else draft.event + 1,
        text=_sayable(draft.text),
        choices=choices,
        answer=Answer(
            letter=letter,
            because=draft.because,
            rule=draft.rule,
            story=_story(runs, draft.quoted),
            wrong={each: believed(wrong[text]) for each, text in choices.items() if text in wrong},
        ),
    )


def believed(name: str) -> str:
    """Return a misconception in words, with what holds."""
    row = MISCONCEPTIONS[name]
    return f"{row.belief}; but {row.truth} ({row.rule})"


def _story(runs: Runs, place: int | None) -> str:
    """Return what `explain` tells of the event at `place`: a paragraph of a fault, a line of any other one."""
    if place is None:
        return ""
    is_fault = int(runs.result.events[place]["kind"]) in OUTCOMES
    told = paragraph(runs.scene, place, runs.number_of_fault(place)) if is_fault else line(runs.scene, Piece((place,)))
    return _sayable(told.plain)


def _sayable(words: str) -> str:
    """Return `words` with escapes for bytes that are no text, as names of files may have: JSON holds none."""
    return words.encode("utf-8", "backslashreplace").decode()


def fingerprint(runs: Runs, quiz: Quiz) -> str:
    """Return what tells a quiz from others: its programs, seed, count, settings and questions."""
    digest = hashlib.sha256(msgspec.json.encode(quiz, order="deterministic"))
    for program in runs.result.images:
        for segment in program.segments:
            digest.update(f"{segment.address} {segment.memory_size} {segment.permissions}\0".encode())
            digest.update(segment.data)
    return digest.hexdigest()[:FINGERPRINT_DIGITS]
