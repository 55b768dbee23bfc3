"""Rate, warm-up and order: the schedule by hand, and the runs of the chapter."""

import pytest
import torch

from plusx.experiments import transformer, warmup_grid

SMALL = {**warmup_grid.CONFIG, "depth": 1, "steps": 21, "seeds": [0, 1]}


def test_a_cell_is_a_run_of_the_chapter():
    """At the chapter's rate the loss is that of its own training."""
    model = transformer.make_model("pre_skip", 1, 0)
    expected = transformer.late(transformer.train(model, 21, seed=0))
    cell = {"variant": "pre_skip", "warmup": 0, "lr": 0.001}
    loss, own = warmup_grid.train(0, depth=1, steps=21, **cell)
    assert loss == expected
    assert own == pytest.approx(torch.tensor(transformer.diversity(model)[-1]).log10())


def test_warm_up_slows_the_first_steps():
    """Planted: a warm-up far longer than the run leaves the model where it was."""
    cell = {"variant": "post_skip", "lr": 0.003, "depth": 1, "steps": 40}
    cold, _ = warmup_grid.train(0, warmup=0, **cell)
    frozen, _ = warmup_grid.train(0, warmup=10**6, **cell)
    assert cold < frozen - 0.3


@pytest.mark.slow
def test_grid_has_every_cell_and_seed():
    """A small run lists the cells; steps and depth reach the code."""
    found = warmup_grid.run(**SMALL)["cells"]
    assert [len(cell["loss"]["values"]) for cell in found] == [2] * 8
    assert len({(c["variant"], c["warmup"], c["lr"]) for c in found}) == 8
    for key, value in (("steps", 22), ("depth", 2)):
        others = warmup_grid.run(**{**SMALL, "seeds": [0], key: value})["cells"]
        for cell, other in zip(found, others, strict=True):
            assert cell["loss"]["values"][0] != other["loss"]["values"][0]
