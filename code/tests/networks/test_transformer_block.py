"""The Transformer block against PyTorch's own."""

import numpy as np
import pytest
import torch
from torch import nn

from plusx.networks.transformer import (
    ORDERS,
    Attention,
    Block,
    LanguageModel,
    copy_weights,
    token_diversity,
)


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
