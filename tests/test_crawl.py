"""A real crawl over loopback: what each answer becomes, what is never asked, what a kill leaves."""

import fcntl
import gzip
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from datetime import datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hosts import Says, serving
from warcio.archiveiterator import ArchiveIterator

from archive.catalogue import Catalogue
from archive.verify import verify
from crawler.crawl import chosen_sites, crawl
from crawler.errors import ContactError, CrawlBusy, CrawlFailed, GatewayError, SiteError
from crawler.registry import Column, Pace, Registry, Site, load
from crawler.settings import introduce

DELAY = 0.02
A, B, C, D = (f"www.{name}.example" for name in ("alpha", "beta", "gamma", "delta"))

SITES = "".join(
    f"""
[[sites]]
id = "{name}"
name = "{name}"
hosts = ["www.{name}.example"]
region = "990100"
level = "city"
status = "{status}"
pace = {{ delay = {DELAY}, max_per_day = 2000 }}
evidence = "invented"

[[sites.columns]]
id = "annual"
family = "{family}"
url = "http://www.{name}.example/nb/"
"""
    for name, family, status in (
        ("alpha", "reference_list", "active"),
        ("beta", "trs", "active"),
        ("gamma", "trs", "active"),
        ("delta", "trs", "active"),
        ("epsilon", "trs", "refused"),
    )
)

REPORT = "<html><head><title>年报</title></head><body><p>一、总体情况</p>%s</body></html>"
TITLE = "某局%d年政府信息公开工作年度报告"


def listing(rows, onward=""):
    lines = (f'<li><a href="{href}">{title}</a><b>2024-01-20</b></li>' for href, title in rows)
    return f'<div class="zfxxgk_zdgkc"><ul>{"".join(lines)}</ul></div>{onward}'.encode()


ROWS = [
    "/a/ok.html",
    "/a/gbk.html",
    "/a/404.html",
    "/a/soft.html",
    "/neibu/fenced.html",
    "/a/moved.html",
    "/a/offsite.html",
    "/a/gzip.html",
    "/a/cutgzip.html",
    "/a/short.html",
    "/a/large.pdf",
    "/a/endless.html",
    "/a/silent.html",
    "http://www.mirror.example/b.html",
]
BODY = REPORT % (
    '<div class="TRS_Editor"><img src="./t1.png"><img src="//img.cdn.example/t2.png"></div>'
    '<a href="./fj.pdf">附件</a>'
)
PAGES = {
    (A, "/robots.txt"): Says(body=b"User-agent: *\nDisallow: /neibu/\n"),
    (A, "/nb/"): Says(
        body=listing(
            [(href, TITLE % (2000 + place)) for place, href in enumerate(ROWS)]
            + [("/a/juesuan.html", "某局2022年度部门决算公开")],
            '<a href="index_2.html">下一页</a>',
        )
    ),
    # Whatever number is asked for, the same page comes, and names a next one.
    (A, "/nb/index_2.html"): Says(
        body=listing([("/a/old.html", TITLE % 1999)], '<a href="index_3.html">下一页</a>')
    ),
    (A, "/nb/index_3.html"): Says(
        body=listing([("/a/old.html", TITLE % 1999)], '<a href="index_4.html">下一页</a>')
    ),
    (A, "/a/ok.html"): Says(body=BODY.encode(), headers={"Content-Type": "text/html"}),
    (A, "/a/gbk.html"): Says(
        body=(REPORT % "威海市").encode("gbk"), headers={"Content-Type": "text/html; charset=utf-8"}
    ),
    (A, "/a/soft.html"): Says(body="<html><p>您访问的页面不存在</p>".encode()),
    (A, "/a/moved.html"): Says(301, headers={"Location": "/a/target.html"}),
    (A, "/a/target.html"): Says(body=(REPORT % "moved").encode()),
    (A, "/a/offsite.html"): Says(302, headers={"Location": "http://www.mirror.example/c.html"}),
    (A, "/a/gzip.html"): Says(
        body=gzip.compress((REPORT % "gzip").encode(), mtime=0),
        headers={"Content-Encoding": "gzip"},
    ),
    (A, "/a/cutgzip.html"): Says(
        body=gzip.compress((REPORT % "cut").encode(), mtime=0)[:-8],
        headers={"Content-Encoding": "gzip"},
    ),
    (A, "/a/short.html"): Says(body=(REPORT % "short").encode(), length=9999),
    (A, "/a/large.pdf"): Says(body=b"%PDF", length=40_000_000),
    (A, "/a/endless.html"): Says(endless=True),
    (A, "/a/silent.html"): Says(hang_up=True),
    (A, "/a/old.html"): Says(body=(REPORT % "old").encode()),
    (A, "/a/fj.pdf"): Says(body=b"%PDF-1.4 attachment"),
    (A, "/a/t1.png"): Says(body=b"\x89PNG table"),
    (B, "/nb/"): Says(412, body=b'<html><script r="m">$_ts={}</script></html>'),
    (C, "/robots.txt"): Says(500, body=b"down"),
    (D, "/robots.txt"): Says(301, headers={"Location": "/static/robots.txt"}),
    (D, "/static/robots.txt"): Says(body=b"User-agent: nianbao\nDisallow: /nb/\n"),
}
FAILING = ("/a/cutgzip.html", "/a/short.html", "/a/silent.html", "/a/endless.html")
# Without them nothing is tried again, so nothing is waited for.
PROMPT = {key: said for key, said in PAGES.items() if key[1] not in FAILING and key[0] != C}
THROTTLED_ONCE = PAGES | {
    (A, "/nb/"): replace(PAGES[A, "/nb/"], once=Says(429, headers={"Retry-After": "1"}))
}


def registry_at(folder):
    file = folder / "990000.toml"
    file.write_text(SITES, "utf-8")
    return load([file])


def fetches(data):
    with Catalogue(data) as catalogue:
        return catalogue.db.execute(
            "SELECT fetches.url, outcome, coalesce(digest, ''), coalesce(captures.url, ''), detail"
            " FROM fetches LEFT JOIN captures ON captures.id = fetches.capture ORDER BY fetches.id"
        ).fetchall()


def problems(data):
    return [problem.sentence for problem in verify(data, lambda done, total: None)]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory):
    data = tmp_path_factory.mktemp("crawled")
    told = []
    with serving(THROTTLED_ONCE) as server:
        summary = crawl(data, registry_at(data), gateway=server.address, progress=told.append)
    return data, summary, server, told


EXPECTED = {
    f"{A}/robots.txt": ["ok"],
    f"{A}/nb/": ["throttled", "ok"],
    f"{A}/nb/index_2.html": ["ok"],
    f"{A}/nb/index_3.html": ["ok"],
    f"{A}/a/ok.html": ["ok"],
    f"{A}/a/gbk.html": ["ok"],
    f"{A}/a/404.html": ["not_found"],
    f"{A}/a/soft.html": ["soft_404"],
    f"{A}/neibu/fenced.html": ["robots_disallow"],
    f"{A}/a/moved.html": ["redirect"],
    f"{A}/a/target.html": ["ok"],
    f"{A}/a/offsite.html": ["redirect"],
    f"{A}/a/gzip.html": ["ok"],
    f"{A}/a/cutgzip.html": ["truncated"] * 3,
    f"{A}/a/short.html": ["truncated"] * 3,
    f"{A}/a/large.pdf": ["too_large"],
    f"{A}/a/endless.html": ["too_large"],
    f"{A}/a/silent.html": ["unreachable:reset"] * 3,
    f"{A}/a/old.html": ["ok"],
    f"{A}/a/fj.pdf": ["ok"],
    f"{A}/a/t1.png": ["ok"],
    f"{B}/robots.txt": ["not_found"],
    f"{B}/nb/": ["waf_challenge:ruishu"],
    f"{C}/robots.txt": ["server_error"] * 3,
    f"{C}/nb/": ["robots_unavailable"],
    f"{D}/robots.txt": ["redirect"],
    f"{D}/static/robots.txt": ["ok"],
    f"{D}/nb/": ["robots_disallow"],
}


def test_every_attempt_has_its_outcome(crawled):
    data, summary, _, _ = crawled
    found = {}
    for url, outcome, *_ in fetches(data):
        found.setdefault(url.removeprefix("http://"), []).append(outcome)
    assert found == EXPECTED
    assert summary.outcomes == Counter(outcome for row in EXPECTED.values() for outcome in row)
    assert (summary.waiting, summary.interrupted) == (0, False)


def test_manners(crawled):
    *_, server, _ = crawled
    registered = (A, B, C, D)
    fenced = (f"{A}/neibu/", f"{C}/nb/", f"{D}/nb/")
    assert server.violations(registered, DELAY, fenced) == []
    asked = Counter(f"{seen.host}{seen.path}" for seen in server.seen)
    assert asked == Counter(
        {url: len(row) for url, row in EXPECTED.items() if not row[0].startswith("robots_")}
    )
    (first, second) = (seen for seen in server.seen if (seen.host, seen.path) == (A, "/nb/"))
    assert second.began - first.ended >= 1.0  # its Retry-After


def test_who_we_say_we_are(crawled):
    *_, server, _ = crawled
    for seen in server.seen:
        assert seen.headers["User-Agent"].startswith("nianbao/")
        assert "Cookie" not in seen.headers


def test_refusals_name_the_rules_as_evidence(crawled):
    data, *_ = crawled
    evidence = {url: where for url, outcome, _, where, _ in fetches(data) if "robots_" in outcome}
    assert evidence == {
        f"http://{A}/neibu/fenced.html": f"http://{A}/robots.txt",
        f"http://{C}/nb/": f"http://{C}/robots.txt",
        f"http://{D}/nb/": f"http://{D}/static/robots.txt",
    }


def test_links_that_may_not_be_followed_are_leads(crawled):
    data, summary, _, _ = crawled
    with Catalogue(data) as catalogue:
        leads = catalogue.db.execute("SELECT url, reason FROM leads ORDER BY url").fetchall()
    assert leads == [
        ("http://img.cdn.example/t2.png", "offsite_link"),
        (f"http://{A}/a/juesuan.html", "not_a_report"),
        ("http://www.mirror.example/b.html", "offsite_link"),
        ("http://www.mirror.example/c.html", "offsite_redirect"),
    ]
    assert summary.leads == len(leads)


def test_everything_received_is_kept_as_it_was_sent(crawled):
    data, summary, *_ = crawled
    assert problems(data) == []
    with Catalogue(data) as catalogue:
        captures = list(catalogue.captures(None, None))
        assert len(captures) == summary.captures
        for capture in captures:
            host, _, path = capture.url.removeprefix("http://").partition("/")
            said = THROTTLED_ONCE.get((host, f"/{path}"))
            assert capture.kind in ("robots", "list", "article", "attachment")
            if capture.url.endswith("endless.html"):
                assert catalogue.payload_of(capture).body.strip(b"\0") == b""
            elif capture.url.endswith("large.pdf"):
                assert catalogue.payload_of(capture).body == b""
            elif capture.status == 200:
                assert catalogue.payload_of(capture).body == said.body
                for name, value in said.headers.items():
                    assert (name, value) in catalogue.payload_of(capture).headers


def test_what_the_server_saw_is_what_the_archive_says_was_sent(crawled):
    data, _, server, _ = crawled
    (seen,) = (seen for seen in server.seen if seen.path == "/a/ok.html")
    for file in (data / "warc").glob("*alpha*.warc.gz"):
        with file.open("rb") as stream:
            for record in ArchiveIterator(stream):
                url = record.rec_headers.get_header("WARC-Target-URI")
                if record.rec_type == "request" and url.endswith("/a/ok.html"):
                    assert dict(record.http_headers.headers) == seen.headers
                    return
    pytest.fail("no request record")


def test_progress_is_told_page_by_page(crawled):
    *_, server, told = crawled
    assert len(told) == len(server.seen)
    assert {each.site for each in told} == {"alpha", "beta", "gamma", "delta"}
    assert told[-1].waiting == 0


def test_crawling_again_keeps_what_is_new_and_lets_a_site_rest(crawled, tmp_path):
    data, *_ = crawled
    copy = tmp_path / "data"
    shutil.copytree(data, copy)
    changed = PROMPT | {(A, "/a/ok.html"): Says(body=(REPORT % "edited").encode())}
    with serving(changed) as server:
        idle = crawl(copy, registry_at(data), gateway=server.address)
        assert (idle.captures, server.seen) == (0, [])
        again = crawl(copy, registry_at(data), gateway=server.address, force_due=True)
    assert {seen.host for seen in server.seen} == {A, C, D}
    assert again.outcomes["host_resting"] == 1
    assert again.outcomes["ok"] == sum(row.count("ok") for row in EXPECTED.values())
    assert again.captures - again.revisits == 5  # the edited page, and four empty bodies
    assert problems(copy) == []


KILLED = """
import sys
from pathlib import Path
from crawler.crawl import crawl
from crawler.registry import load

def told(progress):
    print(progress.url, flush=True)

data = Path(sys.argv[1])
summary = crawl(data, load([data / "990000.toml"]), gateway=sys.argv[2], progress=told)
print("interrupted" if summary.interrupted else "finished", flush=True)
"""


def crawling(data, server):
    return subprocess.Popen(
        [sys.executable, "-c", KILLED, data, server.address],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def test_a_crawl_killed_again_and_again_ends_like_one_left_alone(tmp_path):
    answers = PROMPT | {(A, "/a/cutgzip.html"): PAGES[A, "/a/cutgzip.html"]}
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    for data in (whole, broken):
        data.mkdir()
        registry_at(data)
    with serving(answers) as server:
        crawl(whole, load([whole / "990000.toml"]), gateway=server.address)
    kills = 0
    with serving(answers) as server:
        for pages in (1, 9, 3):
            with crawling(broken, server) as process:
                told = [process.stdout.readline() for _ in range(pages)]
                assert "finished" not in "".join(told)
                process.kill()
                kills += 1
        summary = crawl(broken, load([broken / "990000.toml"]), gateway=server.address)
        assert server.violations((A, B, C, D), DELAY, (f"{A}/neibu/",)) == []
    assert (kills, summary.run) == (3, 1)
    assert sorted(row[:3] for row in fetches(broken)) == sorted(row[:3] for row in fetches(whole))
    assert problems(broken) == []
    assert not list((broken / "warc").glob("*.open"))


def test_an_interrupted_crawl_says_so_and_is_resumed(tmp_path):
    registry = registry_at(tmp_path)
    with serving(PROMPT) as server:
        with crawling(tmp_path, server) as process:
            process.stdout.readline()
            process.send_signal(signal.SIGINT)
            out, err = process.communicate()
        assert (out.splitlines()[-1], err, process.returncode) == ("interrupted", "", 0)
        before = len(fetches(tmp_path))
        summary = crawl(tmp_path, registry, gateway=server.address)
    assert before < len(fetches(tmp_path))
    assert (summary.run, summary.interrupted) == (1, False)
    assert summary.outcomes["ok"] == sum(row.count("ok") for row in EXPECTED.values())


def test_a_second_interrupt_stops_at_once_and_leaves_nothing_running(tmp_path):
    registry = registry_at(tmp_path)
    with serving({}, hold=60) as server:
        with crawling(tmp_path, server) as process:
            while not server.asked:
                time.sleep(0.01)
            for _ in range(2):
                process.send_signal(signal.SIGINT)
                time.sleep(0.1)
            out, err = process.communicate()
        assert out == ""
        assert err.endswith("KeyboardInterrupt\n")
    with serving({}) as server:
        assert crawl(tmp_path, registry, sites=["alpha"], gateway=server.address).run == 1


def test_two_crawls_of_one_directory_are_one_too_many(tmp_path):
    with (tmp_path / "crawl.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(CrawlBusy, match="run again"):
            crawl(tmp_path, registry_at(tmp_path), gateway="http://127.0.0.1:1")


def test_a_crawl_that_cannot_write_says_what_stopped_it(tmp_path):
    (tmp_path / "archive.db").write_bytes(b"not a database, and long enough to be seen as none")
    with pytest.raises(CrawlFailed, match=r"(?s)again to resume.*archive\.db"):
        crawl(tmp_path, registry_at(tmp_path), gateway="http://127.0.0.1:1")


def test_only_active_sites_are_crawled(tmp_path):
    registry = registry_at(tmp_path)
    assert [site.id for site in chosen_sites(registry, None)] == ["alpha", "beta", "gamma", "delta"]
    with serving(PROMPT) as server:
        crawl(tmp_path, registry, sites=["delta"], gateway=server.address)
    assert {seen.host for seen in server.seen} == {D}
    with pytest.raises(SiteError, match="epsilon is refused; active sites: alpha"):
        crawl(tmp_path, registry, sites=["epsilon"], gateway="http://127.0.0.1:1")
    with pytest.raises(SiteError, match="zeta is not in the registry"):
        crawl(tmp_path, registry, sites=["zeta"], gateway="http://127.0.0.1:1")


def certificate(folder):
    """Make a certificate that no authority has signed, for a host that is not ours."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "www.other.gov.cn")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1))
        .not_valid_after(datetime(2021, 1, 1))
        .sign(key, hashes.SHA256())
    )
    pem = folder / "host.pem"
    plain = serialization.NoEncryption()
    private = serialization.PrivateFormat.PKCS8
    encoding = serialization.Encoding.PEM
    pem.write_bytes(key.private_bytes(encoding, private, plain) + made.public_bytes(encoding))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(pem)
    return tls, made.fingerprint(hashes.SHA256()).hex()


def directly(port, path="/nb/"):
    """Return a registry of one site on this very machine, asked without a gateway."""
    column = Column("annual", "trs", f"https://127.0.0.1:{port}{path}", None)
    pace = Pace(0.0, 99)
    words = ("local", "local", ("127.0.0.1",), "990100", "city", "active", pace, "invented")
    return Registry((Site(*words, (column,), ""),), ())


def metadata(data):
    for file in (data / "warc").glob("*.warc.gz"):
        with file.open("rb") as stream:
            for record in ArchiveIterator(stream):
                if record.rec_type == "metadata":
                    yield record.content_stream().read().decode()


def test_a_bad_certificate_is_accepted_and_said_to_be_unverified(tmp_path):
    tls, fingerprint = certificate(tmp_path)
    answers = {("127.0.0.1", "/nb/"): Says(body=b"<ul></ul>")}
    with serving(answers, tls=tls) as server:
        registry = directly(server.server_address[1])
        summary = crawl(tmp_path / "data", registry, contact="mailto:me@example.org")
    assert summary.outcomes == {"no_rows": 1, "not_found": 1}
    for facts in metadata(tmp_path / "data"):
        assert f"tls-sha256: {fingerprint}" in facts
        assert "tls-not-after: 20210101000000Z" in facts
        assert "tls-verified: no" in facts
    for seen in server.seen:
        assert seen.headers["From"] == "me@example.org"
        assert seen.headers["User-Agent"].endswith("(+mailto:me@example.org)")


def test_no_tls_where_tls_was_expected_is_named(tmp_path):
    with serving({}) as server:
        registry = directly(server.server_address[1])
        summary = crawl(tmp_path, registry, contact="me@example.org")
    assert summary.outcomes == {"robots_unavailable": 1, "unreachable:tls": 3}
    assert server.seen == []


def test_a_host_that_is_not_there_is_named(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    summary = crawl(tmp_path, directly(port), contact="me@example.org")
    assert summary.outcomes == {"robots_unavailable": 1, "unreachable:connect": 3}


def test_no_contact_no_crawl():
    with pytest.raises(ContactError, match="--contact"):
        introduce(None, None)
    with pytest.raises(ContactError, match="--contact"):
        introduce("me (really)\r\nX: y", None)
    agent, sender = introduce("me@example.org", None)
    assert (agent.endswith("(+me@example.org)"), sender) == (True, "me@example.org")
    assert introduce("https://example.org/about", None)[1] is None


@pytest.mark.parametrize(
    "gateway",
    ["http://10.0.0.1:8080", "https://127.0.0.1:1", "http://localhost.example:1", "127.0.0.1:1"],
)
def test_a_gateway_that_is_not_this_machine_is_refused(tmp_path, gateway):
    with pytest.raises(GatewayError):
        crawl(tmp_path, registry_at(tmp_path), gateway=gateway)
