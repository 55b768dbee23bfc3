"""Small Transformers on characters: the experiment against oracles, its record."""

import copy
import math

import numpy as np
import pytest
import torch

from plusx import records
from plusx.experiments import transformer as lab
from plusx.labs.views import collapse_view

SMALL = {
    **lab.CONFIG,
    "sweep": {"depths": [1, 2], "steps": 2},
    "warmup": {"depth": 1, "steps": 20, "warmup": 10},
    "stream": {"depth": 1, "steps": 2},
    "init": {"depth": 1, "seeds": [0, 1]},
}


def stream_of(*shape: int) -> torch.Tensor:
    """Normal numbers in float64."""
    generator = torch.Generator().manual_seed(3)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


def test_model_of_an_unknown_variant_is_refused():
    """The message says what came."""
    with pytest.raises(ValueError, match=r"variant must be one of .*, got 'mid'"):
        lab.make_model("mid", 1, 0)


@pytest.mark.parametrize("variant", lab.VARIANTS)
def test_model_reads_out_its_last_state(variant):
    """depth + 1 states; the logits come from the last; later tokens play no part."""
    model = lab.make_model(variant, 3, 0)
    tokens, _ = next(lab.batches(0, size=2))
    states = model.states(tokens)
    assert len(states) == 4
    assert torch.equal(model(tokens), model.read_out(states[-1]))
    torch.testing.assert_close(model(tokens)[:, :7], model(tokens[:, :7]))


def test_text_is_what_its_codes_say():
    """Codes give the characters back, and numpy the same entropy."""
    text = lab.text()
    assert "Iris" in "".join(text.characters[code] for code in text.codes.tolist())
    shares = np.bincount(text.codes.numpy()) / len(text.codes)
    assert text.entropy == pytest.approx(-(shares * np.log(shares)).sum(), rel=1e-9)


def test_batches_ask_for_the_next_character():
    """What is to be predicted is the input, one place on."""
    inputs, following = next(lab.batches(0, size=3, length=10))
    assert inputs.shape == following.shape == (3, 10)
    assert torch.equal(inputs[:, 1:], following[:, :-1])


def test_warmup_makes_the_first_step_small():
    """Adam's first step has length lr in each weight; a warm-up of 10 a tenth of it."""
    for warmup, expected in ((0, 1e-3), (10, 1e-4)):
        model = lab.make_model("pre_skip", 1, 0)
        before = copy.deepcopy(model.head.bias)
        lab.train(model, 1, warmup=warmup)
        step = (model.head.bias - before).abs().max().item()
        assert step == pytest.approx(expected, rel=0.01)


def test_gradients_agree_with_central_differences():
    """The norm by the last block's feed-forward weights, entry by entry in float64."""
    model = lab.make_model("post_skip", 1, 0).double()
    weight = model.blocks[0].feed_forward.second.weight
    direction = stream_of(*weight.shape)
    inputs, following = lab.probe()
    loss = lab.loss_of(model, inputs, following)
    (gradient,) = torch.autograd.grad(loss, weight)
    sides = []
    with torch.no_grad():
        for sign in (1, -2):
            weight += sign * 1e-5 * direction
            sides.append(lab.loss_of(model, inputs, following).item())
        weight += 1e-5 * direction
    slope = (sides[0] - sides[1]) / 2e-5
    assert (gradient * direction).sum().item() == pytest.approx(slope, rel=1e-6)
    found = lab.gradients(model)["feed_forward"]
    assert found == pytest.approx([gradient.norm().item()], rel=1e-9)


def test_stream_ends_where_the_model_ends():
    """The last early read-out is the loss, and the lengths are those of the states."""
    model = lab.make_model("pre_skip", 2, 0)
    inputs, following = lab.probe()
    with torch.no_grad():
        found, states = lab.stream(model), model.states(inputs)
        loss = lab.loss_of(model, inputs, following).item()
    assert found["loss"][-1] == pytest.approx(loss, rel=1e-6)
    lengths = [state.norm(dim=-1).mean().item() for state in states]
    assert found["norm"][::2] == pytest.approx(lengths, rel=1e-5)
    assert [len(found[key]) for key in ("norm", "start", "loss", "share")] == [
        5,
        5,
        5,
        4,
    ]


def paths(value: object, stem: str = "") -> set[str]:
    """Where the leaves of nested dictionaries stand; lists are leaves."""
    if not isinstance(value, dict):
        return {stem}
    return {path for key in value for path in paths(value[key], f"{stem}.{key}")}


@pytest.mark.slow
def test_small_run_has_the_shape_of_the_record():
    """A run at the smallest size fills the fields that the record has."""
    found, recorded = paths(lab.run(**SMALL)), records.load("transformer")["results"]
    assert found <= paths(recorded)


def test_record_says_what_the_chapter_says():
    """Without skips at unigram entropy, tokens alike, and few gradients dead."""
    results = records.load("transformer")["results"]
    entropy = results["text"]["entropy"]
    sweep, init = results["sweep"], results["init"]
    assert abs(sweep["pre_bare"]["12"]["loss"]["mean"] - entropy) < 0.15
    assert sweep["pre_skip"]["12"]["loss"]["mean"] < entropy - 0.5
    assert init["pre_bare"]["diversity"]["mean"][-1] < -4
    assert init["pre_skip"]["diversity"]["mean"][-1] > -1
    assert math.log10(0.3) < init["pre_bare"]["value"]["mean"][0]
    assert init["pre_bare"]["query_key"]["mean"][-1] < -4


def test_lab_says_what_the_model_does():
    """The sentence holds the model's diversity; weights of 0 add nothing to it."""
    kept = lab.diversity(lab.make_model("pre_bare", 3, 1))[-1]
    assert f"a diversity of {kept:.2g}." in repr(collapse_view("pre_bare", 3, 1.0, 1))
    start = lab.diversity(lab.make_model("pre_skip", 1, 1))[0]
    assert f"a diversity of {start:.2g}." in repr(collapse_view("pre_skip", 3, 0.0, 1))
