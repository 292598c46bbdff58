"""The commands that need no network: read, build, verify, serve."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress

from archive.errors import ArchiveError
from archive.publish import BuildSummary, build
from archive.rules import check
from archive.rules.model import Flag, Record
from archive.serve import serve
from archive.show import show
from archive.verify import verify
from parsers import read
from parsers.contract import dumps, facts
from parsers.formats import LIMIT
from parsers.sheet import Reading

data_option = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="NIANBAO_DATA",
    default=Path("data"),
    show_default=True,
    help="The data directory.",
)


@click.command("read")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One line of JSON for each file.")
def read_command(files: tuple[Path, ...], as_json: bool) -> None:
    """Read documents into the form and show them as the page shows them.

    Every file is answered. Exit 1 when one could not be read, 2 when one could not be opened.
    """
    console = Console()
    status = 0
    for file in files:
        name = click.format_filename(file)  # names need not be text
        try:
            reading = read_file(file)
        except click.UsageError as error:
            click.echo(f"Error: {error.message}", err=True)
            status = 2
            continue
        flags = () if reading.refused else check(Record(reading))
        if reading.refused:
            status = max(status, 1)
        if as_json:
            entry = {"file": name, **facts(reading), "flags": [flag_facts(f) for f in flags]}
            click.echo(dumps(entry))
        else:
            show(console, name, reading, flags)
    sys.exit(status)


def read_file(file: Path) -> Reading:
    """Return the reading of a local file; a file that is not there is a wrong use of the command.

    Raises:
        click.UsageError: ``file`` does not exist, is a directory or may not be read.
    """
    try:
        if file.stat().st_size > LIMIT:
            return Reading(refused="too_large", refused_detail=f"{file.stat().st_size >> 20} MB")
        return read(file.read_bytes())
    except OSError as error:
        reason = error.strerror or str(error)
        name = click.format_filename(file)
        raise click.UsageError(f"cannot open {name}: {reason}; name an existing file") from error


def flag_facts(flag: Flag) -> dict[str, Any]:
    """Return one flag in the contract of ``read --json``."""
    finding = flag.finding
    return {
        "rule": flag.rule,
        "severity": flag.severity,
        "verdict": finding.verdict,
        "message": finding.message,
        "message_zh": finding.message_zh,
        "expected": finding.expected,
        "found": finding.found,
        "difference": finding.difference,
        "suspect": finding.suspect,
        "cells": [asdict(cell) for cell in finding.cells],
    }


@click.command("build")
@data_option
@click.option("--rebuild", is_flag=True, help="Read every document again, from the archive alone.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def build_command(data: Path, rebuild: bool, as_json: bool) -> None:
    """Read, record, check and publish whatever is new in the archive."""
    summary = run_build(data, rebuild=rebuild)
    if as_json:
        click.echo(dumps(asdict(summary)))
    else:
        show_build(summary)


def run_build(data: Path, *, rebuild: bool = False) -> BuildSummary:
    """Build with a progress bar on stderr; raise ClickException when there is no archive."""
    with progress_bar("读取文档") as told:
        try:
            return build(data, rebuild=rebuild, progress=told)
        except ArchiveError as error:
            raise click.ClickException(str(error)) from error


@contextmanager
def progress_bar(title: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar on stderr, if that is a terminal, while the block runs; tell it (done, of)."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(title, total=None)

        def told(done: int, of: int) -> None:
            bar.update(task, completed=done, total=of)

        yield told


def show_build(summary: BuildSummary) -> None:
    """Print what a build did, a line a fact."""
    for name, fact in (
        ("read", f"{summary.read} documents"),
        ("reports", f"{summary.reports} in {summary.versions} versions"),
        ("flagged", _counts(summary.flags)),
        ("unread", _counts(summary.unread)),
        ("changes", f"{summary.changes}"),
        ("coverage", _counts(summary.coverage)),
        ("content", summary.content_hash),
    ):
        click.echo(f"{name:>9}  {fact}")


def _counts(by_name: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(by_name.items())) or "none"


@click.command("verify")
@data_option
def verify_command(data: Path) -> None:
    """Re-read every kept byte: digests, offsets, catalogue, keys. Exit 1 names each bad record."""
    problems = 0
    with progress_bar("核对字节") as told:
        try:
            for problem in verify(data, told):
                problems += 1
                where = f"{problem.file}:{problem.offset} {problem.record or ''}"
                click.echo(f"{problem.what} {where}\n    {problem.sentence}")
        except ArchiveError as error:
            raise click.ClickException(str(error)) from error
    click.echo(f"{problems} problems" if problems else "every byte is as it was kept")
    sys.exit(1 if problems else 0)


@click.command("serve")
@data_option
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8001, show_default=True)
def serve_command(data: Path, host: str, port: int) -> None:
    """Serve the published archive with Datasette."""
    serve(data, host, port)


COMMANDS = (read_command, build_command, verify_command, serve_command)
