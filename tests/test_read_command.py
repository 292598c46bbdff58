"""What ``read``, ``build`` and ``verify`` answer: every file, agreed keys, an exit code."""

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner
from documents import HOME, Visit, ask, paper, run

from archive.cli import build_command, read_command, verify_command
from parsers.formats import LIMIT

KEYS = ["file", "title", "publisher", "year", "form", "tables", "cells", "refused", "flags"]
FLAG_KEYS = {"rule", "severity", "verdict", "message", "message_zh", "expected", "found"} | {
    *("difference", "suspect", "cells")
}
CELL_KEYS = {"table", "row", "column", "value", "printed", "state", "where"}
WRONG = {
    "applications/granted/natural_person": "3",
    "proactive/fees/amount": "250.27",
    "remedies/suit_after/other": "/",
}


def call(command, *arguments):
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def unwrapped(result):
    """Return what was drawn for people as one line, without frames and line ends."""
    return "".join(part for part in result.stdout.replace("│", " ").split())


def answers(result):
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def report(tmp_path):
    path = tmp_path / "report.html"
    path.write_bytes(paper(cells=WRONG).body)
    return path


# ------------------------------------------------------------------ one report, as JSON


def test_a_report_is_one_line_of_json_with_the_agreed_keys(report):
    result = call(read_command, "--json", report)
    (answer,) = answers(result)
    assert result.exit_code == 0
    assert sorted(answer) == sorted(KEYS)
    assert answer["file"] == str(report)
    assert (answer["publisher"], answer["year"], answer["form"]) == ("清河市水务局", 2023, "2021")
    assert answer["tables"] == dict.fromkeys(["proactive", "applications", "remedies"], "read")
    assert answer["refused"] is None


def test_a_cell_says_what_was_printed_what_it_means_and_where(report):
    (answer,) = answers(call(read_command, "--json", report))
    cells = {(c["table"], c["row"], c["column"]): c for c in answer["cells"]}
    assert len(cells) == len(answer["cells"]) == 200
    assert all(cell.keys() == CELL_KEYS for cell in cells.values())
    dash = cells["remedies", "suit_after", "other"]
    assert (dash["value"], dash["printed"], dash["state"]) == (None, "/", "dash")
    fees = cells["proactive", "fees", "amount"]
    assert (fees["value"], fees["printed"], fees["state"]) == (250.27, "250.27", "number")
    assert all(cell["where"] for cell in cells.values())


def test_a_flag_has_the_agreed_keys_and_whole_numbers_stay_whole(report):
    result = call(read_command, "--json", report)
    (answer,) = answers(result)
    assert answer["flags"]
    assert all(flag.keys() == FLAG_KEYS for flag in answer["flags"])
    flag = next(flag for flag in answer["flags"] if flag["rule"] == "applicant_sum")
    assert (flag["severity"], flag["verdict"], flag["suspect"]) == ("error", "fails", "source")
    assert (flag["expected"], flag["found"], flag["difference"]) == (3, 0, -3)
    assert '"expected": 3, "found": 0, "difference": -3' in result.stdout
    assert {cell["row"] for cell in flag["cells"]} == {"granted"}
    assert all(cell.keys() == {"table", "row", "column"} for cell in flag["cells"])
    told = next(flag for flag in answer["flags"] if flag["rule"] == "remedy_sum")
    assert (told["verdict"], told["severity"], told["expected"]) == ("cannot_tell", "notice", None)


def test_the_pictured_and_the_missing_table_are_told_apart(tmp_path):
    path = tmp_path / "report.html"
    path.write_bytes(paper(pictures=("remedies",), tables=("proactive",)).body)
    (answer,) = answers(call(read_command, "--json", path))
    assert answer["tables"] == {"proactive": "read", "applications": "missing", "remedies": "image"}


# ------------------------------------------------------------------ what cannot be read

BYTES = {
    "empty": (b"", "empty"),
    "blank": (b" \r\n\t ", "empty"),
    "half_a_pdf_named_html": (b"%PDF-1.7\n%\xe2\xe3", "damaged"),
    "half_a_word_file_named_html": (b"PK\x03\x04" + bytes(60), "damaged"),
    "an_old_word_file_named_html": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "office_ole"),
    "a_picture_named_html": (b"\x89PNG\r\n\x1a\n" + bytes(60), "picture"),
    "noise_named_html": (b"\x7fELF\x02\x01" + bytes(500), "binary"),
}


@pytest.mark.parametrize("name", BYTES)
def test_what_cannot_be_read_is_refused_with_a_word_and_a_sentence(tmp_path, name):
    body, reason = BYTES[name]
    path = tmp_path / f"{name}.html"
    path.write_bytes(body)
    result = call(read_command, "--json", path)
    (answer,) = answers(result)
    assert (result.exit_code, answer["refused"]) == (1, reason)
    assert sorted(answer) == sorted(KEYS)
    assert (answer["cells"], answer["flags"], answer["form"]) == ([], [], None)
    shown = call(read_command, path)
    assert shown.exit_code == 1
    assert f"{name}.html" in unwrapped(shown)
    assert not isinstance(shown.exception, Exception)


def test_a_file_of_sixty_megabytes_is_refused_unread(tmp_path):
    path = tmp_path / "large.html"
    with path.open("wb") as large:
        large.truncate(60 << 20)  # a hole: nothing is written, nothing need be read
    assert path.stat().st_size > LIMIT
    result = call(read_command, "--json", path)
    assert (result.exit_code, answers(result)[0]["refused"]) == (1, "too_large")
    assert "60 MB" in call(read_command, path).stdout


def absent(folder):
    return folder / "absent.html"


def directory(folder):
    return folder


def locked(folder):
    path = folder / "locked.html"
    path.write_bytes(b"x")
    path.chmod(0)
    return path


@pytest.mark.parametrize("make", [absent, directory, locked])
def test_what_cannot_be_opened_is_a_wrong_use_told_in_one_sentence(tmp_path, make):
    path = make(tmp_path)
    if os.access(path, os.R_OK) and path.is_file():
        pytest.skip("this user may read every file: nothing is locked to it")
    for options in ([], ["--json"]):
        result = call(read_command, *options, path)
        assert (result.exit_code, result.stdout) == (2, "")
        (sentence,) = result.stderr.splitlines()
        assert sentence.startswith(f"Error: cannot open {path}: ")
        assert sentence.endswith("name an existing file")


def test_one_bad_file_does_not_silence_the_others(report, tmp_path):
    empty = tmp_path / "empty.html"
    empty.write_bytes(b"")
    result = call(read_command, "--json", empty, absent(tmp_path), report, tmp_path, report)
    assert [answer["file"] for answer in answers(result)] == [str(empty), str(report), str(report)]
    assert [answer["refused"] for answer in answers(result)] == ["empty", None, None]
    assert len(result.stderr.splitlines()) == 2
    assert result.exit_code == 2
    assert call(read_command, "--json", report, empty).exit_code == 1


def test_without_a_file_it_is_told_to_name_one():
    result = call(read_command)
    assert result.exit_code == 2
    assert "FILES" in result.stderr


def test_a_name_that_is_no_text_and_looks_like_markup_is_still_answered(report):
    folder = report.parent / "x["
    folder.mkdir()
    strange = os.fsencode(folder) + b"/b]\xc4.html"
    Path(os.fsdecode(strange)).write_bytes(report.read_bytes())
    result = call(read_command, "--json", os.fsdecode(strange))
    assert result.exit_code == 0
    assert answers(result)[0]["file"].endswith("x[/b]\ufffd.html")
    shown = call(read_command, os.fsdecode(strange))
    assert shown.exit_code == 0
    assert "x[/b]" in unwrapped(shown)


# ------------------------------------------------------------------ build and verify


def test_build_says_what_it_published(tmp_path):
    run(tmp_path, Visit(f"{HOME}2023", paper(cells=WRONG).body))
    result = call(build_command, "--data", tmp_path, "--json")
    assert result.exit_code == 0
    said = json.loads(result.stdout)
    assert (said["read"], said["reports"], said["versions"]) == (1, 1, 1)
    assert said["content_hash"].startswith("sha256:")
    again = call(build_command, "--data", tmp_path)
    assert again.exit_code == 0
    assert f"content  {said['content_hash']}" in again.stdout
    assert "reports  1 in 1 versions" in again.stdout
    assert json.loads(call(build_command, "--data", tmp_path, "--json", "--rebuild").stdout) == said
    assert ask(tmp_path, "SELECT id FROM reports") == ["990100-water-2023"]


@pytest.mark.parametrize("command", [build_command, verify_command])
def test_without_an_archive_it_is_told_what_to_do(tmp_path, command):
    result = call(command, "--data", tmp_path / "nowhere")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "nowhere").exists()


def test_verify_names_what_is_damaged(tmp_path):
    run(tmp_path, Visit(f"{HOME}2023", paper().body))
    whole = call(verify_command, "--data", tmp_path)
    assert (whole.exit_code, whole.stdout) == (0, "every byte is as it was kept\n")
    (file,) = (tmp_path / "warc").glob("*.warc.gz")
    file.write_bytes(file.read_bytes()[:-1])
    damaged = call(verify_command, "--data", tmp_path)
    assert damaged.exit_code == 1
    assert f"Capture 1 of {HOME}2023" in damaged.stdout
    assert damaged.stdout.splitlines()[-1].endswith("problems")
