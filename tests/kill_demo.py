"""Kill the demo at random moments, resume it each time, and compare with one left alone.

Run by hand for as many kills as you like; the suite runs a few:

    .venv/bin/python tests/kill_demo.py --kills 20 --seed 1
"""

from __future__ import annotations

import argparse
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path

NIANBAO = Path(sys.executable).with_name("nianbao")


@dataclass(frozen=True)
class Content:
    """What an archive holds once a pass is done, times and numbers left out."""

    payloads: frozenset[tuple[str, str, str]]
    outcomes: frozenset[tuple[str, str]]
    published: str


def demo(data: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [NIANBAO, "demo", "--data", data, "--no-serve"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def run_to_end(data: Path) -> float:
    """Run the demo without disturbing it; return the seconds it took."""
    started = time.monotonic()
    process = demo(data)
    output, _ = process.communicate()
    if process.returncode != 0:
        raise RuntimeError(output.decode())
    return time.monotonic() - started


def kill_after(data: Path, seconds: float) -> bool:
    """Start the demo, kill it -9 after ``seconds``; say whether it was still running then."""
    process = demo(data)
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.communicate()
        return True
    return False


def pass_is_done(data: Path) -> bool:
    """Say whether the first pass has been published: what follows would be the second."""
    if not (data / "archive.db").exists():
        return False
    with closing(sqlite3.connect(data / "archive.db")) as db:
        try:
            return bool(db.execute("SELECT count(*) FROM builds").fetchone()[0])
        except sqlite3.OperationalError:  # killed before the tables were made
            return False


def content(data: Path) -> Content:
    """Return what the archive and the published database say."""
    with closing(sqlite3.connect(data / "archive.db")) as db:
        payloads = db.execute("SELECT DISTINCT url, kind, digest FROM captures")
        # The last word on each address: the portal dies with a killed demo, and the crawler may
        # have time to write down that a connection was lost before it ends, too.
        outcomes = db.execute("SELECT url, outcome, max(id) FROM fetches GROUP BY url")
        kept = frozenset(payloads.fetchall()), frozenset(row[:2] for row in outcomes)
    with closing(sqlite3.connect(data / "public" / "nianbao.db")) as db:
        sql = "SELECT value FROM facts WHERE name = 'content_hash'"
        return Content(*kept, db.execute(sql).fetchone()[0])


def passes_with_kills(
    folder: Path, kills: int, longest: float, rng: random.Random
) -> Iterator[tuple[Path, int]]:
    """Yield (data directory, kills it took) of finished passes until ``kills`` have landed."""
    landed = 0
    for number in count(1):
        data, here = folder / f"killed-{number}", 0
        while not pass_is_done(data) and landed < kills:
            seconds = rng.uniform(0.05, longest)
            if kill_after(data, seconds):
                landed, here = landed + 1, here + 1
            else:
                longest = seconds  # it was done before that: later kills would miss, too
        if not pass_is_done(data):
            run_to_end(data)
        yield data, here
        if landed >= kills:
            return


def compare(folder: Path, kills: int, seed: int) -> Iterator[str]:
    """Yield a line for each finished pass; raise AssertionError when one differs."""
    seconds = run_to_end(folder / "alone")
    expected = content(folder / "alone")
    yield f"left alone: {seconds:.1f} s, {len(expected.payloads)} payloads, {expected.published}"
    for data, here in passes_with_kills(folder, kills, seconds, random.Random(seed)):
        found = content(data)
        assert found.payloads == expected.payloads, found.payloads ^ expected.payloads
        assert found.outcomes == expected.outcomes, found.outcomes ^ expected.outcomes
        assert found.published == expected.published
        subprocess.run([NIANBAO, "verify", "--data", data], check=True, capture_output=True)
        yield f"killed {here} times and resumed: the same payloads, outcomes and content hash"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for line in compare(Path(folder), chosen.kills, chosen.seed):
            print(line, flush=True)


if __name__ == "__main__":
    main()
