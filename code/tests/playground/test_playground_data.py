"""What the playground sends to the page: data, bands, words, scripts, sizes."""

import gzip
import json
import re
from importlib.resources import files

import pytest
import torch

from plusx import data, playground, records
from plusx.bilingual import check_pair
from plusx.playground import bench, words

pytestmark = pytest.mark.usefixtures("english")
ROOM = files("plusx.playground")


def pairs(found):
    """All pairs of texts in nested dictionaries and lists."""
    if isinstance(found, dict):
        found = list(found.values())
    if isinstance(found, list | tuple):
        if len(found) == 2 and all(isinstance(text, str) for text in found):
            yield tuple(found)
        else:
            for one in found:
                yield from pairs(one)


def test_packed_digits_are_those_of_the_experiment():
    """Unpacked and normalized they equal `plusx.data.digits`, labels as well."""
    packed = playground.digits()
    values = []
    for character in packed["pixels"]:
        empty = character < "a"
        values += [0] * (ord(character) - 64) if empty else [ord(character) - 96]
    split = data.digits()
    found = (torch.tensor(values) - packed["mean"]) / packed["deviation"]
    assert torch.allclose(found, split.train_images.flatten(), atol=1e-5)
    assert packed["labels"] == "".join(map(str, split.train_labels.tolist()))


def test_bands_are_means_and_deviations_of_the_record():
    """Also where some of the runs have broken down, and where all have."""
    results = records.load("playground")["results"]
    bands = playground.recorded()["bands"]
    assert len(bands) == 20
    ends = torch.tensor([curve[-1] for curve in results["residual_norm"]["54"]])
    band = bands["1/1/0/54"]
    assert band["mean"][-1] == pytest.approx(ends.mean().item(), abs=0.01)
    assert band["std"][-1] == pytest.approx(ends.std().item(), abs=0.01)
    assert playground.band([[4.0, 3.0], [2.0, None], [3.0, 1.0]]) == {
        "mean": [3.0, 2.0],
        "std": [1.0, 1.41],
        "broken": 1,
    }
    assert bands["1/0/0/54"]["broken"] == 5
    assert bands["1/0/0/54"]["mean"][-1] is None


def test_every_word_is_there_in_both_languages():
    """All pairs; what both languages write the same way has no letters but names."""
    tables = [words.WORDS, words.NETS, words.CHALLENGES, words.MEASURES, words.AXES]
    found = list(pairs(tables))
    assert len(found) > 40
    for pair in found:
        if pair != ("NaN", "NaN"):
            check_pair(pair[0], pair)
        holes = [sorted(re.findall(r"\{\w+\}", text)) for text in pair]
        assert holes[0] == holes[1], pair


def test_scripts_are_light_and_the_network_is_small():
    """The net: under 250 lines and 12 kB; everything: under 20 kB compressed."""
    source = (ROOM / "net.js").read_text("utf8")
    assert len(source.splitlines()) < 250 and len(source.encode()) < 12_000
    assert len(gzip.compress(playground.script().encode())) < 20_000


def test_scripts_ask_for_nothing():
    """No address and no way to send anything stands in the scripts."""
    source = playground.script()
    assert not re.search(r"https?:|fetch|XMLHttp|sendBeacon|WebSocket|import\(", source)


@pytest.mark.slow
def test_show_writes_the_same_bytes_again_and_keeps_its_data_whole():
    """The stored output does not change from run to run; the data reads back."""
    first, second = (playground.show().data for _ in range(2))
    assert first == second
    text = re.search(r'json" data-on-demand="[\w-]+">(.*?)</script>', first, re.S)[1]
    assert json.loads(text) == json.loads(json.dumps(playground.data("full")))
    assert "digits" not in playground.data("small")


def test_show_refuses_another_size_or_a_name_that_is_none():
    """The error says what there is."""
    with pytest.raises(ValueError, match="'full', 'small'"):
        playground.show("large")
    with pytest.raises(ValueError, match="name must be like"):
        playground.show(name="Play here")


def test_benchmark_tells_agreement_from_difference():
    """Means within both deviations agree; so do nets that broke down in both."""
    curves = [[9.0, 2.0], [9.0, 3.0], [9.0, 4.0]]
    assert bench.verdict("a", [2.5, 3.5, 4.5], curves).endswith("agree")
    assert bench.verdict("a", [7.0, 7.5, 8.0], curves).endswith("DIFFER")
    assert bench.verdict("a", [None] * 3, [[None]] * 3).endswith("agree")
    assert bench.verdict("a", [None] * 3, curves).endswith("DIFFER")
