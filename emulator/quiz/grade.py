"""A sheet of answers, read and graded."""

import msgspec

from emulator.base.errors import SheetError, shown
from emulator.base.files import read_small
from emulator.quiz.questions import Marked, Quiz, Report, Sheet

RIGHT = '{"quiz": "FINGERPRINT", "answers": {"1": "a"}} is right'


def read_sheet(path: str) -> Sheet:
    """Return the answers in the JSON file `path`, letters small.

    Raises SheetError, in one line, for a file that cannot be read or is no sheet.
    """
    if not path:
        raise SheetError("--grade: the name of its file is empty; --grade FILE is right")
    try:
        sheet = msgspec.json.decode(read_small(path), type=Sheet)
    except OSError as error:
        raise SheetError(f"{shown(path)}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError:
        raise SheetError(f"{shown(path)}: is no UTF-8 text; {RIGHT}") from None
    except msgspec.DecodeError as error:
        raise SheetError(f"{shown(path)}: is no sheet of answers: {shown(error)}; {RIGHT}") from error
    return Sheet(sheet.quiz, {number: letter.strip().lower() for number, letter in sheet.answers.items()})


def check_sheet(sheet: Sheet, path: str, quiz: Quiz) -> None:
    """Raise SheetError, naming the file `path`, for answers to another quiz, and for questions or letters it lacks."""
    if sheet.quiz != quiz.fingerprint:
        raise SheetError(
            f"{shown(path)}: answers quiz '{shown(sheet.quiz)}', and this one is {quiz.fingerprint}: program, seed, "
            "count and settings have to be the same"
        )
    by_number = {str(question.number): question for question in quiz.questions}
    for number, letter in sheet.answers.items():
        if number not in by_number:
            raise SheetError(f"{shown(path)}: there is no question '{shown(number)}'; {_range(quiz)} are right")
        if letter and letter not in by_number[number].choices:
            letters = ", ".join(by_number[number].choices)
            raise SheetError(f"{shown(path)}: '{shown(letter)}' is no answer to question {number}; {letters} are")


def _range(quiz: Quiz) -> str:
    return f"1 to {len(quiz.questions)}" if quiz.questions else "none"


def blank_sheet(quiz: Quiz) -> Sheet:
    """Return a sheet with no answers yet."""
    return Sheet(quiz.fingerprint, {str(question.number): "" for question in quiz.questions})


def grade(quiz: Quiz, sheet: Sheet) -> Report:
    """Return what `sheet` is worth: a point for each right answer. `quiz` has its answers."""
    marked = []
    for question in quiz.questions:
        assert question.answer
        given, right = sheet.answers.get(str(question.number), ""), question.answer.letter
        believed = question.answer.wrong.get(given, "")
        marked.append(Marked(question.number, given, right, int(given == right), believed))
    return Report(quiz.fingerprint, sum(each.points for each in marked), len(marked), tuple(marked))
