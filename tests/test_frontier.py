"""The frontier and whose turn it is: real tables, no network."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.catalogue import Catalogue
from archive.store import Exchange, Store
from crawler.entries import Pace, Site
from crawler.frontier import Frontier, Row, Settled
from crawler.lead import Lead
from crawler.ledger import Ended, Ledger
from crawler.listings import Listings
from crawler.manners import Manners
from crawler.outcomes import OUTCOMES, TRIES
from crawler.registry import Registry
from crawler.turns import PATIENCE, Turns
from crawler.verdict import Answer, Verdict
from crawler.visit import examine

NOW = datetime(2024, 1, 20, 4, 0, tzinfo=UTC)
HOST = "http://www.qinghe.example"
ROBOTS = f"{HOST}/robots.txt"


def site(name="qinghe", **changes):
    told = {
        "id": name,
        "name": name,
        "hosts": (f"www.{name}.example",),
        "region": "990100",
        "level": "city",
        "status": "active",
        "pace": Pace(5.0, 100),
        "evidence": "invented",
        "columns": (),
        "exception": "",
    }
    return Site(**told | changes)


def row(path, kind="article", title="", name="qinghe"):
    return Row(f"{HOST}/{path}", name, f"{name}/annual", kind, title, "registry")


@pytest.fixture
def ledger(tmp_path):
    with Catalogue(tmp_path) as catalogue, Store(tmp_path / "warc", "test", known) as store:
        run = catalogue.start_run("crawl", "test")
        yield Ledger(
            catalogue, store, Frontier(catalogue), Manners(catalogue), Listings(catalogue), run
        )


def known(digest):
    return None


def walked(frontier, run=1, now=NOW):
    """Take and finish everything that is due, in the order of turns."""
    order = []
    while (taken := frontier.take("qinghe", now)) is not None:
        order.append(taken.url.removeprefix(f"{HOST}/"))
        later = Settled("done", 0, now + timedelta(days=7), "ok", None, now)
        frontier.settle(taken.url, later, run)
    return order


def test_rules_come_before_lists_and_lists_before_what_they_list(ledger):
    frontier = ledger.frontier
    kinds = {"a.pdf": "attachment", "b.html": "article", "nb/": "list", "a.html": "article"}
    for path, kind in kinds.items():
        frontier.add(row(path, kind), NOW)
    frontier.want_robots(ROBOTS, "qinghe", 1, NOW)
    assert walked(frontier) == ["robots.txt", "nb/", "b.html", "a.html", "a.pdf"]


def test_an_address_is_queued_once_and_again_when_its_column_renames_it(ledger):
    frontier = ledger.frontier
    assert frontier.add(row("a.html", title="2023年报"), NOW)
    assert not frontier.add(row("a.html", title="2023年报（更正）"), NOW)  # it waits anyway
    assert walked(frontier) == ["a.html"]
    assert not frontier.add(row("a.html", title="2023年报"), NOW)
    assert not frontier.add(row("a.html", title=""), NOW)
    assert frontier.add(row("a.html", title="2023年报（更正）"), NOW)
    assert walked(frontier) == ["a.html"]


def test_a_later_run_takes_what_is_due_and_resuming_takes_nothing_twice(ledger):
    frontier, seeds = ledger.frontier, [row("nb/", "list")]
    frontier.begin(1, seeds, ["qinghe"], NOW, force=False)
    assert walked(frontier, run=1) == ["nb/"]
    frontier.begin(1, seeds, ["qinghe"], NOW + timedelta(days=30), force=True)
    assert walked(frontier, run=1) == []
    frontier.begin(2, seeds, ["qinghe"], NOW + timedelta(days=6), force=False)
    assert walked(frontier, run=2) == []
    frontier.begin(2, seeds, ["other"], NOW, force=True)
    assert walked(frontier, run=2) == []
    frontier.begin(2, seeds, ["qinghe"], NOW, force=True)
    assert walked(frontier, run=2) == ["nb/"]
    frontier.begin(3, seeds, ["qinghe"], NOW + timedelta(days=7), force=False)
    assert walked(frontier, run=3, now=NOW + timedelta(days=7)) == ["nb/"]


def test_a_waiting_row_is_not_early_by_a_fraction_of_a_second(ledger):
    frontier = ledger.frontier
    frontier.add(row("a.html"), NOW)
    later = Settled("waiting", 1, NOW + timedelta(seconds=2.3), "timeout", None, None)
    frontier.settle(f"{HOST}/a.html", later, 1)
    assert frontier.take("qinghe", NOW + timedelta(seconds=2.2)) is None
    assert frontier.soonest("qinghe") == NOW + timedelta(seconds=3)
    assert frontier.take("qinghe", NOW + timedelta(seconds=3)).tries == 1
    assert frontier.counts("qinghe", 1) == (0, 1)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_whatever_happens_every_row_ends_within_its_tries(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("law")
    names = st.sampled_from([name for name, told in OUTCOMES.items() if told.then != "note"])
    rows = [row(f"{place}.html") for place in range(4)]
    with Catalogue(folder) as catalogue, Store(folder / "warc", "test", known) as store:
        run = catalogue.start_run("crawl", "law")
        frontier = Frontier(catalogue)
        ledger = Ledger(catalogue, store, frontier, Manners(catalogue), Listings(catalogue), run)
        frontier.begin(run, rows, ["qinghe"], NOW, force=False)
        now, asked = NOW, 0
        while (due := frontier.soonest("qinghe")) is not None:
            now = max(now, due)
            ledger.unanswered(Ended(frontier.take("qinghe", now), data.draw(names), "", now, 5.0))
            asked += 1
            assert asked <= TRIES * len(rows)
        assert frontier.counts("qinghe", run) == (len(rows), 0)
        ended = catalogue.db.execute("SELECT count(*) FROM fetches").fetchone()
        assert ended == (asked,)


def turns_of(ledger, here):
    return Turns(Registry((here,), ()), ledger)


def fetches(ledger):
    return ledger.catalogue.db.execute("SELECT url, outcome, detail FROM fetches").fetchall()


def allow(turns, ledger):
    """Play the part of a robots.txt without rules."""
    asked = turns.next(site(), NOW)
    assert (asked.row, asked.wait) == (None, 0.0)
    asked = turns.next(site(), NOW)
    assert asked.row.url == ROBOTS
    ledger.unanswered(Ended(asked.row, "not_found", "", NOW, 0.0))
    turns.learn(asked.row, Verdict("not_found"), 404, None)


def test_robots_txt_is_asked_before_anything_else_and_once(ledger):
    turns = turns_of(ledger, site())
    ledger.frontier.add(row("a.html"), NOW)
    allow(turns, ledger)
    turn = turns.next(site(), NOW + timedelta(seconds=1))
    assert (turn.row.url, turn.delay) == (f"{HOST}/a.html", 5.0)


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [(404, b"", "ok"), (200, b"User-agent: *\nDisallow: /\n", "robots_disallow"), (500, b"", None)],
)
def test_what_was_learnt_is_learnt_again_after_a_kill(ledger, status, body, outcome):
    turns = turns_of(ledger, site())
    ledger.frontier.add(row("a.html"), NOW)
    turns.next(site(), NOW)
    robots = turns.next(site(), NOW).row
    came = Exchange(robots.url, NOW, "GET", (), status, "", (), body, None, {})
    visit = examine(robots, Answer(robots.url, "robots", status, (), body), Registry((), ()))
    ledger.answered(visit, came, 0.0)
    resumed = turns_of(ledger, site())
    resumed.recall()
    turn = resumed.next(site(), NOW)
    if outcome == "ok":
        assert turn.row.url == f"{HOST}/a.html"
    elif outcome is None:
        assert turn.row.url == ROBOTS  # not settled: it is tried again
    else:
        assert fetches(ledger)[-1][1] == outcome


def test_a_pages_turn_waits_for_robots_txt_to_be_tried_again(ledger):
    turns = turns_of(ledger, site())
    ledger.frontier.add(row("a.html"), NOW)
    turns.next(site(), NOW)
    asked = turns.next(site(), NOW).row
    ledger.unanswered(Ended(asked, "timeout", "", NOW, 5.0))
    assert turns.next(site(), NOW).wait == 60.0
    assert turns.next(site(), NOW + timedelta(seconds=60)).row.url == ROBOTS


def test_the_pace_holds_between_any_two_requests(ledger):
    turns = turns_of(ledger, site())
    for path in ("a.html", "b.html"):
        ledger.frontier.add(row(path), NOW)
    allow(turns, ledger)
    ledger.unanswered(Ended(turns.next(site(), NOW).row, "gone", "", NOW, 5.0))
    turn = turns.next(site(), NOW + timedelta(seconds=1))
    assert turn.row is None
    assert 4.0 <= turn.wait <= 6.5


def test_a_host_that_left_the_registry_is_not_asked(ledger):
    ledger.frontier.add(row("a.html"), NOW)
    turns = turns_of(ledger, site(hosts=("new.qinghe.example",)))
    assert turns.next(site(), NOW).row is None
    assert turns.next(site(), NOW) is None
    assert fetches(ledger) == [(f"{HOST}/a.html", "unregistered", "")]


@pytest.mark.parametrize(
    ("outcome", "pace", "note"),
    [("waf_challenge:jsl", Pace(5.0, 100), "host_resting"), ("gone", Pace(5.0, 2), "daily_cap")],
)
def test_a_long_rest_ends_the_walk_and_is_said_once(ledger, outcome, pace, note):
    here = site(pace=pace)
    turns = turns_of(ledger, here)
    for path in ("a.html", "b.html", "c.html"):
        ledger.frontier.add(row(path), NOW)
    allow(turns, ledger)
    ledger.unanswered(Ended(turns.next(here, NOW).row, outcome, "", NOW, 5.0))
    assert turns.next(here, NOW) is None
    assert turns.next(here, NOW) is None
    said = [each for each in fetches(ledger) if each[1] == note]
    assert len(said) == 1
    assert said[0][2].endswith("2 addresses wait")
    assert ledger.frontier.counts("qinghe", ledger.run) == (2, 2)


def test_what_is_due_too_late_is_left_to_the_next_crawl(ledger):
    ledger.frontier.add(row("a.html"), NOW)
    later = NOW + timedelta(seconds=PATIENCE + 1)
    waiting = Settled("waiting", 1, later, "throttled", None, None)
    ledger.frontier.settle(f"{HOST}/a.html", waiting, ledger.run)
    assert turns_of(ledger, site()).next(site(), NOW) is None
    assert turns_of(ledger, site()).next(site(), NOW + timedelta(seconds=1)).wait == PATIENCE


def test_another_site_s_robots_txt_is_not_ours_to_ask(ledger):
    turns = Turns(Registry((site(), site("yunling")), ()), ledger)
    ledger.frontier.add(row("a.html"), NOW)
    turns.next(site(), NOW)
    asked = turns.next(site(), NOW).row
    ledger.unanswered(Ended(asked, "redirect", "", NOW, 0.0))
    elsewhere = "http://www.yunling.example/robots.txt"
    turns.learn(asked, Verdict("redirect", target=elsewhere), 301, None)
    assert turns.next(site(), NOW).row is None
    assert fetches(ledger)[-1][:2] == (f"{HOST}/a.html", "robots_unavailable")


def test_robots_txt_that_redirects_to_a_page_has_no_rules(ledger):
    turns = turns_of(ledger, site())
    for path in ("", "a.html"):
        ledger.frontier.add(row(path), NOW)
    turns.next(site(), NOW)
    asked = turns.next(site(), NOW).row
    ledger.unanswered(Ended(asked, "redirect", "", NOW, 0.0))
    turns.learn(asked, Verdict("redirect", target=f"{HOST}/"), 302, None)
    assert turns.next(site(), NOW).row is None
    assert turns.next(site(), NOW).row.url == f"{HOST}/"


def test_a_page_that_repeats_others_is_known_by_its_rows(ledger):
    def lead(path):
        return Lead(f"{HOST}/{path}", path, f"{HOST}/nb/", None)

    listings = ledger.listings
    assert listings.keep(1, row("nb/"), (lead("a"), lead("b"))) == 2
    assert listings.keep(1, row("nb/2"), (lead("b"), lead("c"))) == 1
    assert listings.keep(1, row("nb/3"), (lead("c"), lead("b"))) == 0
    assert listings.keep(1, row("nb/2"), (lead("b"), lead("c"))) == 0
    assert listings.pages(1, "qinghe/annual") == 3
