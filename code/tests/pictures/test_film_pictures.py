"""The film's data: frames, axes, the task, and what a script makes of them."""

import copy

import pytest

from plusx import records
from plusx.pictures import film

pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture(scope="module")
def record():
    """The recorded film."""
    return records.load("film")


def test_frames_are_those_of_the_record(record):
    """A bar for each block, at each step, of each measure and net."""
    data = film.explorer_data(record)
    assert data["steps"] == record["config"]["frames"]
    for net in data["nets"]:
        for step, frame in zip(data["steps"], net["frames"], strict=True):
            kept = record["results"][net["id"]]["frames"][str(step)]
            assert frame == [
                kept[key]["mean"] for key in ("read", "gradient", "update")
            ]
            assert [len(row) for row in frame] == [27, 27, 27]


def test_axes_hold_every_bar_and_never_move(record):
    """No bar of any net at any step leaves its row, and each row has ticks."""
    data = film.explorer_data(record)
    for k, measure in enumerate(data["measures"]):
        low, high = measure["range"]
        bars = [v for net in data["nets"] for frame in net["frames"] for v in frame[k]]
        assert low <= min(bars) and max(bars) <= high
        assert all(low <= at <= high for at, _ in measure["ticks"])


def test_task_is_solved_where_both_ends_are_alike(record):
    """Not before training, where block 1 hears a thousand times as much as block 27."""
    (task,) = film.explorer_data(record)["tasks"]
    solved = {one["step"] for one in task["settings"]}
    for step, frame in record["results"]["plain"]["frames"].items():
        gradient = frame["gradient"]["mean"]
        ratio = 10 ** (gradient[0] - gradient[-1])
        assert (int(step) in solved) == (0.2 <= ratio <= 5)
    flat = copy.deepcopy(record)
    for frame in flat["results"]["plain"]["frames"].values():
        frame["gradient"]["mean"] = [float(k) for k in range(27)]
    with pytest.raises(ValueError, match="no setting solves it"):
        film.explorer_data(flat)


def test_readout_says_what_the_record_says(record, browserless):
    """The numbers of the sentence, at both ends of the slider, in both languages."""
    data = film.explorer_data(record)
    for step in (0, 120):
        view = browserless("film", data, {"net": "residual", "step": step})
        frame = record["results"]["residual"]["frames"][str(step)]
        read = frame["read"]["mean"][-1]
        for text in view["readout"]:
            assert f" {read:g} %" in text.splitlines()[2]
            assert text.count("\n") == 2
