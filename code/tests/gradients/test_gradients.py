"""gradients: chains, Jacobians, norms and shattering against independent oracles."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from plusx import gradients

torch.set_num_threads(1)
SLOPES = {
    "sigmoid": lambda z: math.exp(-z) / (1 + math.exp(-z)) ** 2,
    "tanh": lambda z: 1 / math.cosh(z) ** 2,
    "relu": lambda z: float(z > 0),
    "linear": lambda z: 1.0,
}
VALUES = {
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    "tanh": math.tanh,
    "relu": lambda z: max(z, 0.0),
    "linear": lambda z: z,
}


def closed_form(depth, weight, activation, residual, scale, place, start):
    """The factors of a scalar chain from the derivatives written by hand."""
    value, slope = VALUES[activation], SLOPES[activation]
    factors, h = [], start
    for _ in range(depth):
        inner = scale * weight * slope(weight * h)
        total = scale * value(weight * h) + (h if residual else 0)
        factor = inner + (1 if residual else 0)
        if residual and place == "after":
            factor *= slope(total)
            total = value(total)
        factors.append(factor)
        h = total
    return factors


@pytest.mark.parametrize("activation", gradients.ACTIVATIONS)
@pytest.mark.parametrize("place", gradients.PLACES)
@pytest.mark.parametrize("residual", [False, True])
@pytest.mark.parametrize("weight", [-4.0, -1.0, 0.5, 1.0, 4.0])
def test_chain_factors_match_hand_derivatives(activation, place, residual, weight):
    """Autograd through the chain gives the derivatives that the table states."""
    options = {"residual": residual, "scale": 0.3, "place": place, "start": 0.5}
    found = gradients.chain_factors(30, weight, activation, **options)
    expected = closed_form(30, weight, activation, **options)
    assert found.tolist() == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_chain_product_is_the_derivative_of_the_whole_chain():
    """The product of the factors is what finite differences of the output give."""

    def run(h):
        for _ in range(6):
            h = h + 0.7 / (1 + math.exp(-1.5 * h))
        return h

    factors = gradients.chain_factors(6, 1.5, scale=0.7, start=0.2)
    slope = (run(0.2 + 1e-5) - run(0.2 - 1e-5)) / 2e-5
    assert factors.prod().item() == pytest.approx(slope, rel=1e-8)


@pytest.mark.parametrize(
    ("weight", "options", "factor"),
    [
        (4.0, {"residual": False}, 1.0),
        (8.0, {"residual": False}, 2.0),
        (1.0, {}, 1.25),
        (-4.0, {}, 0.0),
        (-8.0, {}, -1.0),
        (1.0, {"scale": 0.01}, 1.0025),
        (1.0, {"place": "after"}, 1.25 / 4),
        (2.0, {"activation": "tanh"}, 3.0),
    ],
)
def test_chain_without_a_start_stands_at_the_steepest_point(weight, options, factor):
    """Each factor is the closed form with f′ at its largest."""
    found = gradients.chain_factors(5, weight, **{"start": None, **options})
    assert found.tolist() == [factor] * 5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, 1.0), "depth must be at least 1, got 0"),
        ((3, 1.0, "cube"), "activation must be one of"),
        ((3, math.nan), "must be finite"),
    ],
)
def test_chain_factors_refuses_what_it_cannot_use(arguments, message):
    """Wrong depths, names and numbers are named in the error."""
    with pytest.raises(ValueError, match=message):
        gradients.chain_factors(*arguments)


def test_chain_factors_refuses_an_unknown_place():
    """The message lists the places there are."""
    with pytest.raises(ValueError, match="place must be one of"):
        gradients.chain_factors(3, 1.0, place="before")


def test_cumulative_product_keeps_size_and_sign():
    """Sign and log10 rebuild the partial products, beyond a factor 0 as well."""
    factors = torch.tensor([2.0, -5.0, -0.1, 0.0, 3.0], dtype=torch.float64)
    product = gradients.cumulative_product(factors)
    rebuilt = product.sign * 10**product.log10
    assert rebuilt.tolist() == pytest.approx([2.0, -10.0, 1.0, 0.0, 0.0])


def test_cumulative_product_outlives_the_number_format():
    """A product below the smallest float64 keeps its logarithm."""
    product = gradients.cumulative_product(torch.full((1000,), 0.25).double())
    assert product.log10[-1].item() == pytest.approx(1000 * math.log10(0.25))


@pytest.mark.parametrize("factors", [[], [1.0, math.inf], [math.nan]])
def test_cumulative_product_refuses_nothing_and_infinity(factors):
    """There must be factors, and they must be finite."""
    with pytest.raises(ValueError, match=r"at least 1|finite"):
        gradients.cumulative_product(torch.tensor(factors))


def wave(x):
    """A curved function (3,) → (2,) with a Jacobian that is easy to write down."""
    return torch.stack([x[0] * torch.sin(x[1]), x[2] ** 3 + x[0]])


def wave_jacobian(x):
    """The Jacobian (2, 3) of `wave`, by hand."""
    a, b, c = x.tolist()
    return np.array([[math.sin(b), a * math.cos(b), 0], [1, 0, 3 * c**2]])


@pytest.mark.parametrize(
    "method", [gradients.jacobian, gradients.central_difference], ids=["auto", "diff"]
)
def test_jacobians_match_the_hand_derivative(method):
    """Autograd and central differences find the Jacobian written by hand."""
    x = torch.tensor([0.7, -1.2, 2.0], dtype=torch.float64)
    np.testing.assert_allclose(method(wave, x), wave_jacobian(x), atol=1e-8)


def test_central_difference_wants_float64():
    """In float32 the rounding would drown the difference."""
    with pytest.raises(ValueError, match=r"expected float64, got torch\.float32"):
        gradients.central_difference(wave, torch.ones(3))


@pytest.mark.parametrize("x", [torch.ones(2, 2), torch.tensor([1.0, math.inf])])
def test_jacobian_wants_a_finite_vector(x):
    """Matrices and infinities are refused."""
    with pytest.raises(ValueError, match=r"vector"):
        gradients.jacobian(torch.sin, x)


def test_jacobian_refuses_an_infinite_result():
    """√x has no finite slope at 0."""
    with pytest.raises(ValueError, match="Jacobian must be finite"):
        gradients.jacobian(torch.sqrt, torch.zeros(2))


def test_chain_jacobian_multiplies_the_blocks():
    """Linear maps and a curved one compose as the chain rule says."""
    torch.manual_seed(0)
    a, b = torch.randn(2, 4, 4, dtype=torch.float64)
    x = torch.randn(4, dtype=torch.float64)
    found = gradients.chain_jacobian([lambda h: a @ h, torch.sin, lambda h: b @ h], x)
    torch.testing.assert_close(found, b @ torch.diag(torch.cos(a @ x)) @ a)


def test_chain_jacobian_wants_blocks_that_keep_the_size():
    """A block that changes the number of entries is named by its Jacobian's shape."""
    with pytest.raises(ValueError, match=r"square matrix, got shape \(2, 3\)"):
        gradients.chain_jacobian([wave], torch.ones(3))
    with pytest.raises(ValueError, match="depth must be at least 1, got 0"):
        gradients.chain_jacobian([], torch.ones(3))


def test_chain_jacobian_refuses_an_overflowing_product():
    """Two hundred blocks that multiply by 100 leave float64."""
    with pytest.raises(ValueError, match="finite"):
        gradients.chain_jacobian([lambda h: 1e2 * h] * 200, torch.ones(2).double())


def test_spectrum_finds_known_singular_values():
    """A diagonal matrix between two rotations has its diagonal as singular values."""
    angle = torch.tensor(0.3, dtype=torch.float64)
    turn = torch.stack(
        [
            torch.stack([angle.cos(), -angle.sin()]),
            torch.stack([angle.sin(), angle.cos()]),
        ]
    )
    found = gradients.spectrum(
        turn @ torch.diag(torch.tensor([3.0, 0.5]).double()) @ turn
    )
    assert found.values.tolist() == pytest.approx([3.0, 0.5])
    assert found.floor == pytest.approx(2 * 2.220446e-16 * 3.0)


def test_spectrum_floor_marks_what_rounding_invents():
    """A matrix of rank 1 has rounding noise below the floor, and nothing else."""
    torch.manual_seed(0)
    column = torch.randn(30, 1, dtype=torch.float64)
    found = gradients.spectrum(column @ column.T)
    assert found.values[0].item() == pytest.approx((column**2).sum().item())
    assert (found.values[1:] < found.floor).all()


@pytest.mark.parametrize(
    "matrix", [torch.ones(2, 3), torch.ones(4), torch.full((2, 2), math.nan)]
)
def test_spectrum_refuses_other_shapes_and_nan(matrix):
    """Only finite square matrices have the spectrum that the book means."""
    with pytest.raises(ValueError, match=r"square|finite"):
        gradients.spectrum(matrix)


def test_gradient_norms_match_backward():
    """States by hand, weights by `backward()`: the same norms."""
    torch.manual_seed(0)
    layers = nn.ModuleList([nn.Linear(5, 5), nn.Tanh(), nn.Linear(5, 5)])
    x = torch.randn(7, 5)

    def loss():
        return (layers[2](layers[1](layers[0](x))) ** 2).sum()

    states, weights = gradients.gradient_norms(layers, loss)
    loss().backward()
    last = layers[2](layers[1](layers[0](x)))
    assert states[2].item() == pytest.approx((2 * last).norm().item(), rel=1e-5)
    before = (2 * last) @ layers[2].weight
    assert states[1].item() == pytest.approx(before.norm().item(), rel=1e-5)
    joint = torch.cat([p.grad.flatten() for p in layers[0].parameters()]).norm()
    assert weights.tolist()[:2] == pytest.approx([joint.item(), 0.0], rel=1e-5)


def test_gradient_norms_leave_no_hooks_behind():
    """The nets of a chapter are the same after the measurement, failed or not."""
    layer = nn.Linear(2, 2)
    with pytest.raises(ValueError, match="loss must be finite"):
        gradients.gradient_norms(
            [layer], lambda: layer(torch.full((1, 2), math.inf)).sum()
        )
    assert not layer._forward_hooks


def test_gradient_norms_want_modules():
    """Without modules there is nothing to measure."""
    with pytest.raises(ValueError, match="at least 1"):
        gradients.gradient_norms([], lambda: torch.tensor(0.0))


def test_input_gradients_are_one_for_each_input():
    """The gradient of Σ x² is 2x for each example apart."""
    x = torch.arange(6.0).reshape(3, 2)
    found = gradients.input_gradients(lambda v: (v**2).sum(dim=1), x)
    torch.testing.assert_close(found, 2 * x)


def test_input_gradients_want_one_output_an_example():
    """Two outputs an example are refused with both shapes."""
    with pytest.raises(ValueError, match=r"shape \(3,\), got \(3, 2\)"):
        gradients.input_gradients(lambda v: v, torch.ones(3, 2))


def test_gradient_cosine_is_the_angle_between_gradients():
    """x²/2 has the gradient x, so the cosine is that of x and x + nudge."""
    x, nudge = torch.tensor([[1.0, 0.0]]), torch.tensor([[0.0, 1.0]])
    found = gradients.gradient_cosine(lambda v: (v**2).sum(dim=1) / 2, x, nudge)
    assert found.tolist() == pytest.approx([math.sqrt(0.5)])


def test_autocorrelation_matches_numpy():
    """Against a sum of products written with NumPy."""
    series = np.random.default_rng(0).normal(size=50).cumsum()
    centred = series - series.mean()
    expected = [(centred[: 50 - k] * centred[k:]).sum() / (50 - k) for k in range(5)]
    found = gradients.autocorrelation(torch.tensor(series), 5)
    np.testing.assert_allclose(found, np.array(expected) / expected[0])


def test_autocorrelation_tells_white_from_brown_noise():
    """White noise forgets at once, its running sum does not."""
    torch.manual_seed(0)
    white = torch.randn(2000)
    assert abs(gradients.autocorrelation(white, 2)[1].item()) < 0.1
    assert gradients.autocorrelation(white.cumsum(0), 2)[1].item() > 0.95


@pytest.mark.parametrize("lags", [0, 5, 9])
def test_autocorrelation_wants_fewer_lags_than_points(lags):
    """A series of five has lags 0 to 4, and at least one is asked for."""
    with pytest.raises(ValueError, match=f"lags must lie in 1 … 4, got {lags}"):
        gradients.autocorrelation(torch.arange(5.0), lags)
