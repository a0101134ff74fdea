"""The commands, one function each."""

import sys
from dataclasses import replace
from functools import partial
from typing import Annotated

import typer

from emulator.base.errors import EmulatorError
from emulator.cli.bugs import Wrong, check_bugs
from emulator.cli.groups import expanded
from emulator.cli.lab import lab
from emulator.cli.options import Arguments, CheckStale, Chosen, History, Html, Json, Ledger, ProgramPath, Telling, Trace
from emulator.cli.output import (
    print_listing,
    report_error,
    show,
    write_bytes,
    write_text,
)
from emulator.cli.pages import check_page, write_page
from emulator.cli.places import check_outputs, write_account, write_file, write_ledger, writing
from emulator.cli.programs import programs
from emulator.cli.runs import ending, first_asked, load, run_as_asked, run_program, tell_left_out
from emulator.cli.status import MISTAKE
from emulator.cli.stdin import StandardInput
from emulator.cli.traces import Tracing
from emulator.cli.translating import Translated, translate_file
from isa.errors import IsaError

app = typer.Typer(
    name="pagewalk",
    help="Run small RISC-V programs through TLBs and page tables; see why each store faulted and what it cost.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(lab, name="lab")
app.add_typer(programs, name="programs")


@app.callback(invoke_without_command=True)
def pagewalk(
    context: typer.Context, version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False
) -> None:
    """Show the help, or the version, where there is no command."""
    if version:
        from importlib.metadata import PackageNotFoundError
        from importlib.metadata import version as version_of

        try:
            typer.echo(f"pagewalk {version_of('pagewalk')}")
        except PackageNotFoundError:
            raise EmulatorError("the version is known only once pagewalk is installed") from None
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command()
@expanded
def run(
    program: ProgramPath,
    chosen: Chosen,
    arguments: Arguments = None,
    check_stale: CheckStale = None,
    stats: Annotated[bool, typer.Option("--stats", help="Print counters and costs to standard error.")] = False,
    json: Json = None,
    trace: Trace = None,
    ledger: Ledger = None,
) -> None:
    """Run a program and exit with its status (128 + signal when killed, 124 at the limit, 125 when it is stuck)."""
    check_outputs({"--json": json, "--trace": trace, "--ledger": ledger}, program)
    tracing = Tracing(trace)
    options = chosen.checking(check_stale) | ({} if stats or trace else {"events": 0}) | tracing.options
    options |= {"ledger": True} if ledger else {}
    loaded, argv = load(program), [program, *(arguments or ())]
    result = run_program(loaded, argv, replace(chosen, options=options), StandardInput(), tracing.runs)
    if "-" not in (json, ledger):  # one of them has standard output for itself
        write_bytes(sys.stdout, result.stdout)
    write_bytes(sys.stderr, result.stderr)
    if result.counters["stale.uses"]:
        from emulator.observe.stale import stale_uses

        show(stale_uses(result), sys.stderr)
    if stats:
        from emulator.observe.report import statistics

        show([statistics(result)], sys.stderr)
    if stats or trace:
        tell_left_out(result)
    write_account(result, json)
    tracing.write(result)
    write_ledger(result, ledger)
    raise typer.Exit(ending(result, chosen.max_instructions))


@app.command()
@expanded
def explain(
    program: ProgramPath,
    chosen: Chosen,
    telling: Telling,
    arguments: Arguments = None,
    check_stale: CheckStale = None,
    html: Html = None,
    json: Json = None,
    trace: Trace = None,
) -> None:
    """Run a program and tell each fault and system call: who, why, what was done, what it cost, and the restart.

    The machine is that of the program's first `#? run:` line, if it has one; options override it.
    """
    check_outputs({"--html": html, "--json": json, "--trace": trace}, program)
    check_page(html)
    tracing = Tracing(trace, html)
    loaded = load(program)
    asked, words = first_asked(loaded, program)
    most = chosen.max_instructions or asked.max_instructions
    kept = {"intervals": True} if html else tracing.options
    said = replace(chosen, options=chosen.checking(check_stale) | kept)
    run = partial(run_as_asked, loaded, program, asked, said, arguments, StandardInput())
    result = run(runs=tracing.runs) if html is None else write_page(html, loaded, telling.limit, run)
    from emulator.observe.explain import explain as story
    from emulator.observe.explain import quoted_output

    if json != "-" and html is None:
        show(story(result, telling.limit, fold=not telling.unfolded, head=words), sys.stdout, wrap=True)
        show(quoted_output(result), sys.stdout)
    tell_left_out(result)
    write_account(result, json)
    tracing.write(result)
    ended = ending(result, most)
    raise typer.Exit(ended if result.ended != "exit" else 0)


@app.command()
@expanded
def step(
    program: ProgramPath,
    chosen: Chosen,
    arguments: Arguments = None,
    check_stale: CheckStale = None,
    history: History = None,
) -> None:
    """Walk through a run of a program in the terminal, forth and back; `?` lists the keys (docs/step.md).

    The machine is that of the program's first `#? run:` line, if it has one; options override it.
    """
    from emulator.cli.stepping import check_terminal, step_through

    check_terminal()
    step_through(program, replace(chosen, options=chosen.checking(check_stale)), arguments, history)


@app.command()
@expanded
def quiz(
    program: ProgramPath,
    chosen: Chosen,
    arguments: Arguments = None,
    count: Annotated[int, typer.Option("--count", min=1, max=1000, help="Ask at most so many questions.")] = 8,
    answers: Annotated[bool, typer.Option("--answers", help="Say what is right, and why.")] = False,
    grade: Annotated[str | None, typer.Option("--grade", metavar="FILE", help="Grade the answers in a file.")] = None,
    json: Json = None,
) -> None:
    """Ask questions about a run of a program, or grade answers to them: exit 1 when one is wrong.

    The seed of the machine (--seed) chooses the questions: same seed, same questions. docs/quiz.md describes the files.
    """
    from emulator.cli.quizzes import grade_quiz, print_quiz, quiz_about
    from emulator.quiz.grade import read_sheet

    check_outputs({"--json": json}, program, *([grade] if grade is not None else []))
    if grade is not None and answers:
        raise EmulatorError("--answers: says what --grade asks for; one of the two is right")
    sheet = read_sheet(grade) if grade is not None else None
    made = quiz_about(program, chosen, arguments, count)
    if sheet is not None:
        raise typer.Exit(grade_quiz(made, sheet, str(grade), json))
    print_quiz(made, answers, json)


@app.command()
@expanded
def debug(
    chosen: Chosen,
    program: Annotated[str | None, typer.Argument(metavar="[PROGRAM]", help="As `run` takes it.")] = None,
    arguments: Arguments = None,
    check_stale: CheckStale = None,
    gdb: Annotated[int | None, typer.Option("--gdb", metavar="PORT", help="Wait for gdb there.")] = None,
    dap: Annotated[bool, typer.Option("--dap", help="Speak with an editor; it may name the program.")] = False,
) -> None:
    """Debug a program, on and back: with gdb, or from an editor. docs/debug.md shows how.

    The machine is that of the program's first `#? run:` line, if it has one; options override it.
    """
    from emulator.cli.debugging import debug_from_an_editor, debug_with_gdb

    said = replace(chosen, options=chosen.checking(check_stale))
    if dap == (gdb is not None):
        raise EmulatorError("debug: with what? --gdb PORT or --dap, one of the two, is right")
    if gdb is None:
        raise typer.Exit(debug_from_an_editor(program, said, arguments))
    if program is None:
        raise EmulatorError("debug: which program? pagewalk debug PROGRAM --gdb PORT is right")
    raise typer.Exit(debug_with_gdb(gdb, program, said, arguments))


@app.command()
@expanded
def check(
    chosen: Chosen,
    wrong: Wrong,
    programs: Annotated[list[str] | None, typer.Argument(metavar="PROGRAM", help="Sources with `#?` lines.")] = None,
    json: Json = None,
) -> None:
    """Run programs against the promises in their `#?` lines; exit 1 when one fails. Options override `run:` lines.

    A program that uses a stale TLB entry fails, too, unless a line of its own speaks of `stale.uses`. With `--bugs`
    kernels that make a mistake are run instead; exit 1 when one has wrong data that the checker does not report.
    """
    from emulator.cli.checks import check_lines, check_program, summary
    from emulator.config import Config

    programs = programs or []
    wrong.check(programs, chosen)
    check_outputs({"--json": json}, *programs)
    if wrong.bugs:
        raise typer.Exit(check_bugs(wrong, chosen.options.get("engine"), json))
    Config.read(chosen.options, chosen.overrides)  # a mistake in them is none of any program
    out = sys.stderr if json == "-" else sys.stdout
    accounts, unread = [], 0
    for path in programs:
        try:
            account = check_program(path, chosen)
        except (EmulatorError, IsaError) as error:
            report_error(error)
            unread += 1
            continue
        accounts.append(account)
        write_text(out, check_lines(account))
    write_text(out, summary(accounts, unread))
    if json is not None:
        import json as encoder

        write_file(json, encoder.dumps(accounts, indent=2) + "\n")
    raise typer.Exit(MISTAKE if unread else int(any(account["failed"] for account in accounts)))


@app.command()
def audit(
    log: Annotated[str, typer.Argument(metavar="LOG", help="A log, text or binary; `-` is standard input.")],
    json: Json = None,
    to: Annotated[
        str | None, typer.Option("--to", metavar="FILE", help="Write it in the other format, audit nothing.")
    ] = None,
) -> None:
    """Find missing and needless TLB flushes in a log of another kernel; exit 1 when flushes are missing.

    docs/audit.md says what a log is, and how QEMU and Spike make one.
    """
    from emulator.cli.audits import audit_log, convert_log

    check_outputs({"--json": json, "--to": to}, log)
    raise typer.Exit(audit_log(log, json) if to is None else convert_log(log, to))


@app.command()
@expanded
def translate(
    accesses: Annotated[str, typer.Argument(metavar="FILE", help="Accesses, a row each: .csv, .jsonl or .parquet.")],
    translated: Translated,
    output: Annotated[
        str | None, typer.Option("-o", "--output", metavar="OUT", help="Write what became of each; `-` prints it.")
    ] = None,
    counters: Annotated[bool, typer.Option("--counters", help="Print counters.")] = False,
) -> None:
    """Translate the accesses of a file by an MMU alone, with no hart and no kernel around it.

    docs/translate.md describes the files.
    """
    check_outputs({"-o": output}, accesses, *translated.sources)
    translate_file(accesses, output, counters, translated)


@app.command()
def compile() -> None:
    """Compile the emulator for this machine now, so that no later command has to: for images, CI, classrooms.

    Commands do it in the background otherwise, and answer in plain Python meanwhile.
    """
    from emulator.cli import compiling

    write_text(sys.stdout, compiling.compile_now())


@app.command()
def asm(
    source: Annotated[str, typer.Argument(metavar="FILE", help="An assembly source (.s).")],
    output: Annotated[str | None, typer.Option("-o", "--output", metavar="OUT", help="Write an ELF file.")] = None,
    listing: Annotated[bool, typer.Option("--listing", help="Print addresses, words and instructions.")] = False,
) -> None:
    """Assemble a source into an ELF executable, or print its listing."""
    if output is None and not listing:
        raise EmulatorError("asm: nothing to make; say -o OUT.elf, --listing, or both")
    if output == "-":
        raise EmulatorError("-o -: is no text; a file is right")
    check_outputs({"-o": output}, source)
    program = load(source)
    if listing:
        print_listing(program)
    if output is not None:
        from isa.elf import write_elf

        with writing(output) as file:
            file.write(write_elf(program))


@app.command()
def disasm(program: ProgramPath) -> None:
    """Print the instructions of a program."""
    print_listing(load(program))


@app.command()
def profiles(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Print this one, as TOML.")] = None,
    other: Annotated[str | None, typer.Argument(metavar="[OTHER]", help="Print what this one has otherwise.")] = None,
    sources: Annotated[bool, typer.Option("--sources", help="Print a table of each figure and its source.")] = False,
) -> None:
    """List the profiles, print one, or what differs between two.

    `pagewalk profiles skylake > mine.toml` begins one of your own: each figure has its source beside it. Change what
    you like, and run with `--profile mine.toml`. `pagewalk profiles skylake mine.toml` says what you changed.
    """
    from emulator.config import load_profile, profile_names
    from emulator.config.profile import profile_text
    from emulator.observe.profiles import differences, profile_figures, profile_list

    if name is None:
        if sources:
            raise EmulatorError("--sources: of which profile? pagewalk profiles NAME --sources is right")
        show([profile_list([load_profile(known) for known in profile_names()])], sys.stdout)
        return
    profile = load_profile(name)  # what is none is refused, not printed
    if other is not None:
        if sources:
            raise EmulatorError("--sources: goes with one profile; what differs between two is told with its sources")
        show([differences(profile, load_profile(other))], sys.stdout)
    elif sources:
        show([profile_figures(profile)], sys.stdout)
    else:
        write_text(sys.stdout, profile_text(name))
