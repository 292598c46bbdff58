"""Replay an archive in pywb and compare what it serves with what we hand out, byte for byte.

    python benchmarks/replay_in_pywb.py --data data

The archive must be readable without us (ISO 28500). pywb is the reference replay tool; being
GPL it is never imported here: it gets an environment of its own in a cache folder, a copy of
the closed WARC files, and is asked over loopback. The last line is the verdict; exit 0 when
every page is the same, 1 when one differs, 2 for wrong usage.
"""

import http.client
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from archive.catalogue import CaptureRow, Catalogue

# pywb 2.10 needs pkg_resources, which setuptools 81 removed.
PYWB = ("pywb==2.10.0", "setuptools<81")
PATIENCE = 60
"""Seconds pywb may take to start."""


@click.command()
@click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False, exists=True), required=True
)
@click.option("--cache", type=click.Path(path_type=Path), default=Path.home() / ".cache/nianbao")
@click.option("--limit", default=200, show_default=True, help="Captures to compare.")
def main(data: Path, cache: Path, limit: int) -> None:
    """Replay the archive in DATA in pywb and compare it with what we read."""
    files = sorted((data / "warc").glob("*.warc.gz"))
    if not files:
        raise click.UsageError(f"{data} has no closed WARC files; end the run first")
    programs = environment(cache / "pywb")
    with tempfile.TemporaryDirectory() as folder, Catalogue(data) as catalogue:
        collect(programs, Path(folder), files)
        with served(programs, Path(folder)) as port:
            wrong, compared = compare(catalogue, port, limit)
    if not compared:
        raise click.ClickException(f"{data} has no page to replay; crawl something first")
    revisits = sum(capture.revisit for capture in compared)
    click.echo(
        f"{'DIFFERENT' if wrong else 'identical'}: {len(compared) - wrong} of {len(compared)} "
        f"captures ({revisits} revisits) from {len(files)} files, replayed by {PYWB[0]}"
    )
    sys.exit(1 if wrong else 0)


def environment(folder: Path) -> Path:
    """Return the folder of pywb's programs, installing them the first time."""
    programs = folder / "bin"
    if not (programs / "wayback").exists():
        click.echo(f"installing {' '.join(PYWB)} in {folder}", err=True)
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([programs / "python", "-m", "pip", "install", "-q", *PYWB], check=True)
    return programs


def collect(programs: Path, folder: Path, files: list[Path]) -> None:
    """Make a collection of the files, which pywb copies and indexes."""
    for words in (["init", "archive"], ["add", "archive", *map(str, map(Path.resolve, files))]):
        subprocess.run([programs / "wb-manager", *words], cwd=folder, check=True, stdout=sys.stderr)


@contextmanager
def served(programs: Path, folder: Path) -> Iterator[int]:
    """Serve the collection on a free port of the loopback interface."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(programs / "wayback"), "--bind", "127.0.0.1", "--port", str(port)]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        wait_for(server, port, folder / "log")
        yield port
    finally:
        server.terminate()
        server.wait()


def wait_for(server: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    """Wait until pywb answers."""
    for _ in range(PATIENCE * 10):
        if server.poll() is None:
            with socket.socket() as door:
                if door.connect_ex(("127.0.0.1", port)) == 0:
                    return
        time.sleep(0.1)
    shutil.copyfileobj(log.open(), sys.stderr)
    raise click.ClickException(f"pywb did not start in {PATIENCE} s; its log is above")


def compare(catalogue: Catalogue, port: int, limit: int) -> tuple[int, list[CaptureRow]]:
    """Compare pages one by one; return how many differ, and all that were compared."""
    wrong = 0
    compared: list[CaptureRow] = []
    for capture in pages(catalogue):
        if len(compared) == limit:
            break
        ours = catalogue.payload_of(capture)
        theirs = fetch(port, capture)
        same = theirs == ours.body
        click.echo(f"{'same' if same else 'DIFFERENT'}  {capture.at}  {capture.url}")
        wrong += not same
        compared.append(capture)
    return wrong, compared


def pages(catalogue: Catalogue) -> Iterator[CaptureRow]:
    """Yield successful web captures; pywb addresses by URL and second, so one for each."""
    seen = set()
    for capture in catalogue.captures(outcome=None):
        address = (capture.url, capture.at)
        if capture.url.startswith("http") and capture.status == 200 and address not in seen:
            seen.add(address)
            yield capture


def fetch(port: int, capture: CaptureRow) -> bytes:
    """Return the body pywb serves for a capture in ``id_`` mode: unrewritten."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        address = f"/archive/{capture.at:%Y%m%d%H%M%S}id_/{capture.url}"
        # pywb undoes a coding that is not accepted; what is compared is the body as sent.
        connection.request("GET", address, headers={"Accept-Encoding": "gzip, deflate, br, zstd"})
        return connection.getresponse().read()
    finally:
        connection.close()


if __name__ == "__main__":
    main()
