"""Slices and sharpness: quadratics, known matrices, and autograd's own Hessian."""

import copy

import pytest
import torch
from torch import nn

from plusx.experiments import _digits, landscape

SMALL = {
    **landscape.CONFIG,
    "nets": {"plain-8": {"depth": 8, "residual": False}},
    "alphas": [-1, 0, 1],
    "images": 16,
    "steps": 3,
    "width": 4,
    "recipe": {**_digits.RECIPE, "epochs": 1},
    "seeds": [0, 1],
}


def symmetric(size: int = 12) -> torch.Tensor:
    """A random symmetric matrix."""
    generator = torch.Generator().manual_seed(4)
    matrix = torch.randn(size, size, generator=generator, dtype=torch.float64)
    return matrix + matrix.T


def test_lanczos_finds_the_largest_eigenvalue():
    """As many steps as rows give what the full decomposition gives."""
    matrix = symmetric()
    expected = torch.linalg.eigvalsh(matrix)[-1].item()
    found = landscape.largest_eigenvalue(lambda v: matrix @ v.double(), 12, 12, 0)
    assert found == pytest.approx(expected, rel=1e-5)


def test_lanczos_is_not_misled_by_a_negative_eigenvalue():
    """Planted: −50 is larger in size than every other; the largest is wanted."""
    values = torch.tensor([-50.0, 1, 2, 3], dtype=torch.float64)
    found = landscape.largest_eigenvalue(lambda v: values * v, 4, 4, 0)
    assert found == pytest.approx(3, rel=1e-5)


def test_lanczos_stops_where_nothing_is_left():
    """The identity is known after one product."""
    assert landscape.largest_eigenvalue(lambda v: 7 * v, 5, 5, 0) == pytest.approx(7)


def test_hessian_product_is_the_full_hessian():
    """Column by column it is the Hessian that autograd builds at once."""
    w = torch.randn(4, generator=torch.Generator().manual_seed(0)).double()
    w.requires_grad_()

    def loss_at(w):
        return (w**4).sum() + w[0] * w[1] * w[2]

    expected = torch.autograd.functional.hessian(loss_at, w.detach())
    product = landscape.hessian_times([w], lambda: loss_at(w))
    columns = [product(column) for column in torch.eye(4, dtype=torch.float64)]
    assert torch.allclose(torch.stack(columns), expected)


def test_direction_is_as_long_as_each_filter():
    """Filter by filter the lengths agree; norms and biases stay."""
    net = _digits.make_net(0, depth=8, residual=True, width=4)
    step = landscape.direction(net, torch.Generator().manual_seed(0))
    for weight, move in zip(net.parameters(), step, strict=True):
        if weight.dim() < 2:
            assert move.abs().max() == 0
        else:
            first, second = weight.flatten(1).norm(dim=1), move.flatten(1).norm(dim=1)
            assert torch.allclose(first, second, rtol=1e-5)


def test_slice_of_a_quadratic_is_a_parabola():
    """½ |w + α d|², and the weights are where they were."""
    net = nn.Linear(3, 2, bias=False).double()
    before = copy.deepcopy(net.weight)
    step = [torch.ones(2, 3, dtype=torch.float64)]
    alphas = [-1.0, 0.0, 2.0]
    found = landscape.along(net, lambda: (net.weight**2).sum() / 2, step, alphas)
    expected = [((before + a) ** 2).sum().item() / 2 for a in alphas]
    assert found == pytest.approx(expected)
    assert torch.equal(net.weight, before)


def test_scaled_sharpness_does_not_see_the_length_of_normed_weights():
    """Convolutions 10 times as long before batch norm: the sharpness along them falls
    a hundredfold, and times ‖w‖² it stays."""
    torch.manual_seed(0)
    x, y = torch.randn(32, 3), torch.randint(2, (32,))
    norm = nn.BatchNorm1d(2, affine=False, eps=1e-12)

    def top(stretch: float) -> float:
        torch.manual_seed(1)
        weight = (stretch * torch.randn(2, 3)).requires_grad_()
        product = landscape.hessian_times(
            [weight],
            lambda: nn.functional.cross_entropy(norm(x @ weight.T), y),
        )
        return landscape.largest_eigenvalue(product, 6, 6, 0)

    assert top(10.0) * 100 == pytest.approx(top(1.0), rel=1e-2)


@pytest.mark.slow
def test_landscape_has_every_part():
    """A small run has them; the slice passes through the loss at α = 0."""
    found = landscape.run(**SMALL)["plain-8"]
    assert len(found["slice"]["values"][0]) == 3
    assert {"sharpness, untrained", "scaled, trained", "train"} <= set(found)
    for key, value in (("steps", 1), ("images", 32)):
        assert landscape.run(**{**SMALL, key: value})["plain-8"] != found
