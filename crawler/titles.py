"""Is this the title of a 政府信息公开工作年度报告? The one test all families share.

It looks at the title alone: whether the page behind it is a report is for the parsers to say.
"""

from __future__ import annotations

import re
import unicodedata

_REPORT = re.compile(
    r"(?:政府信息公开|信息公开|政务公开)(?:工作|情况|\d{4}|年|度|的|[（(《》)）])*"
    r"(?:年度工作报告|年度报告|年报|工作报告|情况报告|报告)"
)
"""The words of the form's own name, in the orders and shortenings portals print them."""

_NOT_A_REPORT = (
    # Titles that pass the words above and still are something else, and what they are.
    ("决算", "budgets and accounts are published under the same heading"),
    ("预算", "budgets and accounts are published under the same heading"),
    ("财政信息公开", "another yearly duty; the report of a 财政局 does not say it"),
    ("行政执法", "the yearly statistics of law enforcement"),
    ("企业信息公开", "the annual reports of companies"),
    ("的通知", "an order to write the report, or the news of one"),
    ("通报", "a comparison of other bodies' reports"),
)


def is_annual_report(title: str) -> bool:
    """Tell whether a title is that of a body's annual report on information disclosure.

    The year is not asked for: some portals print it only on the page. A body's own name is no
    ground for refusal, so that 财政局 and 统计局 have reports like everyone else.
    """
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", title))
    if any(words in plain for words, _ in _NOT_A_REPORT):
        return False
    return _REPORT.search(plain) is not None
