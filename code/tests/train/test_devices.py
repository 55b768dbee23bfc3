"""Which device and precision are chosen, and what a record says of the machine."""

import pytest
import torch

from plusx.train import devices


@pytest.fixture
def pretend(monkeypatch):
    """Pretends a GPU of that name and compute capability."""

    def gpu(name, capability):
        monkeypatch.setattr(torch.cuda, "get_device_name", lambda: name)
        monkeypatch.setattr(torch.cuda, "get_device_capability", lambda: capability)

    return gpu


@pytest.mark.parametrize(
    ("name", "capability", "expected"),
    [
        ("NVIDIA H100 80GB HBM3", (9, 0), "bf16"),
        ("NVIDIA RTX A2000", (8, 6), "bf16"),
        ("Tesla T4", (7, 5), "fp16"),
        ("NVIDIA GeForce RTX 2060", (7, 5), "fp16"),
        ("Tesla V100-SXM2-16GB", (7, 0), "fp16"),
        ("NVIDIA GeForce GTX 1650", (7, 5), "fp32"),
        ("NVIDIA GeForce GTX 1660 Ti", (7, 5), "fp32"),
        ("NVIDIA T600 Laptop GPU", (7, 5), "fp32"),
        ("NVIDIA GeForce MX450", (7, 5), "fp32"),
        ("NVIDIA GeForce GTX 1080 Ti", (6, 1), "fp32"),
    ],
)
def test_fastest_precision_is_what_the_gpu_has_units_for(
    name, capability, expected, pretend
):
    """Turing without tensor cores has none for fp16, although its number says so."""
    pretend(name, capability)
    assert devices.choose_precision("auto", torch.device("cuda")) == expected


def test_fp16_can_still_be_asked_for(pretend):
    """What auto leaves out may be tried; bf16 needs another GPU."""
    pretend("NVIDIA GeForce GTX 1660", (7, 5))
    assert devices.choose_precision("fp16", torch.device("cuda")) == "fp16"
    with pytest.raises(ValueError, match="fp32 or fp16 on this cuda; got 'bf16'"):
        devices.choose_precision("bf16", torch.device("cuda"))


def test_machine_is_told_without_its_owner(monkeypatch):
    """Processor and system, not the name that somebody gave the machine."""
    monkeypatch.setattr(devices.platform, "node", lambda: "marys-laptop")
    told = devices.machine()
    assert devices.platform.system() in told and "marys" not in told
