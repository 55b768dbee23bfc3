"""What is left of the image: probes and cosines against independent computations."""

import pytest
import torch
from sklearn.linear_model import Ridge

from plusx.data import digits
from plusx.experiments import _digits, information
from plusx.networks.transformer import token_diversity

SMALL = {
    **information.CONFIG,
    "nets": {
        "plain-8": {"depth": 8, "residual": False},
        "circular-8": {
            "depth": 8,
            "residual": False,
            "norm": False,
            "circular": True,
        },
    },
    "untrained_only": ["circular-8"],
    "width": 4,
    "recipe": {**_digits.RECIPE, "epochs": 1},
    "seeds": [0, 1],
}


def pixels():
    """The digits as rows, with their labels."""
    data = digits()
    return (
        data.train_images.flatten(1),
        data.train_labels,
        data.test_images.flatten(1),
        data.test_labels,
    )


def test_probe_is_scikit_learns_ridge():
    """Another library's ridge regression makes the same mistakes."""
    train, labels, test, test_labels = pixels()
    scale = (train.double() - train.double().mean(dim=0)).std()
    model = Ridge(alpha=0.01 * len(train))
    model.fit(train.double() / scale, torch.eye(10, dtype=torch.float64)[labels])
    guess = torch.tensor(model.predict(test.double() / scale)).argmax(dim=1)
    expected = 100 * (guess != test_labels).double().mean().item()
    found = information.probe_error(train, labels, test, test_labels, 0.01)
    assert found == pytest.approx(expected)
    assert found < 15


def test_probes_find_nothing_where_nothing_is():
    """Labels that were shuffled, or states that do not differ, leave about chance."""
    train, labels, test, test_labels = pixels()
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(0))
    mixed = train, labels[order], test, test_labels
    assert information.probe_error(*mixed, 0.01) > 80
    assert information.neighbor_error(*mixed) > 80
    same = torch.ones_like(train), labels, torch.ones_like(test), test_labels
    assert information.probe_error(*same, 0.01) > 80


def test_nearest_neighbor_of_a_known_image_is_itself():
    """Asked for images that it was given, the neighbor is never wrong."""
    train, labels, _, _ = pixels()
    assert information.neighbor_error(train, labels, train, labels) == 0


def test_cosine_and_diversity_are_the_pairwise_sums():
    """All pairs one by one; for rows of length 1 the two measures are one."""
    x = torch.randn(6, 5, generator=torch.Generator().manual_seed(1)).double()
    pairs = [
        torch.cosine_similarity(x[i], x[j], dim=0).item()
        for i in range(6)
        for j in range(6)
        if i != j
    ]
    assert information.mean_cosine(x) == pytest.approx(sum(pairs) / 30)
    assert information.diversity(x) == pytest.approx(token_diversity(x[None]).item())
    units = x / x.norm(dim=1, keepdim=True)
    expected = (1 - information.mean_cosine(units)) * 5 / 6
    assert information.diversity(units) == pytest.approx(expected)


def test_blocks_that_copy_lose_nothing():
    """With the exact identity and no norm each block of a stage reads the same."""
    net = _digits.make_net(0, depth=20, residual=False, width=4, noise=0, norm=False)
    found = information.look(net, digits(), {"probe": 0.01})
    for name in ("probe", "neighbor", "cosine", "diversity"):
        assert found[name][:4] == [found[name][0]] * 4
    assert found["probe"][3] < 25 < 45 < 90


def test_settled_net_reads_each_image_by_itself():
    """Alone or among others an image has one state; the net given is left alone."""
    data = digits()
    net = _digits.make_net(0, depth=8, residual=True, width=4)
    settled = _digits.settle(net, data.train_images)
    many = _digits.states(settled, data.test_images[:7])[-1][3:4]
    alone = _digits.states(settled, data.test_images[3:4])[-1]
    assert torch.allclose(many, alone, atol=1e-5)
    assert net.training
    assert net.stem_norm.running_mean.abs().max() == 0


def test_states_end_in_what_the_net_says():
    """The head on the last state gives the net's own logits, in both orders."""
    images = digits().test_images[:5]
    for order in ("post", "pre"):
        net = _digits.make_net(1, depth=8, residual=True, width=4, order=order).eval()
        last = _digits.states(net, images)[-1]
        if order == "pre":
            last = torch.relu(net.last_norm(last))
        assert torch.allclose(net.head(last.mean(dim=(2, 3))), net(images), atol=1e-6)


@pytest.mark.slow
def test_information_has_a_row_for_each_seed_and_block():
    """A small run has every net, measure, seed and block, and trains what it should."""
    found = information.run(**SMALL)
    assert set(found["plain-8"]) == {"untrained", "trained", "train", "test"}
    assert set(found["circular-8"]) == {"untrained"}
    for measure in ("probe", "loose", "neighbor", "cosine", "diversity"):
        rows = found["plain-8"]["trained"][measure]["values"]
        assert [len(row) for row in rows] == [4, 4]
    assert found["plain-8"]["trained"] != found["plain-8"]["untrained"]


@pytest.mark.slow
def test_other_ridges_and_widths_give_other_results():
    """What the configuration says reaches the code."""
    only = {**SMALL, "nets": {"plain-8": SMALL["nets"]["plain-8"]}, "seeds": [0, 1]}
    only["untrained_only"] = ["plain-8"]
    base = information.run(**only)
    assert information.run(**{**only, "ridges": {"probe": 10.0}}) != base
    assert information.run(**{**only, "width": 5}) != base
