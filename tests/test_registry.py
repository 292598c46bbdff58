"""The registry: the real files load, and every way to write one wrong is named with its cure."""

from pathlib import Path

import pytest

import crawler
from archive.catalogue import Catalogue
from crawler.errors import RegistryError
from crawler.registry import load, mirror

REAL = Path(crawler.__file__).parent / "sites"

SITE = {
    "id": '"qinghe"',
    "name": '"清河市人民政府门户网站"',
    "hosts": '["www.qinghe.gov.cn", "qinghe.gov.cn"]',
    "region": '"990100"',
    "level": '"city"',
    "status": '"active"',
    "pace": "{ delay = 5.0, max_per_day = 2000 }",
    "evidence": '"invented"',
}
COLUMN = {
    "id": '"annual"',
    "family": '"trs"',
    "url": '"http://www.qinghe.gov.cn/nb/"',
    "agency": '"990100-gov"',
}
AGENCY = {
    "id": '"990100-gov"',
    "name": '"清河市人民政府"',
    "aliases": '["清河市政府"]',
    "site": '"qinghe"',
    "level": '"city"',
    "kind": '"government"',
    "division": '"990100"',
    "credit_code": '"119901000043100148"',
    "owes": "[2019, 2024]",
    "evidence": '"invented"',
}


def toml(*tables):
    lines = []
    for name, table in tables:
        lines.append(f"[[{name}]]")
        lines += [f"{key} = {value}" for key, value in table.items() if value is not None]
    return "\n".join(lines)


def load_text(tmp_path, *tables):
    file = tmp_path / "990000.toml"
    file.write_text(toml(*tables), "utf-8")
    return load([file])


def test_real_files_load_and_can_be_mirrored(tmp_path):
    registry = load([REAL])
    assert {"威海市人力资源和社会保障局", "乐清市人力资源和社会保障局"} <= {
        agency.name for agency in registry.agencies
    }
    assert all(site.status != "active" for site in registry.sites)
    assert registry.site_of("rsj.weihai.gov.cn").id == "weihai-hrss"
    assert registry.site_of("www.315shenghuo.com") is None
    with Catalogue(tmp_path) as catalogue:
        mirror(registry, catalogue)
        rows = catalogue.db.execute("SELECT id, site, owes_from FROM agencies").fetchall()
    assert len(rows) == len(registry.agencies)
    assert {("371000-hrss", "weihai-hrss", 2023), ("330382-hrss", None, 2023)} <= set(rows)


def test_an_entry_becomes_what_it_says(tmp_path):
    tables = (("sites", SITE), ("sites.columns", COLUMN), ("agencies", AGENCY))
    registry = load_text(tmp_path, *tables)
    (site,), (agency,) = registry.sites, registry.agencies
    assert site.hosts == ("www.qinghe.gov.cn", "qinghe.gov.cn")
    assert (site.pace.delay, site.pace.max_per_day) == (5.0, 2000)
    assert site.columns[0].url == "http://www.qinghe.gov.cn/nb/"
    assert (agency.owes_from, agency.owes_to, agency.credit_code) == (
        2019,
        2024,
        "119901000043100148",
    )
    assert registry.site_of("qinghe.gov.cn") is site


def test_optional_keys_may_be_left_out(tmp_path):
    agency = AGENCY | {"site": None, "credit_code": None, "owes": "2021"}
    (agency,) = load_text(tmp_path, ("agencies", agency)).agencies
    assert (agency.site, agency.credit_code, agency.owes_from, agency.owes_to) == (
        None,
        None,
        2021,
        None,
    )


WRONG = [
    # (which table, key, value written, what the error must say)
    ("site", "colour", '"red"', "unknown key colour; allowed: id, name"),
    ("site", "evidence", None, "evidence is missing"),
    ("site", "evidence", '" "', "evidence is ' '"),
    ("site", "id", '"Qing He"', "allowed: small letters"),
    ("site", "hosts", "[]", "hosts is empty"),
    ("site", "hosts", '"www.qinghe.gov.cn"', "allowed: a list of texts"),
    ("site", "hosts", '["WWW.qinghe.gov.cn"]', "allowed: host names in small letters"),
    ("site", "hosts", '["www.qinghe.com"]', "a host ends in .gov.cn, or the entry says"),
    ("site", "region", '"9901"', "allowed: 6 digits"),
    ("site", "level", '"town"', "allowed: central, province"),
    ("site", "status", '"live"', "allowed: active, unverified"),
    ("site", "pace", "5", "pace must be"),
    ("site", "pace", "{ delay = 0.5, max_per_day = 9 }", "allowed: 1.0 to 3600 seconds"),
    ("site", "pace", "{ delay = true, max_per_day = 9 }", "pace.delay is True"),
    ("site", "pace", "{ delay = nan, max_per_day = 9 }", "pace.delay is nan"),
    ("site", "pace", "{ delay = 5, max_per_day = 0 }", "a whole number from 1"),
    ("site", "pace", "{ delay = 5 }", "max_per_day is missing"),
    ("column", "family", '"typo3"', "allowed: reference_list, trs"),
    ("column", "url", '"http://www.other.gov.cn/nb/"', "not an http(s) address on the site's"),
    ("column", "url", '"ftp://www.qinghe.gov.cn/"', "not an http(s) address on the site's"),
    ("column", "agency", '"nobody"', "unknown agency nobody; allowed: 990100-gov"),
    ("agency", "site", '"nowhere"', "unknown site nowhere; allowed: qinghe"),
    ("agency", "kind", '"ministry"', "allowed: government, department"),
    ("agency", "aliases", '["清河市人民政府"]', "is used twice"),
    ("agency", "owes", "[2024, 2019]", "allowed: a first year, or [first, last]"),
    ("agency", "owes", "2007", "allowed: years from 2008"),
    ("agency", "owes", '"2019"', "allowed: years from 2008"),
    ("agency", "credit_code", '"119901000043100149"', "whose last one checks the others"),
    ("agency", "credit_code", '"1199"', "whose last one checks the others"),
]


@pytest.mark.parametrize(("table", "key", "value", "words"), WRONG)
def test_a_wrong_entry_is_named_with_what_is_allowed(tmp_path, table, key, value, words):
    tables = {"site": dict(SITE), "column": dict(COLUMN), "agency": dict(AGENCY)}
    tables[table][key] = value
    names = {"site": "sites", "column": "sites.columns", "agency": "agencies"}
    with pytest.raises(RegistryError) as error:
        load_text(tmp_path, *((names[name], each) for name, each in tables.items()))
    assert words in str(error.value)
    assert "990000.toml: [[" in str(error.value) or "column annual" in str(error.value)


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        ([("sites", SITE)], 'status is "active" but there is no'),
        ([("agencies", AGENCY), ("agencies", AGENCY | {"name": '"x"'})], "id 990100-gov is taken"),
        (
            [("agencies", AGENCY), ("agencies", AGENCY | {"id": '"b"'})],
            "清河市人民政府 in",
        ),
        (
            [
                ("sites", SITE | {"status": '"moved"'}),
                ("sites", SITE | {"id": '"b"', "status": '"moved"'}),
            ],
            "host www.qinghe.gov.cn is taken",
        ),
        ([("portals", SITE)], "unknown table portals; allowed: [[sites]], [[agencies]]"),
        (
            [("sites", SITE), ("sites.columns", COLUMN), ("sites.columns", COLUMN)],
            "column id 'annual' is used twice",
        ),
    ],
)
def test_what_must_be_unique_is(tmp_path, tables, words):
    tables = [
        (name, {key: value for key, value in table.items() if key not in ("site", "agency")})
        for name, table in tables
    ]
    with pytest.raises(RegistryError) as error:
        load_text(tmp_path, *tables)
    assert words in str(error.value)


def test_a_missing_or_broken_file_is_named(tmp_path):
    with pytest.raises(RegistryError, match="there is no such registry file"):
        load([tmp_path / "none.toml"])
    (tmp_path / "broken.toml").write_text("[[sites]\n", "utf-8")
    with pytest.raises(RegistryError, match=r"broken\.toml"):
        load([tmp_path])
    (tmp_path / "broken.toml").write_bytes(b'name = "\xb9\xab"\n')
    with pytest.raises(RegistryError, match=r"broken\.toml"):
        load([tmp_path])


def test_a_host_outside_gov_cn_needs_its_reason(tmp_path):
    site = SITE | {"hosts": '["www.qinghe.com"]', "exception": '"an old name, see …"'}
    column = COLUMN | {"url": '"http://www.qinghe.com/nb/"', "agency": None}
    (site,) = load_text(tmp_path, ("sites", site), ("sites.columns", column)).sites
    assert site.exception == "an old name, see …"
