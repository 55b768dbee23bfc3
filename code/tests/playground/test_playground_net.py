"""The nets of the playground against PyTorch, finite differences and the record."""

import json

import pytest
import torch
import torch.nn.functional as F
from playground_engine import Engine
from torch import nn

from plusx import data, records
from plusx.experiments.degradation import MLP_VARIANTS, LinearBlock, make_mlp

SETTINGS = {
    "layers": 6,
    "residual": False,
    "normed": False,
    "scaled": False,
    "near": False,
    "activation": "relu",
    "rate": 0.01,
    "seed": 3,
}
SMALL = {"inputs": 3, "classes": 3, "width": 4, "batch": 5}
IMAGES = {"inputs": 64, "classes": 10, "width": 32, "batch": 128}


@pytest.fixture(scope="module")
def engine():
    """The nets as a page computes them, in 32 bits."""
    return Engine()


def build(engine, **settings):
    """Build a net in the engine, as `net`."""
    engine.do(f"globalThis.net = network.build({json.dumps(SETTINGS | settings)});")


def batch(count, inputs, classes):
    """Random examples (count, inputs) and their labels."""
    draw = torch.Generator().manual_seed(0)
    x = torch.randn(count, inputs, generator=draw)
    return x, torch.randint(classes, (count,), generator=draw)


def give(engine, x, y):
    """Hand examples to the engine as `x`, unit by unit, and `y`."""
    engine.do(
        f"globalThis.x = Float32Array.from({x.T.flatten().tolist()});"
        f"globalThis.y = {y.tolist()};"
    )


# ---- Against PyTorch ----


def twin(engine, variant, layers):
    """The net of the experiment with the weights of the engine's."""
    net = make_mlp(layers, **MLP_VARIANTS[variant])
    values = iter(engine.ask("net.parameters.map(p => Array.from(p.value))"))
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.copy_(torch.tensor(next(values)).view_as(parameter))
    assert next(values, None) is None
    return net


@pytest.mark.parametrize("variant", MLP_VARIANTS)
def test_ten_steps_equal_pytorch(engine, variant):
    """Losses, wrong answers and weights of ten steps, from the same weights."""
    kind = {"norm": False, "scaled": False, **MLP_VARIANTS[variant]}
    build(engine, **IMAGES, **{**kind, "normed": kind["norm"]})
    net = twin(engine, variant, SETTINGS["layers"])
    optimizer = torch.optim.SGD(net.parameters(), SETTINGS["rate"], momentum=0.9)
    for step in range(10):
        x, y = batch(128 if step % 2 else 30, 64, 10)
        logits = net(x)
        loss = F.cross_entropy(logits, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        give(engine, x, y)
        said = engine.ask(f"network.step(net, x, y, {len(y)}, {SETTINGS['rate']})")
        assert said["loss"] == pytest.approx(loss.item(), rel=1e-4)
        assert said["wrong"] == (logits.argmax(dim=1) != y).sum().item()
    values = engine.ask("net.parameters.map(p => Array.from(p.value))")
    for ours, theirs in zip(values, net.parameters(), strict=True):
        assert torch.allclose(torch.tensor(ours), theirs.flatten(), atol=1e-4)


# ---- Against finite differences ----


def largest_gap(engine, **settings):
    """The largest gap between a derivative and its central difference."""
    build(engine, **SMALL, **settings)
    x, y = batch(5, 3, 3)
    give(engine, x, y)
    engine.do(
        """
        // No bias stays 0: a dead unit would stand at the kink of the ReLU.
        net.parameters.forEach((p, i) =>
          p.value.forEach((value, k) => (p.value[k] += 0.1 * Math.sin(k + 3 * i + 1))));
        const at = () => network.loss(net, network.forward(net, x, 5), y, 5).loss;
        at();
        network.backward(net, 5);
        const gradients = net.parameters.map(p => Array.from(p.gradient));
        globalThis.gap = 0;
        net.parameters.forEach((p, i) => p.value.forEach((value, k) => {
          p.value[k] = value + 1e-6;
          const above = at();
          p.value[k] = value - 1e-6;
          const slope = (above - at()) / 2e-6;
          p.value[k] = value;
          gap = Math.max(gap, Math.abs(slope - gradients[i][k]));
        }));
        """
    )
    return engine.ask("gap")


@pytest.mark.slow
@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid"])
@pytest.mark.parametrize("residual", [False, True])
@pytest.mark.parametrize("normed", [False, True])
def test_gradients_equal_finite_differences(activation, residual, normed):
    """Every derivative of small nets of each kind, in 64 bits."""
    kind = {"activation": activation, "residual": residual, "normed": normed}
    for more in ({}, {"scaled": True, "near": True}):
        assert largest_gap(Engine(double=True), **kind, **more) < 1e-6


def test_finite_differences_find_a_lost_path():
    """A backward pass that forgets the way around the block is found."""
    broken = Engine(double=True, fault=("(residual ? e[k] : 0)", "0"))
    assert largest_gap(broken, residual=True) > 1e-3


def test_products_of_matrices_of_any_size(engine):
    """Also where rows and columns are not whole tiles, and with either side turned."""
    draw = torch.Generator().manual_seed(1)
    for rows, inner, columns in ((1, 3, 1), (2, 1, 4), (5, 7, 6), (32, 30, 11)):
        a = torch.randn(rows, inner, generator=draw)
        b = torch.randn(inner, columns, generator=draw)
        for left, *steps in ((a, inner, 1), (a.T, 1, rows)):
            for right, *more in ((b, columns, 1), (b.T, 1, inner)):
                numbers = [left.flatten().tolist(), right.flatten().tolist()]
                engine.do(
                    f"globalThis.C = new Float32Array({rows * columns}).fill(9);"
                    f"network.multiply(C, {numbers[0]}, {steps[0]}, {steps[1]}, "
                    f"{numbers[1]}, {more[0]}, {more[1]}, {rows}, {inner}, {columns});"
                )
                found = torch.tensor(engine.ask("Array.from(C)")).view(rows, columns)
                assert torch.allclose(found, a @ b, atol=1e-5)


# ---- Starts, and numbers that are none ----


def weights(engine, block=0):
    """The two weight matrices of a block."""
    found = engine.ask(
        f"net.blocks[{block}].layers.map(l => Array.from(l.weight.value))"
    )
    return [torch.tensor(values).view(32, 32) for values in found]


def test_start_near_the_identity_is_that_of_the_book(engine):
    """Plain layers hold I plus a fifth of their random weights; a branch is small."""
    for residual in (False, True):
        build(engine, **IMAGES, residual=residual)
        usual = weights(engine)
        build(engine, **IMAGES, residual=residual, near=True)
        near = weights(engine)
        expected = [torch.eye(32) + 0.2 * w for w in usual]
        if residual:
            expected = [usual[0], 0.2 * usual[1]]
        assert all(torch.allclose(*pair) for pair in zip(near, expected, strict=True))


def test_random_weights_are_he_s(engine):
    """Mean 0 and deviation √(2/fan-in), other numbers for another seed."""
    build(engine, **IMAGES, layers=60)
    first = torch.stack(weights(engine, 7) + weights(engine, 20))
    assert first.std().item() == pytest.approx((2 / 32) ** 0.5, rel=0.05)
    assert first.mean().abs().item() < 0.01
    build(engine, **IMAGES, layers=60, seed=4)
    assert not torch.allclose(first[:2], torch.stack(weights(engine, 7)))


def test_nan_is_shown_and_not_hidden(engine):
    """Residual blocks without norm or scale break down; a ReLU passes a NaN on."""
    engine.do(
        f"const run = tools.start({json.dumps(SETTINGS | {'layers': 60})}, "
        "tools.spirals(0)); globalThis.calm = run.step() && run.broken;"
        f"const wild = {json.dumps(SETTINGS | {'layers': 60, 'residual': True})};"
        "globalThis.lost = tools.start({...wild, rate: 0.05}, tools.spirals(0));"
        "for (let k = 0; k < 30 && !lost.broken; k++) lost.step();"
    )
    assert engine.ask("[calm, lost.broken]") == [False, True]
    build(engine, **SMALL)
    give(engine, *batch(5, 3, 3))
    engine.do("x[0] = NaN; globalThis.logits = network.forward(net, x, 5);")
    assert engine.ask("[0, 1, 2].map(c => Number.isNaN(logits[5 * c]))") == [True] * 3


# ---- What is seen of the blocks ----


def run(engine, **settings):
    """Start a run on the digits in the engine, as `run`; return the first images."""
    split = data.digits()
    rows, labels = split.train_images.flatten(1), split.train_labels
    if not engine.ask("typeof images !== 'undefined'"):
        arguments = f"{json.dumps(rows.tolist())}, {labels.tolist()}"
        engine.do(f"globalThis.images = digits({arguments});")
    chosen = json.dumps(SETTINGS | settings)
    engine.do(f"globalThis.run = tools.start({chosen}, images);")
    return rows[:128], labels[:128]


def test_measures_of_blocks_equal_pytorch(engine):
    """Gradient, relative update and nearest neighbours of each block."""
    settings = {"residual": True, "normed": True}
    x, y = run(engine, **settings)
    build(engine, **IMAGES, **settings)
    net = twin(engine, "residual_norm", SETTINGS["layers"])
    F.cross_entropy(net(x), y).backward()
    expected = {"gradient": [], "update": [], "left": []}
    for k, block in enumerate(net):
        if not isinstance(block, LinearBlock):
            continue
        linear = [m for m in block.branch if isinstance(m, nn.Linear)]
        size, gradient = (
            torch.cat([tensor.flatten() for tensor in tensors]).norm().item()
            for tensors in (
                [m.weight for m in linear],
                [m.weight.grad for m in linear],
            )
        )
        expected["gradient"].append(gradient)
        expected["update"].append(SETTINGS["rate"] * gradient / size)
        state = net[: k + 1](x)
        distance = torch.cdist(state, state).fill_diagonal_(torch.inf)
        same = y[distance.argmin(dim=1)] == y
        expected["left"].append(same.float().mean().item())
    for measure, values in expected.items():
        assert engine.ask(f"run.look('{measure}').blocks") == pytest.approx(
            values, rel=1e-3, abs=0.009 if measure == "left" else 0
        )


@pytest.mark.slow
def test_a_look_changes_no_training(engine):
    """Steps are the same with and without looks between them."""
    found = []
    for look in ("", "run.look('left'); run.map && run.look('gradient');"):
        run(engine, normed=True)
        engine.do(f"for (let k = 0; k < 13; k++) {{ run.step(); {look} }}")
        found.append(engine.ask("run.look('update')"))
    assert found[0] == found[1]


# ---- Against the record ----


@pytest.mark.slow
@pytest.mark.parametrize("variant", ["plain_norm", "residual_norm"])
def test_fifteen_epochs_land_in_the_recorded_bands(engine, variant):
    """18 layers, one seed; `python -m plusx.playground.bench` has all."""
    record = records.load("playground")
    residual = MLP_VARIANTS[variant]["residual"]
    run(engine, layers=18, residual=residual, normed=True, seed=0)
    engine.do("globalThis.last = null; while (run.epochs < 15) last = run.step();")
    ends = [curve[-1] for curve in record["results"][variant]["18"]]
    spread = records.spread(ends)
    error = engine.ask("last")[2]
    assert abs(error - spread["mean"]) < 3 * spread["std"] + 0.5


def test_two_records_tell_the_same():
    """The curves end where those of part "mlp" of "degradation" do, within chance."""
    curves = records.load("playground")["results"]
    ends = records.load("degradation")["results"]["mlp"]
    for variant, row in ends.items():
        for layers, end in row.items():
            last = [c[-1] for c in curves[variant][layers] if c[-1] is not None]
            assert len(last) == len(end["values"])
            if last:
                gap = abs(records.spread(last)["mean"] - end["mean"])
                assert gap < 2 * (records.spread(last)["std"] + end["std"]) + 0.1
