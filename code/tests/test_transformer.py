"""Chapter 6: the Transformer block against PyTorch's own, and its experiments."""

import copy
import math

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from torch import nn

from plusx import records
from plusx.experiments import transformer as lab
from plusx.labs.views import collapse_view
from plusx.networks.transformer import (
    ORDERS,
    Attention,
    Block,
    LanguageModel,
    copy_weights,
    token_diversity,
)
from plusx.pictures import transformer as views

torch.set_num_threads(1)
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


def twins(order: str, *, causal: bool = True) -> tuple[Block, nn.Module]:
    """A block and PyTorch's layer with the same weights, in float64."""
    torch.manual_seed(1)
    theirs = nn.TransformerEncoderLayer(
        12, 3, 20, dropout=0, batch_first=True, norm_first=order == "pre"
    )
    for norm in (theirs.norm1, theirs.norm2):
        nn.init.normal_(norm.weight)
        nn.init.normal_(norm.bias)
    ours = Block(12, 3, order=order, hidden=20, causal=causal)
    copy_weights(theirs, ours)
    return ours.double(), theirs.double()


@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize("order", ORDERS)
def test_block_equals_the_layer_of_pytorch(order, causal):
    """Values and gradients agree with `nn.TransformerEncoderLayer`."""
    ours, theirs = twins(order, causal=causal)
    mask = nn.Transformer.generate_square_subsequent_mask(5, dtype=torch.float64)
    x = stream_of(2, 5, 12).requires_grad_()
    own, other = ours(x), theirs(x, src_mask=mask if causal else None)
    torch.testing.assert_close(own, other, rtol=0, atol=1e-12)
    weights = stream_of(2, 5, 12)
    (found,) = torch.autograd.grad((own * weights).sum(), x)
    (expected,) = torch.autograd.grad((other * weights).sum(), x)
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-12)


def test_attention_does_not_look_ahead():
    """A changed token changes itself and those after it, and none before."""
    attention = Attention(8, 2).double()
    x = stream_of(1, 6, 8)
    other = x.clone()
    other[0, 3] += 1
    changed = (attention(x) != attention(other)).any(dim=-1)[0]
    assert changed.tolist() == [False] * 3 + [True] * 3


@pytest.mark.parametrize(("skip", "expected"), [(True, 1.0), (False, 0.0)])
def test_block_with_silent_sublayers_returns_its_input_or_nothing(skip, expected):
    """With nothing written, a pre-norm block is the identity; without the skip, 0."""
    block = Block(8, 2, skip=skip).double()
    for layer in (block.attention.write, block.feed_forward.second):
        nn.init.zeros_(layer.weight)
        nn.init.zeros_(layer.bias)
    x = stream_of(2, 4, 8)
    assert torch.equal(block(x), expected * x)


def test_post_norm_without_skip_norms_each_sublayer():
    """`norm(sublayer(x))`, twice, and nothing else."""
    block = Block(8, 2, order="post", skip=False).double()
    x = stream_of(2, 4, 8)
    between = block.norm1(block.attention(x))
    expected = block.norm2(block.feed_forward(between))
    assert torch.equal(block(x), expected)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Block(8, 3), "expected heads that divide 8, got 3"),
        (lambda: Block(8, 2, order="mid"), "order must be one of .*, got 'mid'"),
        (lambda: Block(8, 2)(torch.zeros(4, 8)), r"\(N, T, 8\), got \(4, 8\)"),
        (lambda: Block(8, 2)(torch.zeros(1, 4, 6)), r"8\), got \(1, 4, 6\)"),
        (lambda: LanguageModel(5, 0), "depth must be at least 1, got 0"),
        (
            lambda: LanguageModel(5, 1)(torch.zeros(1, 33, dtype=torch.long)),
            r"T ≤ 32\), got \(1, 33\)",
        ),
        (lambda: lab.make_model("mid", 1, 0), "variant must be one of .*, got 'mid'"),
    ],
)
def test_wrong_arguments_are_named(make, message):
    """What was expected and what came stand in the message."""
    with pytest.raises(ValueError, match=message):
        make()


def test_copy_weights_refuses_another_layer():
    """Neither another order nor another shape is copied."""
    layer = nn.TransformerEncoderLayer(12, 3, 20)
    with pytest.raises(ValueError, match="expected a pre-norm layer, got post-norm"):
        copy_weights(layer, Block(12, 3))
    with pytest.raises(ValueError, match=r"weight \(48, 12\), got \(20, 12\)"):
        copy_weights(layer, Block(12, 3, order="post"))


@pytest.mark.parametrize("variant", lab.VARIANTS)
def test_model_reads_out_its_last_state(variant):
    """depth + 1 states; the logits come from the last; later tokens play no part."""
    model = lab.make_model(variant, 3, 0)
    tokens, _ = next(lab.batches(0, size=2))
    states = model.states(tokens)
    assert len(states) == 4
    assert torch.equal(model(tokens), model.read_out(states[-1]))
    torch.testing.assert_close(model(tokens)[:, :7], model(tokens[:, :7]))


def test_diversity_of_known_tokens():
    """Equal tokens have none, opposite ones nothing else, and numpy agrees."""
    token = stream_of(1, 1, 8)
    assert token_diversity(token.expand(1, 5, 8)).item() < 1e-30
    assert token_diversity(torch.cat([token, -token], dim=1)).item() == 1
    x = stream_of(1, 5, 8)
    rows = x[0].numpy()
    expected = 8 * rows.var(axis=0).mean() * 5 / np.linalg.norm(rows) ** 2
    assert token_diversity(x).item() == pytest.approx(expected, rel=1e-12)


def test_only_pre_norm_has_a_clean_identity_path():
    """With the branches cut, a gradient passes pre-norm unchanged, post-norm not."""
    passed = {}
    for order in ORDERS:
        block = Block(8, 2, order=order).double()
        x = start = stream_of(1, 4, 8).requires_grad_()
        for sublayer, norm in block.sublayers():
            branch = sublayer(norm(x) if order == "pre" else x).detach()
            x = x + branch if order == "pre" else norm(x + branch)
        arriving = stream_of(2, 4, 8)[1:]
        (passed[order],) = torch.autograd.grad((x * arriving).sum(), start)
    assert torch.equal(passed["pre"], arriving)
    assert passed["post"].norm() < 0.99 * arriving.norm()


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


def test_record_is_of_the_experiment_as_it_stands():
    """Configuration, seeds and data of the record are those in the module."""
    record = records.load("transformer")
    assert record["config"] == lab.CONFIG
    assert record["provenance"]["seeds"] == lab.SEEDS
    assert record["provenance"]["data"] == lab.DATA


def paths(value: object, stem: str = "") -> set[str]:
    """Where the leaves of nested dictionaries stand; lists are leaves."""
    if not isinstance(value, dict):
        return {stem}
    return {path for key in value for path in paths(value[key], f"{stem}.{key}")}


@pytest.mark.slow
def test_small_run_has_the_shape_of_the_record():
    """A run at the smallest size fills the fields that the record has."""
    found, recorded = paths(lab.run(SMALL)), records.load("transformer")["results"]
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


FIGURES = (
    views.order_gradients,
    views.warmup,
    views.without_skips,
    views.diversity,
    views.bare_gradients,
    views.collapsed,
    views.stream,
    views.early_read_out,
)


@pytest.mark.parametrize("draw", FIGURES, ids=lambda draw: draw.__name__)
def test_figures_draw_their_lines_in_both_languages(draw):
    """Each panel has named lines, and each name its Chinese half."""
    figure = draw(records.load("transformer"))
    for ax in figure.axes:
        names = [line.get_label() for line in ax.lines]
        names = [name for name in names if not name.startswith("_")]
        assert len(names) >= 2
        assert all(" · " in name for name in names)
    plt.close(figure)


def test_lines_given_as_logarithms_stand_at_their_powers():
    """The last point of the collapse is ten to the recorded mean."""
    record = records.load("transformer")
    figure = views.collapsed(record)
    line = next(li for li in figure.axes[0].lines if li.get_label() == views.BARE)
    mean = record["results"]["sweep"]["pre_bare"]["12"]["after"]["mean"][-1]
    assert line.get_ydata()[-1] == pytest.approx(10**mean, rel=1e-12)
    plt.close(figure)


def test_explorer_says_what_the_record_says():
    """One curve pair and one sentence for each setting, with the recorded loss."""
    record = records.load("transformer")
    table = views.table(record)
    assert len(table["curves"]) == len(table["readouts"]) == 20
    found = record["results"]["sweep"]["post_skip"]["8"]
    assert table["curves"]["post/skip/8"][1] == found["after"]["mean"]
    english, chinese = table["readouts"]["post/skip/8"]
    loss = f"{found['loss']['mean']:.2f} ± {found['loss']['std']:.2f}"
    assert english.startswith("post-norm, with skips, 8 blocks") and loss in english
    assert chinese.startswith("后置归一化，有跳跃连接，8 块") and loss in chinese


def test_lab_says_what_the_model_does():
    """The sentence holds the model's diversity; weights of 0 add nothing to it."""
    kept = lab.diversity(lab.make_model("pre_bare", 3, 1))[-1]
    assert f"a diversity of {kept:.2g}." in repr(collapse_view("pre_bare", 3, 1.0, 1))
    start = lab.diversity(lab.make_model("pre_skip", 1, 1))[0]
    assert f"a diversity of {start:.2g}." in repr(collapse_view("pre_skip", 3, 0.0, 1))
