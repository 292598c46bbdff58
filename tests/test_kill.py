"""A demo that is killed and resumed ends like one left alone (tests/kill_demo.py shows twenty)."""

from kill_demo import compare


def test_a_few_kills_change_nothing(tmp_path):
    lines = list(compare(tmp_path, kills=3, seed=20241231))
    assert len(lines) >= 2
