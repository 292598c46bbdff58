"""The front door: ``nianbao`` with every command. Each package owns its own; this mounts them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn
from rich.progress import Progress as Bars

from archive.cli import COMMANDS, data_option, run_build, show_build
from archive.errors import ArchiveError
from archive.serve import serve
from crawler.crawl import CrawlSummary, Progress, crawl
from crawler.demo import run_pass
from crawler.errors import CrawlerError
from crawler.ingest import IngestSummary, ingest
from crawler.registry import load
from parsers.contract import dumps

SITES = Path(__file__).parent / "sites"
FAILURES = (ArchiveError, CrawlerError)


@click.group()
@click.version_option(version("nianbao"), message="nianbao %(version)s")
def main() -> None:
    """Nianbao 年报: an open archive of 政府信息公开工作年度报告."""


@main.command("crawl")
@click.argument("sites", nargs=-1)
@data_option
@click.option(
    "--registry",
    type=click.Path(exists=True, path_type=Path),
    multiple=True,
    default=(SITES,),
    help="Registry file or folder; the one in the package by default.",
)
@click.option(
    "--contact",
    envvar="NIANBAO_CONTACT",
    help="Mail address or page by which the portals' operators can reach you; they are told it.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def crawl_command(
    sites: tuple[str, ...],
    data: Path,
    registry: tuple[Path, ...],
    contact: str | None,
    as_json: bool,
) -> None:
    """Crawl registered sites that are due, slowly; a crawl that was stopped is resumed."""
    with told_to_the_user(), crawl_bars() as told:
        summary = crawl(data, load(registry), sites=sites or None, contact=contact, progress=told)
    if as_json:
        click.echo(dumps(asdict(summary)))
    else:
        show_crawl(summary)
    sys.exit(1 if summary.interrupted else 0)


@main.command("ingest")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@data_option
@click.option("--from", "source_url", help="Address the documents were saved from.")
def ingest_command(paths: tuple[Path, ...], data: Path, source_url: str | None) -> None:
    """Take local documents into the archive as captures, with where they came from.

    Exit 1 when a document was refused; the others are taken all the same.
    """
    with told_to_the_user():
        summary = ingest(data, load([SITES]), paths, source_url=source_url)
    show_ingest(summary)
    sys.exit(1 if summary.refused else 0)


@main.command("demo")
@data_option
@click.option("--no-serve", is_flag=True, help="Stop before serving.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8001, show_default=True)
def demo_command(data: Path, no_serve: bool, host: str, port: int) -> None:
    """Do the main job on the bundled sample portal: crawl, build, serve.

    Run it twice: the second pass finds one report edited in silence, and nothing else new.
    """
    with told_to_the_user(), crawl_bars() as told:
        done = run_pass(data, run_build, told)
    click.echo(f"pass {done.number} in {data}")
    if done.crawled is None:
        click.echo("  crawled  before; the pass goes on where it stopped")
    else:
        show_crawl(done.crawled)
    show_ingest(done.ingested)
    show_build(done.built)
    if not no_serve:
        serve(data, host, port)


@contextmanager
def told_to_the_user() -> Iterator[None]:
    """Turn our own exceptions into one sentence and exit 1."""
    try:
        yield
    except FAILURES as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def crawl_bars() -> Iterator[Callable[[Progress], None]]:
    """Show a bar for each site on stderr while a crawl runs."""
    columns = (
        TextColumn("{task.description:<12}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[last]}"),
    )
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def told(step: Progress) -> None:
            if step.site not in tasks:
                tasks[step.site] = bars.add_task(step.site, last="")
            last = f"{step.outcome} {step.url[-48:]}"
            total = step.done + step.waiting
            bars.update(tasks[step.site], completed=step.done, total=total, last=last)

        yield told


def show_crawl(summary: CrawlSummary) -> None:
    """Print what a crawl brought."""
    new = summary.captures - summary.revisits
    click.echo(f"{'crawled':>9}  {_counts(summary.outcomes)}")
    click.echo(f"{'kept':>9}  {new} new payloads, {summary.revisits} known before")
    click.echo(f"{'leads':>9}  {summary.leads} links that may not be followed")
    if summary.interrupted:
        click.echo(f"stopped with {summary.waiting} addresses waiting; run the same command again")


def show_ingest(summary: IngestSummary) -> None:
    """Print what was handed in, and each refusal in a sentence."""
    click.echo(f"{'ingested':>9}  {summary.taken} taken, {summary.known} known before")
    for refusal in summary.refused:
        click.echo(f"  refused  {refusal}")


def _counts(by_name: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(by_name.items())) or "nothing"


for command in COMMANDS:
    main.add_command(command)
