"""The film of training: its frames against other computations and other records."""

import pytest
import torch
import torch.nn.functional as F

from plusx import records
from plusx.data import digits
from plusx.experiments import _digits, film, information
from plusx.fitting import fit

SMALL = {
    "frames": [0, 2, 4],
    "images": 16,
    "ridge": 0.01,
    "recipe": {"lr": 0.05, "momentum": 0.9, "weight_decay": 1e-4},
    "batch_size": 8,
}


def net(seed=0):
    """A small residual net."""
    return _digits.make_net(seed, depth=8, residual=True, width=4)


def test_frame_is_what_autograd_and_the_probe_say():
    """States with a gradient of their own, `.grad` of the weights, and `look`."""
    data, model = digits(), net().double().train()
    x, states = model.stem_norm(model.stem(data.train_images[:16].double())).relu(), []
    for block in model.blocks:
        x = block(x)
        x.retain_grad()
        states.append(x)
    F.cross_entropy(model.head(x.mean(dim=(2, 3))), data.train_labels[:16]).backward()
    found = film.look(net(), 16, 0.01, lr=0.05)
    lengths = torch.stack([state.grad.norm() for state in states])
    assert torch.allclose(found["gradient"].double(), lengths.log10(), atol=1e-5)
    weights = [block.conv1.weight for block in model.blocks]
    steps = torch.stack([0.05 * w.grad.norm() / w.norm() for w in weights])
    assert torch.allclose(found["update"].double(), steps.log10().detach(), atol=1e-5)
    probe = information.look(net(), data, {"probe": 0.01})["probe"][1:]
    assert found["read"].tolist() == pytest.approx([100 - error for error in probe])


def test_filming_leaves_training_alone(few_images):
    """The errors are those of the shown loop: looking takes no step and no draw."""
    images, labels, *_ = few_images
    frames, errors = film.film(net(1), 1, **SMALL)
    assert list(frames) == SMALL["frames"]
    assert errors == fit(net(1), images, labels, epochs=1, batch_size=8, seed=1)
    assert not torch.equal(frames[0]["gradient"], frames[2]["gradient"])


def test_film_is_that_of_the_other_records():
    """By the same seeds: the first gradients and probes, the errors at the end."""
    found, config = records.load("film")["results"], film.CONFIG
    norms = records.load("gradient_norms")["results"]["relu"]["bn"]
    left = records.load("information")["results"]
    for kind, other in (("plain", "plain-56"), ("residual", "residual-56")):
        frames = found[kind]["frames"]
        first = frames["0"]["gradient"]["mean"]
        ratios = norms[kind]["ratio"]["values"][: len(config["seeds"])]
        assert first[0] - first[-1] == pytest.approx(
            sum(ratios) / len(ratios), abs=0.02
        )
        rows = left[other]["untrained"]["probe"]["values"][: len(config["seeds"])]
        last = 100 - sum(row[-1] for row in rows) / len(rows)
        assert frames["0"]["read"]["mean"][-1] == pytest.approx(last, abs=0.1)
    trained = records.load("gradient_training")["results"]["relu"]["bn"]
    for kind in ("plain", "residual"):
        expected = trained[kind]["error"]["values"]
        assert found[kind]["train"][-1]["values"] == pytest.approx(expected, abs=0.01)
