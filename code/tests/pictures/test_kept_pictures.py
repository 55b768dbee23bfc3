"""What our own nets miss, drawn by class and shown image by image."""

import base64
import io
import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

from plusx import figures
from plusx.data import DataSet, Split
from plusx.data.cifar10 import CLASSES
from plusx.pictures import kept

pytestmark = pytest.mark.usefixtures("english")
PAIR = "plain20-quarter, plain56-quarter"
MISSED = {"image": 1, "shows": "cat", "said": "dog"}
RESULTS = {
    "classes": list(CLASSES),
    "nets": {
        "plain20-quarter": {"classes": [float(i * 7 % 10) for i in range(10)]},
        "plain56-quarter": {"classes": [20.0 + i for i in range(10)]},
    },
    "pairs": {PAIR: {"missed": [MISSED]}},
}


@pytest.fixture
def images():
    """Two made-up test images with CIFAR-10's names."""
    pixels = torch.arange(2 * 3 * 32 * 32).view(2, 3, 32, 32).byte()
    labels = torch.tensor([0, 3])
    return DataSet(Split(pixels, labels, pixels, labels), "made up", CLASSES, 4, True)


def test_every_class_has_its_chinese_name():
    """In the order of the data."""
    assert tuple(kept.CLASSES) == CLASSES


def test_classes_stand_in_the_order_of_the_first_net():
    """The hardest on top; each net's dots are its errors in that order."""
    drawing = kept.class_errors(RESULTS, PAIR)
    (ax,) = drawing.axes
    first, second = (list(line.get_xdata()) for line in ax.lines[:2])
    names = [text.get_text().partition(" · ")[0] for text in ax.get_yticklabels()]
    plt.close(drawing)
    assert first == sorted(first) == [float(i) for i in range(10)]
    assert second == [20.0 + CLASSES.index(name) for name in names]
    assert {line.get_color() for line in ax.lines[:2]} == {figures.PLAIN}


def test_gallery_shows_the_image_with_both_answers(images):
    """The very pixels, what they show and what the net says, in both languages."""
    shown = kept.gallery(RESULTS, PAIR, images)
    assert repr(shown) == "cat; plain-56: dog"
    for words in ("cat", "猫", "plain-56: dog", "普通-56：狗"):
        assert f">{words}</span>" in shown.data
    (address,) = re.findall(r"base64,([^\"]+)", shown.data)
    pixels = plt.imread(io.BytesIO(base64.b64decode(address)), format="png")
    expected = images.split.test_images[1].permute(1, 2, 0).numpy()
    assert np.array_equal((pixels[..., :3] * 255).round().astype("uint8"), expected)


def test_gallery_of_other_images_is_refused(images):
    """Digits are no CIFAR-10."""
    with pytest.raises(ValueError, match=r"expected images of airplane, .* got digits"):
        kept.gallery(
            RESULTS, PAIR, images._replace(origin="digits", classes=tuple("0123456789"))
        )
