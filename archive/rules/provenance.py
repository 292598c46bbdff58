"""Is this the body's own publication, or a copy that somebody else changed?

Hijacked mirrors carry real reports with names, hosts and tables replaced. These rules gather the
signs; a version for which one of them fails is kept and shown, but never becomes a body's figures.
One exception: what a registered host serves may name a foreign address and be genuine.
"""

from __future__ import annotations

from collections.abc import Iterator

from archive.rules.model import Finding, Record, rule
from parsers.script import TRADITIONAL_FROM

FEW = 3
"""Glosses up to which a text may explain rare characters of its own."""
OFFICIAL = ".gov.cn"
"""国办发〔2017〕47号: government sites use this suffix."""


@rule(
    "host_not_registered",
    "来源主机应是登记的政府网站",
    "The document comes from a registered government host",
    "warning",
)
def host_not_registered(record: Record) -> Iterator[Finding]:
    """只采信登记主机上的报告；镜像、转载只是线索。

    Reports are admitted from registered hosts only; mirrors and reprints are leads, never facts. A
    document handed in without an address cannot be told.
    """
    if record.host is None:
        yield Finding(
            "cannot_tell",
            "The document was handed in without an address: its origin is not checked",
            "文件由人工提供，没有来源网址，来源未经核对",
        )
    elif not record.registered:
        yield Finding(
            "fails",
            f"The document comes from {record.host}, which is not a registered host",
            f"文件来自 {record.host}，不是登记的政府网站主机",
            suspect="source",
        )


@rule(
    "pronunciation_glosses",
    "正文不应夹有注音",
    "The text carries no pronunciation glosses",
    "warning",
)
def pronunciation_glosses(record: Record) -> Iterator[Finding]:
    """汉字后夹有带声调的拼音，如“關(guān)”，是镜像站机器改写的痕迹。

    Characters followed by their pronunciation in brackets are the mark of machine-made mirrors. The
    glosses are removed for reading; the text as printed is kept.
    """
    glosses = record.reading.signs.glosses
    if glosses > FEW:
        yield Finding(
            "fails",
            f"{glosses} pronunciation glosses in the text: a machine-made copy",
            f"正文中有 {glosses} 处汉字注音，是机器改写的副本",
            suspect="source",
            expected=0,
            found=glosses,
        )


@rule(
    "traditional_script",
    "内地机关的报告应为简体字",
    "A mainland body's report is in Simplified script",
    "warning",
)
def traditional_script(record: Record) -> Iterator[Finding]:
    """正文为繁体字；内地机关发布的报告用简体字，繁体多出自镜像站。

    The text is in Traditional script; mainland bodies publish in Simplified, mirrors convert. It
    is restored for reading; the text as printed is kept.
    """
    share = record.reading.signs.traditional
    if share >= TRADITIONAL_FROM:
        yield Finding(
            "fails",
            f"{share:.0%} of the characters are Traditional forms: a converted copy",
            f"正文中 {share:.0%} 的汉字为繁体，是经转换的副本",
            suspect="source",
        )


@rule(
    "foreign_host",
    "报告所称的网站应是政府网站",
    "The site the report calls its own is a government site",
    "warning",
)
def foreign_host(record: Record) -> Iterator[Finding]:
    """正文把一个非 .gov.cn、也未登记的主机称为发布报告的网站，是镜像站改写的痕迹。

    The text names, as the site it is published on, a host that is neither under .gov.cn nor
    registered. Mirrors replace the body's address by their own. Innocent where a body really
    points to a commercial platform.
    """
    strange = strange_hosts(record)
    if strange:
        yield Finding(
            "fails",
            f"The text calls {', '.join(strange)} the body's site",
            f"正文称 {'、'.join(strange)} 为本机关网站",
            suspect="source",
        )


def strange_hosts(record: Record) -> list[str]:
    """Return the hosts the text calls its own that are neither under .gov.cn nor registered."""
    return [
        host
        for host in record.reading.signs.hosts
        if not f".{host}".endswith(OFFICIAL) and host not in record.own_hosts
    ]


def looks_copied(record: Record) -> bool:
    """Say whether the text alone shows that somebody converted, glossed or readdressed it."""
    signs = record.reading.signs
    altered = signs.glosses > FEW or signs.traditional >= TRADITIONAL_FROM
    return altered or bool(strange_hosts(record))


PROVENANCE = (host_not_registered, pronunciation_glosses, traditional_script, foreign_host)
