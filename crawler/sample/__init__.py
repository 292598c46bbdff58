"""A small invented portal, served over real HTTP on loopback: what the demo and the tests crawl.

Fourteen bodies on three hosts publish six years of reports the way such portals do, with the
traps such portals hold (``traps.toml``); a fourth host is one big refusal. Content is data:
``bodies/*.toml`` for figures, ``prose.toml`` for wording, ``templates/`` for markup, and
``parsers/forms/*.toml`` for every label of the form. Nothing here is drawn at random, and nothing
here describes a real body.
"""
