"""Every key of a configuration reaches the code: another value, another outcome."""

import importlib
import json

import pytest
import small_runs
import torch

from plusx.data import DataSet, Split
from plusx.experiments import _others, finished_nets, kept_nets
from plusx.experiments.__main__ import known
from plusx.networks import CifarNet


def others(value):
    """Values to put in the place of one that is no collection."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, str):
        return [f"{value}?"]
    return [10 * value, value / 10] if isinstance(value, float) else [2 * value + 1, 0]


def variations(value):
    """The places of a nested configuration, each with wholes that differ only there.

    Names stand for themselves: what a mapping calls its entries is not changed.
    """
    if not isinstance(value, dict | list):
        yield "", others(value)
        return
    for key in value if isinstance(value, dict) else range(len(value)):
        for place, changed in variations(value[key]):
            wholes = [value.copy() for _ in changed]
            for whole, part in zip(wholes, changed, strict=True):
                whole[key] = part
            yield f".{key}{place}", wholes


def outcome(run, config):
    """The results as text, or the error."""
    try:
        return json.dumps(run(**config))
    except Exception as fault:
        return repr(fault)


def unread(run, config):
    """The places where no other value changes anything."""
    usual = json.dumps(run(**config))
    return [
        place
        for place, wholes in variations(config)
        if all(outcome(run, whole) == usual for whole in wholes)
    ]


@pytest.mark.parametrize("name", known())
def test_small_configuration_has_the_keys_of_the_recorded_one(name):
    """The check below misses no key of an experiment."""
    config = importlib.import_module(f"plusx.experiments.{name}").CONFIG
    assert set(small_runs.CONFIGS[name]) == set(config)


@pytest.fixture
def stand_ins(monkeypatch):
    """Nets and images in the place of those that others, or we, have published."""
    generator = torch.Generator().manual_seed(0)
    pixels = torch.randint(256, (32, 3, 32, 32), generator=generator).byte()
    labels = torch.arange(32) // 2 % 10  # neighbors share one: the halves do, too
    split = Split(pixels, labels, pixels, labels)

    def make_net(content, source, depth, residual):
        torch.manual_seed(len(content))
        return CifarNet(depth, residual, width=2).eval()

    def read(name):
        return f"epoch,train_err,test_err\n1,0.{len(name)},0.2".encode()

    monkeypatch.setattr(_others, "read", read)
    monkeypatch.setattr(_others, "make_net", make_net)
    monkeypatch.setattr(_others, "sha256_of", lambda name: name)

    def load_weights(name):
        return make_net(name, "", 8, name.startswith("resnet")), {}

    classes = tuple("0123456789")
    whole = DataSet(split, "made up", classes, 0, mirror=False)
    monkeypatch.setattr(finished_nets, "load", lambda name: whole)
    monkeypatch.setattr(kept_nets, "load", lambda name: whole)
    monkeypatch.setattr(kept_nets, "load_weights", load_weights)


@pytest.mark.slow
@pytest.mark.usefixtures("few_images", "stand_ins")
@pytest.mark.parametrize("name", known())
def test_every_key_of_a_configuration_is_read(name, monkeypatch):
    """Each value, nested or not, changed by itself gives another result or error."""
    experiment = importlib.import_module(f"plusx.experiments.{name}")
    monkeypatch.setattr(experiment, "SEEDS", [0])
    assert unread(experiment.run, small_runs.CONFIGS[name]) == []


def test_an_unread_key_is_found():
    """A configuration that states two rates, of which one is taken from elsewhere."""

    def run(*, lr, net):
        return {"error": lr * net["width"] * len(net["names"][0])}

    config = {"lr": 0.1, "net": {"width": 2, "lr": 0.1, "names": ["a", "b"]}}
    assert unread(run, config) == [".net.lr", ".net.names.1"]
