"""The list of what is taken for granted on a GPU, against the tests that try it."""

import re
from pathlib import Path

CODE = Path(__file__).parents[2]


def test_every_assumption_has_its_test_and_every_test_its_line():
    """The table of code/README.md names the tests of test_gpu.py, each once."""
    table = re.findall(
        r"`(test_\w+)` \|$", (CODE / "README.md").read_text("utf8"), re.M
    )
    source = (CODE / "tests" / "train" / "test_gpu.py").read_text("utf8")
    tests = re.findall(r"^def (test_\w+)", source, re.M)
    assert len(set(table)) == len(table)
    assert set(tests) - set(table) == {"test_smoke_learns_digits"}
    assert set(table) <= set(tests)
