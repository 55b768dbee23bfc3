"""What the tests of experiments share."""

import importlib

import pytest

from plusx.data import Split, digits
from plusx.experiments.__main__ import known


@pytest.fixture(autouse=True)
def single_thread(one_thread):
    """The records were made on one thread, and the small nets want no more."""


@pytest.fixture
def few_images(monkeypatch):
    """32 digits to train on, 32 others to test: what `digits` returns everywhere."""
    small = Split(*(part[:32] for part in digits()))
    for name in ("_digits", *known()):
        module = importlib.import_module(f"plusx.experiments.{name}")
        if hasattr(module, "digits"):
            monkeypatch.setattr(module, "digits", lambda: small)
    return small
