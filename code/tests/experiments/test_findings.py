"""What the records of the experiments on the digits say, seed by seed, with margins."""

from typing import Any

import pytest

from plusx import records


def found(name: str, path: str = "") -> Any:
    """Results of a record, or what lies at a path in them."""
    results = records.load(name)["results"]
    return records.lookup(
        {"results": results}, f"results.{path}" if path else "results"
    )


def test_information_is_lost_in_a_random_plain_net_and_kept_by_the_others():
    """After 27 random blocks a probe guesses; beside +x, or near the identity, not."""
    last = {
        net: [row[-1] for row in found("information", f"{net}.untrained.probe.values")]
        for net in ("plain-20", "plain-56", "residual-56", "near-identity-56")
    }
    assert min(last["plain-56"]) > 85
    assert max(last["residual-56"]) < 50
    assert max(last["near-identity-56"]) < 75
    # The caveat: plain-20 is no better off than near-identity-56, and it trains.
    assert min(last["plain-20"]) > 60
    assert found("information", "plain-20.train.mean") < 10


def test_information_survives_training_only_where_blocks_keep_it():
    """Trained, plain-56 reads digits after block 3 and has lost them after 27."""
    rows = found("information", "plain-56.trained.probe.values")
    assert max(row[3] for row in rows) < 20 < 50 < min(row[27] for row in rows)
    rows = found("information", "residual-56.trained.probe.values")
    assert max(max(row) for row in rows) < 10


def test_batch_norm_scrambles_images_and_its_absence_collapses_them():
    """With norm the images stay apart, at chance; without, all point one way."""
    scrambled = found("information", "plain-56.untrained.diversity.values")
    collapsed = found("information", "circular-56.untrained.cosine.values")
    assert min(row[-1] for row in scrambled) > 0.6
    assert min(row[-1] for row in collapsed) > 0.9


def test_lesions_spare_nets_that_start_near_the_identity():
    """Without one addition the plain nets are as robust as the residual ones."""
    nets = found("lesions", "nets")
    assert min(nets["plain-20"]["kept_1"]["values"]) > 80
    assert max(nets["near-identity-20"]["kept_1"]["values"]) < 15
    pairs = found("lesions", "paired")
    for key in ("kept_1", "kept_2", "kept_4", "anew_1", "anew_2", "anew_4"):
        assert pairs["near-identity-20 - residual-20"][key]["interval"][1] < 0
    assert pairs["near-identity-56 - residual-56"]["kept_8"]["interval"][1] < 0
    low, high = pairs["near-identity-56 - residual-56"]["kept_1"]["interval"]
    assert low < 0 < high


def test_lesions_agree_with_the_record_of_deletion():
    """The nets that both have were trained anew and are hurt as much."""
    for net in ("plain-20", "residual-20", "residual-56"):
        theirs = found("deletion", f"{net}.deleted_all.mean.mean")
        assert found("lesions", f"nets.{net}.kept_1.mean") == pytest.approx(
            theirs, abs=3
        )


def test_option_c_from_the_identity_without_norm_is_nearly_harmless():
    """Random starts and norms on the shortcut do the harm, not trained projections."""
    train = {
        name: cell["train"]["values"]
        for name, cell in found("option_c", "cells").items()
    }
    assert max(train["identity, no norm"]) < 10
    assert min(train["random, no norm"]) > 20
    assert min(train["copy, norm"]) > 5
    book = found("shortcuts", "options.C.56.train.values")
    assert max(train["identity, no norm"]) < min(book)
    pair = found("option_c", "paired.identity, norm - identity, no norm")
    assert min(pair["values"]) > 0


def test_lambda_above_one_fails_by_its_logits_alone():
    """Rescaled or normalized before the head, λ > 1 trains; λ = 0.5 does not."""
    trained = found("branch_scale", "trained")
    for end, percent in (("rescaled", "110"), ("rescaled", "120"), ("norm", "110")):
        assert max(trained[end][percent]["train"]["values"]) < 3
    assert min(found("shortcut_scale", "56.110.train.values")) > 20
    assert min(trained["norm"]["50"]["train"]["values"]) > 20
    assert min(trained["rescaled"]["90"]["train"]["values"]) > 80
    assert max(found("branch_scale", "identity").values()) < 1e-12


def test_equal_progress_sets_residual_apart_and_hardly_plain_from_plain():
    """At a promised tenth the residual gradient keeps its way; no plain one does."""
    turn = {
        net: found("equal_progress", f"followed.{net}.0.turn tenth.values")
        for net in ("plain-20", "plain-56", "residual-56")
    }
    assert min(turn["residual-56"]) > 0.85
    assert max(turn["plain-20"]) < 0.3
    assert max(turn["plain-56"]) < 0.1


def test_equal_relative_steps_do_not_save_plain_56():
    """Early convolutions hardly turn, but moving all alike is no cure."""
    relative = {
        net: found("equal_progress", f"followed.{net}.1.log10 relative.values")
        for net in ("plain-56", "residual-56")
    }
    gap = [a[0] - b[0] for a, b in zip(*relative.values(), strict=True)]
    assert max(gap) < -1.5
    slow, _, plus = found("equal_progress", "controls.equal_steps")
    assert min(slow["train"]["values"]) > 50 > 5 > max(plus["train"]["values"])
    circular = found("equal_progress", "controls.circular")
    assert min(circular["SGD"]["values"]) > 85
    assert min(circular["Adam"]["values"]) > 70


def test_a_skip_need_not_hand_on_x_but_must_not_lose():
    """A rotation costs nothing where no ReLU cuts it, and much where one does."""
    train = {
        name: cell["train"]["values"] for name, cell in found("orthogonal_skip").items()
    }
    assert max(train["post, permutation"]) < 5
    assert max(train["pre, orthogonal"]) < 5
    assert min(train["post, orthogonal"]) > 10
    assert found("orthogonal_skip", "post, orthogonal.kept.mean") < 0.9


def test_without_norms_small_branches_train_and_full_ones_do_not():
    """At the book’s rate every small start learns with some seed; unscaled none."""
    cells = found("norm_free")
    at = {name: cell["rates"][1] for name, cell in cells.items()}
    assert at["post, unscaled"]["diverged"] == 5
    for name in ("post, sqrt", "pre, skipinit", "post, fixup"):
        assert max(at[name]["train"]["values"]) < 20
    for name in ("post, skipinit", "pre, rezero"):
        assert min(at[name]["train"]["values"]) < 10


def test_a_clear_stream_matters_more_than_the_number_of_additions():
    """Nine additions over six convolutions each do; eighteen with gaps do not."""
    errors = {
        kind: {name: cell["train"]["values"] for name, cell in cells.items()}
        for kind, cells in found("dose").items()
    }
    assert max(errors["span"]["6"] + errors["span"]["3"]) < 5
    assert min(errors["kept"]["9, spread"] + errors["kept"]["18, spread"]) > 25
    assert min(errors["kept"]["18, first"]) > 5


def test_untrained_branches_shrink_like_the_square_root():
    """‖F‖/‖x‖ goes as L^−1/2 before training, and somewhat faster after it."""
    untrained = found("depth_law", "untrained.mean exponent.values")
    assert untrained == pytest.approx([-0.5] * 5, abs=0.05)
    trained = found("depth_law", "trained.mean exponent.values")
    assert all(-0.75 < value < -0.55 for value in trained)
    assert sorted(found("depth_law", "train.54.values"))[3] > 50


def test_finished_residual_nets_have_large_last_branches():
    """In eight finished nets |F|/|x| falls, stays, and rises at the end."""
    nets = found("finished_nets", "nets")
    for name, net in nets.items():
        if "residual" not in name:
            continue
        ratio = net["ratio"]
        third = len(ratio) // 3
        inside = ratio[third + 1 : 2 * third]
        assert ratio[0] > min(inside) < ratio[-1]
        assert ratio[-1] > 0.8
    for name in ("a-martyn residual-56", "akamaster residual-56"):
        cosines = [c for c in nets[name]["cosine"] if c is not None]
        assert 0.2 < sum(cosines) / len(cosines) < 0.4


def test_finished_plain_net_bears_no_lesion():
    """Any block taken out of the plain net of 56 layers leaves it far off."""
    nets = found("finished_nets", "nets")
    assert min(nets["a-martyn plain-56"]["lesions"].values()) > 60
    for name in ("a-martyn residual-56", "akamaster residual-56"):
        lesions = sorted(nets[name]["lesions"].values())
        assert lesions[len(lesions) // 2] < nets[name]["first"] + 5


def test_degradation_after_the_whole_recipe_is_a_few_percent():
    """The last epochs, as their author published them."""
    last = found("finished_nets", "last_epoch")
    assert last["a-martyn plain-56"]["train"] > 4 * last["a-martyn plain-20"]["train"]
    assert last["a-martyn residual-56"]["train"] < last["a-martyn residual-20"]["train"]


def test_training_makes_the_gradients_paths_shorter():
    """Of 27 branches half of the paths' length has at most 11, after training 6."""
    paths = found("effective_depth")
    assert min(paths["untrained"]["median"]["values"]) > 8
    assert max(paths["trained"]["median"]["values"]) < 8


def test_post_norm_learns_cold_at_a_smaller_rate():
    """At 0.0003 it learns what it does not learn at 0.001; pre-norm learns at both."""
    cells = {
        (c["variant"], c["warmup"], c["lr"]): c["loss"]["values"]
        for c in found("warmup_grid", "cells")
    }
    assert max(cells["post_skip", 0, 0.0003]) < 2.9
    assert min(cells["post_skip", 0, 0.001]) > 3
    assert max(cells["pre_skip", 0, 0.001]) < 2.9
    for order, lr in (("post_skip", 0.0003), ("pre_skip", 0.0003), ("pre_skip", 0.001)):
        pairs = zip(cells[order, 0, lr], cells[order, 150, lr], strict=True)
        assert all(cold < warm for cold, warm in pairs)
    assert min(found("transformer", "warmup.post_cold.last.values")) > 3


def test_landscape_is_a_cliff_before_training_and_flat_where_nothing_was_learned():
    """The first Hessian of plain-56 is a thousandfold; the trained one is no larger."""
    nets = found("landscape")
    first = {name: net["sharpness, untrained"]["values"] for name, net in nets.items()}
    others = first["plain-20"] + first["residual-56"] + first["near-identity-56"]
    assert min(first["plain-56"]) > max(others) + 3
    trained = {name: net["sharpness, trained"]["mean"] for name, net in nets.items()}
    assert trained["plain-56"] < trained["near-identity-56"]
