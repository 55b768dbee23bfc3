"""What the chain rule does with depth: products, Jacobians, norms and shattering.

Shapes: L blocks, d numbers in a state, m outputs, n inputs, N examples, K layers.

A scalar chain is a net whose state is one number h. Its branch is F(h) = α f(w h):

| chain                      | step               | factor                            |
|----------------------------|--------------------|-----------------------------------|
| plain                      | F(h)               | α w f′(w h)                       |
| residual, place "branch"   | h + F(h)           | 1 + α w f′(w h)                   |
| residual, place "after"    | f(h + F(h))        | f′(h + F(h)) · (1 + α w f′(w h))  |

The chain rule multiplies the factors, and the products are kept as log10 and sign,
because they leave the range of every floating-point format long before depth 1,000.
"""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

ACTIVATIONS = {
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "linear": lambda z: z,
}
STEEPEST = {"sigmoid": 0.25, "tanh": 1.0, "relu": 1.0, "linear": 1.0}
PLACES = ("branch", "after")


class Product(NamedTuple):
    """Partial products of factors: log10 of their size (L, ...) and their sign."""

    log10: Tensor
    sign: Tensor


class Spectrum(NamedTuple):
    """Singular values (d,), largest first, and the size below which they are noise."""

    values: Tensor
    floor: float


def chain_factors(
    depth: int,
    weight: float,
    activation: str = "sigmoid",
    *,
    residual: bool = True,
    scale: float = 1.0,
    place: str = "branch",
    start: float | None = 0.5,
) -> Tensor:
    """The derivative of each step of a scalar chain, (depth,) in float64.

    Args:
        weight: w in F(h) = scale · f(weight · h).
        place: "branch" adds F to a bare h, "after" passes h + F(h) through f again;
            a plain chain has no addition, so it ignores the place.
        start: h before the first step; None holds every f at its steepest point,
            where f′ is 1/4 for the sigmoid and 1 for the others.

    Raises:
        ValueError: for depth < 1, an unknown name, or a number that is not finite.
    """
    _check_depth(depth)
    _check_name("activation", activation, ACTIVATIONS)
    _check_name("place", place, PLACES)
    numbers = (weight, scale, 0.0 if start is None else start)
    if not all(map(math.isfinite, numbers)):
        raise ValueError(f"weight, scale and start must be finite, got {numbers}")
    after = residual and place == "after"
    if start is None:
        slope = STEEPEST[activation]
        factor = float(residual) + scale * weight * slope
        factor *= slope if after else 1.0
        return torch.full((depth,), factor, dtype=torch.float64)

    function = ACTIVATIONS[activation]

    def step(h: Tensor) -> Tensor:
        branch = scale * function(weight * h)
        total = h + branch if residual else branch
        return function(total) if after else total

    h = torch.tensor(start, dtype=torch.float64)
    factors = []
    for _ in range(depth):
        h = h.detach().requires_grad_()
        following = step(h)
        factors.append(torch.autograd.grad(following, h)[0])
        h = following
    return torch.stack(factors)


def cumulative_product(factors: Tensor) -> Product:
    """All partial products along the first axis of (L, ...) factors.

    log10 is −inf and the sign 0 from the first factor on that is exactly 0.

    Raises:
        ValueError: when there are no factors, or one is not finite.
    """
    _check_depth(len(factors))
    check_finite("factors", factors)
    logs = factors.abs().log10().cumsum(dim=0)
    return Product(logs, factors.sign().cumprod(dim=0))


def jacobian(function: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """The Jacobian (m, n) of a function (n,) → (m,) at x, by autograd.

    Raises:
        ValueError: when x is not a finite vector, or the result is not finite.
    """
    _check_vector(x)
    matrix = torch.autograd.functional.jacobian(function, x, vectorize=True)
    check_finite("the Jacobian", matrix)
    return matrix


def central_difference(
    function: Callable[[Tensor], Tensor], x: Tensor, step: float = 1e-5
) -> Tensor:
    """The same Jacobian (m, n) from 2n values of the function: no derivative used.

    The error is about step² from the curve and 1e-16 / step from rounding, so x must
    be float64.

    Raises:
        ValueError: when x is not a finite float64 vector.
    """
    _check_vector(x)
    if x.dtype != torch.float64:
        raise ValueError(f"expected float64, got {x.dtype}")
    moves = step * torch.eye(len(x), dtype=x.dtype)
    columns = [(function(x + m) - function(x - m)) / (2 * step) for m in moves]
    return torch.stack(columns, dim=1)


def chain_jacobian(blocks: Sequence[Callable[[Tensor], Tensor]], x: Tensor) -> Tensor:
    """The Jacobian (d, d) of blocks applied one after the other to x (d,).

    Raises:
        ValueError: when there is no block, a block changes the number of entries, or
            a Jacobian is not finite.
    """
    _check_depth(len(blocks))
    product = torch.eye(len(x), dtype=x.dtype)
    for block in blocks:
        matrix = jacobian(block, x)
        _check_square(matrix)
        product = matrix @ product
        x = block(x).detach()
    check_finite("the product of Jacobians", product)
    return product


def spectrum(matrix: Tensor) -> Spectrum:
    """The singular values of a Jacobian (d, d) and the floor of its number format.

    Rounding blurs every singular value by about d · eps · (the largest one), with
    eps = 2.2e-16 in float64: what lies below cannot be told from 0.

    Raises:
        ValueError: when the matrix is not square or not finite.
    """
    _check_square(matrix)
    check_finite("the matrix", matrix)
    values = torch.linalg.svdvals(matrix)
    eps = torch.finfo(matrix.dtype).eps
    return Spectrum(values, float(values[0]) * eps * len(matrix))


def gradient_norms(
    modules: Sequence[nn.Module], loss: Callable[[], Tensor]
) -> tuple[Tensor, Tensor]:
    """How long the gradient is at each of K modules in one backward pass.

    Args:
        modules: in the order of the forward pass; each returns one tensor.
        loss: runs the net once and returns the scalar loss.

    Returns:
        ‖∂loss/∂output‖ of each module (K,), and ‖∂loss/∂weights‖ over all of its
        parameters (K,), 0 where it has none.

    Raises:
        ValueError: without modules, or when the loss is not finite.
    """
    _check_depth(len(modules))
    outputs: dict[int, Tensor] = {}
    hooks = [
        module.register_forward_hook(
            lambda _, __, output, k=k: outputs.__setitem__(k, output)
        )
        for k, module in enumerate(modules)
    ]
    try:
        value = loss()
    finally:
        for hook in hooks:
            hook.remove()
    check_finite("the loss", value)
    weights = [list(module.parameters()) for module in modules]
    states = [outputs[k] for k in range(len(modules))]
    flat = torch.autograd.grad(value, states + [p for ps in weights for p in ps])
    grads = iter(flat[len(states) :])
    by_weight = [[next(grads) for _ in ps] for ps in weights]
    return (
        torch.stack([g.norm() for g in flat[: len(states)]]),
        torch.stack([_joint_norm(gs) for gs in by_weight]),
    )


def input_gradients(function: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """The gradient of each output number with respect to its input, (N, ...) like x.

    Args:
        function: (N, ...) → (N,), treating the N examples apart.

    Raises:
        ValueError: when x is not finite, or there is not one output an example.
    """
    check_finite("x", x)
    x = x.detach().requires_grad_()
    outputs = function(x)
    if outputs.shape != x.shape[:1]:
        shape = tuple(outputs.shape)
        raise ValueError(f"expected outputs of shape {(len(x),)}, got {shape}")
    return torch.autograd.grad(outputs.sum(), x)[0]


def gradient_cosine(
    function: Callable[[Tensor], Tensor], x: Tensor, nudge: Tensor
) -> Tensor:
    """Cosine (N,) between the input gradients at x and at x + nudge; 1 is "the same".

    Raises:
        ValueError: as `input_gradients`.
    """
    here = input_gradients(function, x).flatten(1)
    there = input_gradients(function, x + nudge).flatten(1)
    return F.cosine_similarity(here, there, dim=1)


def autocorrelation(series: Tensor, lags: int) -> Tensor:
    """Correlation of a series (n,) with itself moved by 0 … lags − 1 places, (lags,).

    Brown noise keeps it near 1, white noise drops to 0 at once: the yardstick of
    Balduzzi et al. 2017 (section 2).

    Raises:
        ValueError: when the series is not a finite vector longer than `lags`.
    """
    _check_vector(series)
    if not 1 <= lags < len(series):
        raise ValueError(f"lags must lie in 1 … {len(series) - 1}, got {lags}")
    centered, count = series - series.mean(), len(series)
    products = [(centered[: count - k] * centered[k:]).mean() for k in range(lags)]
    return torch.stack(products) / products[0]


def check_finite(what: str, values: Tensor) -> None:
    """Raise ValueError when a tensor holds an infinity or a NaN."""
    bad = int((~torch.isfinite(values)).sum())
    if bad:
        raise ValueError(f"{what} must be finite, got {bad} entries that are not")


def _check_depth(depth: int) -> None:
    if depth < 1:
        raise ValueError(f"depth must be at least 1, got {depth}")


def _check_name(what: str, name: str, known: Sequence[str]) -> None:
    if name not in known:
        raise ValueError(f"{what} must be one of {tuple(known)}, got {name!r}")


def _check_vector(x: Tensor) -> None:
    if x.ndim != 1:
        raise ValueError(f"expected a vector, got shape {tuple(x.shape)}")
    check_finite("the vector", x)


def _check_square(matrix: Tensor) -> None:
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"expected a square matrix, got shape {tuple(matrix.shape)}")


def _joint_norm(gradients: Sequence[Tensor]) -> Tensor:
    if not gradients:
        return torch.tensor(0.0)
    return torch.stack([g.norm() for g in gradients]).norm()
