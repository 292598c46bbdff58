"""Serve the published archive with Datasette: read-only, hardened, on one address.

It serves ``public/nianbao.db`` and the captures beside it and nothing else. It builds nothing: a
database published while it runs is served after the next start.
"""

from __future__ import annotations

import contextlib
import socket
import sqlite3
import webbrowser
from importlib.resources import files
from pathlib import Path

import click
import datasette.handle_exception
import uvicorn
from datasette.app import Datasette
from datasette.plugins import pm

from archive.metadata import metadata
from archive.publish import PUBLIC
from archive.schema import tables
from archive.search import INDEXES

SETTINGS: dict[str, int | str] = {
    # Datasette would try every column as a facet on every page: twenty times slower.
    "suggest_facets": False,
    "facet_time_limit_ms": 200,
    "sql_time_limit_ms": 1500,
    "max_returned_rows": 500,
    "default_page_size": 50,
    "truncate_cells_html": 160,
    "max_csv_mb": 20,
    # The database is offered as a file by `nianbao export`, not through this process.
    "allow_download": False,
    # Short, for a rebuilt archive must not hide behind an old page; a cache in front takes longer.
    "default_cache_ttl": 60,
}


def datasette_for(data: Path) -> Datasette:
    """Return Datasette over the published database of ``data``, as ``serve`` runs it.

    Raises:
        click.ClickException: nothing is published there, or by an older version.
    """
    database = data / PUBLIC
    if not database.is_file():
        raise click.ClickException(f"nothing is published in {data}: run `nianbao build` first")
    _check(database)
    # It would print every local variable to the log for each wrong address; ours answers instead.
    if pm.is_registered(datasette.handle_exception):
        pm.unregister(datasette.handle_exception)
    site = Path(str(files("archive.site")))
    return Datasette(
        immutables=[str(database)],
        metadata=metadata(),
        settings=SETTINGS,
        plugins_dir=str(site / "plugins"),
        template_dir=str(site / "templates"),
        static_mounts=[("static", str(site / "static"))],
    )


def _check(database: Path) -> None:
    """Raise where ``database`` lacks a table this version serves."""
    wanted = {spec.id for spec in tables()} | {index.id for index in INDEXES}
    with contextlib.closing(
        sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)
    ) as db:
        try:
            has = {name for (name,) in db.execute("SELECT name FROM sqlite_master")}
        except sqlite3.DatabaseError as error:
            raise click.ClickException(
                f"{database} is not a database ({error}): run `nianbao build --rebuild`"
            ) from error
    if lacking := sorted(wanted - has):
        raise click.ClickException(
            f"{database} has no table {', '.join(lacking)}: run `nianbao build --rebuild`"
        )


def serve(
    data: Path, host: str = "127.0.0.1", port: int = 8001, open_browser: bool = False
) -> None:
    """Serve the published archive of ``data`` until interrupted; port 0 takes any free one.

    Raises:
        click.ClickException: nothing is published, or the address cannot be had.
    """
    app = datasette_for(data).app()
    listening = _listen(host, port)
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{listening.getsockname()[1]}/"
    click.echo(f"Serving {data / PUBLIC} at {address} (Ctrl-C stops)")
    if open_browser:
        webbrowser.open(address)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="on"))
    with listening, contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listening])


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except (OSError, OverflowError) as error:
        raise click.ClickException(
            f"cannot listen on {host} port {port} ({error}): choose another with --port"
        ) from error
