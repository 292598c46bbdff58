"""Read invented reports in every rendering, print how well, and keep the floors.

python -m benchmarks.renderings --reports 4000 --jobs 2
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from benchmarks.renderings import floors
from benchmarks.renderings.catalogue import RENDERINGS
from benchmarks.renderings.score import SAMPLE, Outcome, Tally, document, outcomes, tallies

ACCURACY = Path(__file__).parents[2] / "ACCURACY.md"
OPENING = """# How well reports are read

Invented reports on both editions of the form, rendered in every way met, read back by
`parsers.read` and checked by `archive.rules`. Written by `python -m benchmarks.renderings --write`;
the documents are the same every time. A cell is *silently wrong* when a number was read that was
not printed there and no flag names it. From renderings marked `?` nobody could tell every figure;
there only the last column can be held against the reader.

"""


@click.command()
@click.option("--reports", default=4000, show_default=True, help="Documents, over all renderings.")
@click.option("--jobs", default=1, show_default=True, help="Processes.")
@click.option("--only", multiple=True, help="A rendering's id; may be given again.")
@click.option("--misses", is_flag=True, help="Print the cells that are not right.")
@click.option("--show", type=int, help="Print document number SHOW of --only, and stop.")
@click.option("--write", is_flag=True, help="Write ACCURACY.md and raise the floors.")
@click.option("--allow-regression", metavar="WHY", help="Let floors fall, for this reason.")
def main(
    reports: int,
    jobs: int,
    only: tuple[str, ...],
    misses: bool,
    show: int | None,
    write: bool,
    allow_regression: str | None,
) -> None:
    """Measure reading on rendered reports; exit 1 when a floor is broken."""
    if stray := set(only) - {rendering.id for rendering in RENDERINGS}:
        raise click.ClickException(f"no such rendering: {', '.join(sorted(stray))}; see the table")
    if write and only:
        raise click.ClickException("--write needs every rendering; leave out --only")
    if show is not None:
        for name in only:
            click.echo(document(name, show)[1])
        return
    count = max(SAMPLE, round(reports / (len(only) or len(RENDERINGS))))
    found = list(outcomes(count, jobs, only))
    if misses:
        _print_misses(found)
    sums = tallies(found)
    click.echo(table(sums))
    fell = {} if only else floors.broken(tallies(found, sample=True))
    for name, short in fell.items():
        click.echo(f"below its floor: {name}: {'; '.join(short)}", err=True)
    if fell and write and not allow_regression:
        raise click.ClickException('nothing is written; to let them fall: --allow-regression "why"')
    if fell and not write:
        raise SystemExit(1)
    if write:
        floors.write(tallies(found, sample=True), allow_regression)
        ACCURACY.write_text(OPENING + table(sums) + _reasons(), encoding="utf-8")


def _print_misses(found: list[Outcome]) -> None:
    for each in found:
        for miss in each.misses[:40]:
            true = "nothing" if miss.true.value is None else miss.true.value
            place = "/".join(miss.place)
            click.echo(f"{each.rendering} {each.number} {miss.kind} {place}: {true} ← {miss.read}")


def table(sums: Mapping[str, Tally]) -> str:
    """Return the counts as a table of Markdown, one line a rendering and a sum of those decided."""
    why = {rendering.id: rendering.why for rendering in RENDERINGS}
    decided = [tally for name, tally in sums.items() if not name.endswith("?")]
    open_ones = [tally for name, tally in sums.items() if name.endswith("?")]
    lines = [
        "| rendering | what it is | reports | exact | right | missing | wrong | silently wrong |",
        "|---|---|--:|--:|--:|--:|--:|--:|",
        *(_line(f"`{name}`", why[name.rstrip("?")], t) for name, t in sums.items()),
        _line("all that can be decided", "", sum(decided, Tally())),
    ]
    if open_ones:
        lines.append(_line("all that cannot", "", sum(open_ones, Tally())))
    return "\n".join(lines) + "\n"


def _line(name: str, why: str, tally: Tally) -> str:
    exact, right, missing, wrong = (
        f"{100 * part / whole:.2f} %" if whole else "–"
        for part, whole in (
            (tally.exact, tally.documents),
            (tally.right, tally.cells),
            (tally.missing, tally.cells),
            (tally.wrong, tally.cells),
        )
    )
    shown = (name, why, tally.documents, exact, right, missing, wrong, tally.silent)
    return "| " + " | ".join(map(str, shown)) + " |"


def _reasons() -> str:
    _, reasons = floors.load()
    if not reasons:
        return ""
    return "\nFloors that were lowered:\n\n" + "".join(f"* {reason}\n" for reason in reasons)


if __name__ == "__main__":
    main()
