"""The benchmark: what it counts, what it compares, and the record it writes."""

import json
from dataclasses import replace

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from plusx import networks, records
from plusx.bench import __main__ as bench
from plusx.bench import limits, rows
from plusx.train import session
from plusx.train.config import Config

CPU = Config(net="resnet20", device="cpu", precision="fp32")


@pytest.mark.slow
def test_count_takes_reads_and_writes_of_operations_that_compute():
    """An addition reads twice and writes once; a view costs nothing."""
    x, y = torch.ones(10, 10), torch.ones(10, 10)
    with limits.Count() as count:
        x.t()[2:].unsqueeze(0)
    assert count.launches == count.size_bytes == 0
    with limits.Count() as count:
        x + y.t()
    assert count.launches == 1
    assert count.size_bytes == 3 * 100 * 4


def test_count_takes_of_a_gather_what_it_moves():
    """Two rows of a large table: read and written, not the whole table."""
    table = torch.ones(1000, 8)
    with limits.Count() as count:
        table[torch.tensor([1, 5])]
    assert count.launches == 1
    assert count.size_bytes == 2 * 2 * 8 * 4


def test_step_of_resnet56_takes_752_million_operations_an_image():
    """Forward and backward multiply and add 376 million times for each image."""
    config, data_set = replace(CPU, net="resnet56"), rows.synthetic(8)
    row = rows.trainer(config, data_set, rows.load_all(CPU, data_set)["fp32"], 4)
    with FlopCounterMode(display=False) as count:
        row(1)
    assert count.get_total_flops() / 4 == pytest.approx(752e6, rel=1e-3)


def test_textbook_sample_is_a_shifted_image_or_its_mirror():
    """Some shift, mirrored or not, of the normalised image gives the sample."""
    data_set = rows.synthetic(4)
    sample, label = rows.Samples(data_set.split)[2]
    image = data_set.split.train_images[2].float() / 255
    image = torch.nn.functional.pad((image - rows.MEAN) / rows.STD, (4, 4, 4, 4))
    views = image.unfold(1, 32, 1).unfold(2, 32, 1).permute(1, 2, 0, 3, 4).flatten(0, 1)
    views = torch.cat([views, views.flip(3)])
    assert (views == sample).flatten(1).all(1).sum() == 1
    assert label == data_set.split.train_labels[2]


def test_rows_are_measured_in_turn():
    """Round after round, each row once; the first round does not count."""
    calls = []

    def row(name, seconds):
        return lambda steps: calls.append((name, steps)) or seconds * steps

    times = bench.measure({"a": row("a", 2.0), "b": row("b", 1.0)}, rounds=3, steps=4)
    assert times == {"a": [2.0] * 3, "b": [1.0] * 3}
    assert calls == [("a", 4), ("b", 4)] * 4


def test_rows_share_the_images(monkeypatch):
    """On a GPU each copy of them takes up to 2 GB: there is one of each precision."""
    monkeypatch.setattr(rows.devices, "processor_has_bf16", lambda: True)
    data_set, loaded = rows.synthetic(64), []

    def load(*arguments):
        loaded.append(arguments)
        return original(*arguments)

    original = rows.load
    for module in (rows, session):
        monkeypatch.setattr(module, "load", load)
    images = rows.load_all(CPU, data_set)
    made = rows.make_rows(CPU, data_set, images, batch=8)
    assert len(made) == 5
    assert {dtype for _, _, dtype in loaded} == {torch.float32, torch.bfloat16}
    assert len(loaded) == 2


@pytest.mark.parametrize(
    ("free", "expected"), [(80e9, [128, 512, 1024]), (7.9e9, [128, 512]), (3e9, [64])]
)
def test_batches_are_those_that_a_gpu_holds(free, expected, monkeypatch):
    """A card of 8 GB measures two sizes."""
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda: (free, 80e9))
    assert bench.fitting_batches(True) == expected


def test_backward_pass_keeps_4_3_megabytes_an_image():
    """What ResNet-56 saves on its way forward, on which the sizes of batch rest."""
    net = networks.named(
        "resnet56", option="A", order="post", in_channels=3, classes=10
    )
    kept = {}

    def pack(tensor):
        storage = tensor.untyped_storage()
        kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        result = net(torch.zeros(16, 3, 32, 32))
    weights = 4 * sum(p.numel() for p in net.parameters())
    assert result.shape == (16, 10)
    assert (sum(kept.values()) - weights) / 16 == pytest.approx(4.3e6, rel=0.02)


@pytest.mark.slow
def test_command_prints_a_table_and_writes_a_record(tmp_path, capsys):
    """Every technique has a row with its ratio; the record is a valid one."""
    arguments = "--net resnet20 --device cpu --batch 8 --rounds 2 --steps 1 --out"
    bench.main([*arguments.split(), str(tmp_path)])
    (path,) = tmp_path.iterdir()
    record = json.loads(path.read_text("utf8"))
    records.validate(record, "bench-resnet20-cpu")
    result = record["results"]["batch_8"]
    shown = capsys.readouterr().out
    assert list(result["rows"])[:4] == [
        "textbook loop, fp32",
        "data on the device",
        "+ channels last",
        "+ fused SGD, no counters",
    ]
    for name, row in result["rows"].items():
        assert name in shown
        assert row["step_ms"] > 0
        assert row["ratio"] >= row["ratio_least"] > 0
    assert result["rows"]["textbook loop, fp32"]["ratio"] == 1
    assert set(result["floor_ms"]) == {"arithmetic", "traffic", "launches"}
    assert record["results"]["augmentation_ratio"] > 0


@pytest.mark.gpu
@pytest.mark.skipif(
    not torch.cuda.is_available(), reason="needs a CUDA GPU, and torch finds none"
)
def test_command_measures_a_gpu(tmp_path):
    """The graph has a row of its own; floors are finite."""
    arguments = "--net resnet20 --device cuda --batch 64 --rounds 1 --steps 2 --out"
    bench.main([*arguments.split(), str(tmp_path)])
    record = json.loads((tmp_path / "bench-resnet20-cuda.json").read_text("utf8"))
    assert "+ CUDA graph" in record["results"]["batch_64"]["rows"]
