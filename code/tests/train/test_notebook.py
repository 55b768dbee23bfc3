"""The setting a reader is in, and what ends a run in a notebook."""

import json
import os
import signal

import pytest
import torch
from short_run import CPU, SHORT
from torch import nn

from plusx import data, records
from plusx.train import checkpoints, notebook, recipes
from plusx.train.config import Config
from plusx.train.notebook import Setting


@pytest.mark.parametrize(
    ("gpu", "download", "place", "expected"),
    [
        (False, False, "", ("cpu", "digits", "short")),
        (False, True, "", ("cpu", "cifar10", "smoke")),
        (True, False, "", ("cuda", "digits", "short")),
        (True, True, "", ("cuda", "cifar10", "fast")),
        (True, False, "/data", ("cuda", "cifar10", "fast")),
        (True, False, "https://mirror.example", ("cuda", "digits", "short")),
    ],
)
def test_setting_asks_before_it_downloads(monkeypatch, gpu, download, place, expected):
    """A folder may be read without consent; a mirror, like the source, may not."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: gpu)
    monkeypatch.setenv("PLUSX_DATA", place)
    assert Setting.here(download) == Setting(*expected)
    assert Setting.here(download, "paper").recipe == "paper"


@pytest.mark.parametrize(("device", "name"), notebook.SENTENCES)
def test_setting_says_where_the_reader_is(device, name):
    """In both languages, with the recipe."""
    shown = Setting(device, name, "short")._repr_html_()
    for sentence in notebook.SENTENCES[device, name]:
        assert sentence in shown


def test_setting_states_a_recorded_time_or_none(tmp_path, monkeypatch):
    """What nobody measured is called so; a record that is dropped in is quoted."""
    monkeypatch.setattr(records, "FOLDER", tmp_path)
    setting = Setting("cuda", "cifar10", "fast")
    assert "not measured yet" in setting.time()[0] and "还没有测过" in setting.time()[1]
    record = {
        "name": "resnet56-fast",
        "results": {"time_s": {"whole": {"mean": 750.0}}},
        "provenance": {"device": "a GPU made up"},
    }
    (tmp_path / "resnet56-fast.json").write_text(json.dumps(record), "utf8")
    monkeypatch.setattr(records, "validate", lambda record, name: None)
    for text, minutes in zip(setting.time(), ("12 minutes", "12 分钟"), strict=True):
        assert minutes in text and "a GPU made up" in text


def test_runs_of_minutes_keep_checkpoints():
    """On CIFAR-10 a folder is named; the digits take seconds and keep nothing."""
    assert Setting("cuda", "cifar10", "paper").config("plain56") == Config(
        "plain56", "paper", "cifar10", device="cuda", out="runs/plain56-paper"
    )
    assert Setting("cpu", "digits", "short").config("resnet56").out is None


@pytest.fixture
def stop_at(monkeypatch):
    """A function that has a later step interrupted as a stop button does."""
    monkeypatch.setitem(recipes.RECIPES, "smoke", SHORT)
    augment = data.augment

    def stop_at(last: int) -> None:
        seen = []

        def counted(views: torch.Tensor, draws: torch.Tensor) -> torch.Tensor:
            seen.append(1)
            if len(seen) == last:
                os.kill(os.getpid(), signal.SIGINT)
            return augment(views, draws)

        monkeypatch.setattr(data, "augment", counted)

    return stop_at


@pytest.mark.slow
def test_an_interrupted_run_goes_on_in_the_same_cell(tmp_path, stop_at):
    """Interrupted in step 5 and run again, it ends as an uninterrupted one."""
    config = Config(device="cpu", precision="fp32", out=str(tmp_path / "run"))
    whole = notebook.run(CPU)
    stop_at(5)
    with pytest.raises(notebook.Stopped, match="goes on from what is saved in"):
        notebook.run(config)
    assert (tmp_path / "run" / checkpoints.NAME).is_file()
    again = notebook.run(config)
    assert again.test_error == whole.test_error
    assert again.train_loss == whole.train_loss


def test_an_interrupted_run_that_keeps_nothing_says_so(stop_at):
    """On digits there is no folder, and no promise of one."""
    stop_at(5)
    with pytest.raises(notebook.Stopped, match="nothing of it is kept"):
        notebook.run(CPU)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(28, "No space left on device"), "No space left on device"),
        (ConnectionError("could not download it. Set PLUSX_DATA"), "Set PLUSX_DATA"),
        (ValueError("archive: expected\n 5 bytes, got 4"), "expected 5 bytes, got 4"),
    ],
)
def test_what_goes_wrong_ends_in_a_sentence(monkeypatch, error, told):
    """No traceback is shown, in one line."""

    def fail(name: str) -> None:
        raise error

    monkeypatch.setattr(data, "load", fail)
    with pytest.raises(notebook.Stopped) as stopped:
        notebook.run(CPU)
    (line,) = stopped.value._render_traceback_()
    assert told in line and "\n" not in line


@pytest.mark.slow
def test_on_digits_returns_the_trained_net_with_counters(short):
    """Its outputs are those of the run's net, and its norms can be estimated anew."""
    trained = notebook.run(CPU)
    net, images = notebook.on_digits(trained), data.digits().test_images
    with torch.no_grad():
        assert torch.allclose(net(images), trained.net.eval()(images), atol=1e-4)
    norms = [m for m in net.modules() if isinstance(m, nn.BatchNorm2d)]
    assert all(norm.num_batches_tracked is not None for norm in norms)
    trained.config = Config(data="cifar10")
    with pytest.raises(ValueError, match="a run on digits, got one on cifar10"):
        notebook.on_digits(trained)
