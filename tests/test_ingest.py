"""Documents handed in: what is taken, what is known, what is refused, and where each belongs."""

import os

import pytest

from archive.catalogue import Catalogue
from archive.verify import verify
from crawler.errors import IngestError
from crawler.ingest import ingest
from crawler.registry import load
from parsers.formats import LIMIT

SITE = """
[[sites]]
id = "qinghe"
name = "清河"
hosts = ["www.qinghe.example"]
region = "990100"
level = "city"
status = "unverified"
pace = { delay = 1, max_per_day = 9 }
evidence = "invented"
"""


@pytest.fixture
def registry(tmp_path):
    (tmp_path / "sites.toml").write_text(SITE, "utf-8")
    return load([tmp_path / "sites.toml"])


@pytest.fixture
def papers(tmp_path):
    papers = tmp_path / "papers"
    (papers / "2023").mkdir(parents=True)
    (papers / ".DS_Store").write_bytes(b"x")
    (papers / "2023" / "a.html").write_text("<p>年报", "utf-8")
    (papers / "b.pdf").write_bytes(b"%PDF-1.4")
    return papers


def captures(data):
    with Catalogue(data) as catalogue:
        return [
            (each.kind, each.site, each.url, each.media_type, catalogue.payload_of(each).content)
            for each in catalogue.captures("ingest")
        ]


def problems(data):
    return [problem.sentence for problem in verify(data, lambda done, total: None)]


def test_a_folder_is_walked_and_each_file_kept_once(tmp_path, registry, papers):
    data = tmp_path / "data"
    first = ingest(data, registry, [papers])
    assert (first.taken, first.known, first.refused) == (2, 0, ())
    assert captures(data) == [
        ("ingest", None, (papers / "2023/a.html").as_uri(), "text/html", "<p>年报".encode()),
        ("ingest", None, (papers / "b.pdf").as_uri(), "application/pdf", b"%PDF-1.4"),
    ]
    again = ingest(data, registry, [papers, papers / "2023" / ".." / "b.pdf"])
    assert (again.taken, again.known) == (0, 3)
    (papers / "b.pdf").write_bytes(b"%PDF-1.4 corrected")
    assert ingest(data, registry, [papers]).taken == 1
    assert len(captures(data)) == 3
    assert problems(data) == []


@pytest.mark.parametrize(
    ("source", "site"),
    [("http://www.qinghe.example/nb/1.html#top", "qinghe"), ("http://mirror.example/1.html", None)],
)
def test_only_a_registered_host_makes_a_document_a_sites(tmp_path, registry, papers, source, site):
    data = tmp_path / "data"
    assert ingest(data, registry, [papers / "b.pdf"], source).taken == 1
    assert [(where, url) for _, where, url, *_ in captures(data)] == [(site, source.split("#")[0])]


def test_same_bytes_from_another_place_are_another_capture(tmp_path, registry, papers):
    data = tmp_path / "data"
    for source in (None, "http://www.qinghe.example/1.pdf"):
        assert ingest(data, registry, [papers / "b.pdf"], source).taken == 1
    with Catalogue(data) as catalogue:
        assert [each.revisit for each in catalogue.captures()] == [False, True]
    assert [body for *_, body in captures(data)] == [b"%PDF-1.4"] * 2


def test_what_cannot_be_taken_is_refused_and_the_rest_taken(tmp_path, registry, papers):
    (papers / "empty.html").touch()
    with (papers / "huge.pdf").open("wb") as huge:
        huge.truncate(LIMIT + 1)
    os.mkfifo(papers / "pipe")
    wanted = [papers / name for name in ("none.html", "empty.html", "huge.pdf", "pipe", "b.pdf")]
    summary = ingest(tmp_path / "data", registry, wanted)
    assert summary.taken == 1
    said = [sentence.removeprefix(f"{papers}/") for sentence in summary.refused]
    assert said == [
        "none.html: there is no such file; check the path",
        "empty.html: the file is empty; there is nothing to keep",
        "huge.pdf: 32.0 MB; a document may have 32 MB",
        "pipe: not a file; hand in the document itself",
    ]


def test_a_source_that_makes_no_sense_takes_nothing(tmp_path, registry, papers):
    with pytest.raises(IngestError, match="no web address"):
        ingest(tmp_path / "data", registry, [papers / "b.pdf"], "C:\\b.pdf")
    with pytest.raises(IngestError, match="one address for 2 files"):
        ingest(tmp_path / "data", registry, [papers], "http://www.qinghe.example/")
    assert not (tmp_path / "data").exists()
