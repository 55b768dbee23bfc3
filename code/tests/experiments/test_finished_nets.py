"""Finished nets of others: their files read right, on stand-ins with the same names."""

import hashlib

import pytest
import torch
import torch.nn.functional as F
from safetensors.torch import save
from torch import nn

from plusx.experiments import _others, finished_nets
from plusx.fitting import error_rate
from plusx.networks import CifarNet


def trained(residual: bool = True) -> CifarNet:
    """A net of depth 20 in eval mode with random weights and statistics."""
    torch.manual_seed(0)
    net = CifarNet(20, residual).eval()
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 2)
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, 0, 0.1)
    return net


def published(net: CifarNet, source: str) -> dict[str, torch.Tensor]:
    """The net's tensors as the author names them, written out for depth 20."""
    stages = {
        "a-martyn": "stack1.0 stack1.1 stack1.2 stack2a stack2b.0 stack2b.1 "
        "stack3a stack3b.0 stack3b.1",
        "akamaster": "layer1.0 layer1.1 layer1.2 layer2.0 layer2.1 layer2.2 "
        "layer3.0 layer3.1 layer3.2",
    }[source].split()
    ends = {"a-martyn": "convIn bnIn fcOut", "akamaster": "conv1 bn1 linear"}[source]
    names = dict(zip(("stem", "stem_norm", "head"), ends.split(), strict=True))
    found = {}
    for key, tensor in net.state_dict().items():
        if "num_batches" in key:
            continue
        if key.startswith("blocks."):
            _, index, rest = key.split(".", 2)
            found[f"{stages[int(index)]}.{rest.replace('norm', 'bn')}"] = tensor
        else:
            part, _, field = key.partition(".")
            found[f"{names[part]}.{field}"] = tensor
    return found


def by_hand(tensors: dict, source: str, x: torch.Tensor) -> torch.Tensor:
    """The residual net written down again, from the author's names alone."""

    def norm(x, name):
        fields = ("running_mean", "running_var", "weight", "bias")
        return F.batch_norm(x, *(tensors[f"{name}.{f}"] for f in fields))

    first, last = ("convIn", "fcOut") if source == "a-martyn" else ("conv1", "linear")
    stem = "bnIn" if source == "a-martyn" else "bn1"
    x = norm(F.conv2d(x, tensors[f"{first}.weight"], padding=1), stem).relu()
    blocks = {
        k.rpartition(".conv1")[0]: 0 for k in tensors if k.endswith("conv1.weight")
    }
    for name in filter(None, blocks):
        weight = tensors[f"{name}.conv1.weight"]
        stride = weight.shape[0] // weight.shape[1]
        y = F.conv2d(x, weight, stride=stride, padding=1)
        y = norm(y, f"{name}.bn1").relu()
        y = norm(F.conv2d(y, tensors[f"{name}.conv2.weight"], padding=1), f"{name}.bn2")
        more = y.shape[1] - x.shape[1]
        sides = (0, more) if source == "a-martyn" else (more // 2, more // 2)
        x = (F.pad(x[:, :, ::stride, ::stride], (0, 0, 0, 0, *sides)) + y).relu()
    x = x.mean(dim=(2, 3))
    return x @ tensors[f"{last}.weight"].T + tensors[f"{last}.bias"]


@pytest.mark.parametrize("source", _others.SOURCES)
def test_net_computes_what_its_author_wrote(source):
    """Logits from the names alone, with each author's way of padding channels."""
    tensors = published(trained(), source)
    net = _others.make_net(save(tensors), source, 20, True)
    x = torch.randn(4, 3, 32, 32, generator=torch.Generator().manual_seed(1))
    assert torch.allclose(net(x), by_hand(tensors, source, x), atol=1e-4)


def test_the_other_padding_is_another_net():
    """Planted: read with the other author's padding the logits are not the same."""
    tensors = published(trained(), "a-martyn")
    net = _others.make_net(save(tensors), "a-martyn", 20, True)
    x = torch.randn(4, 3, 32, 32, generator=torch.Generator().manual_seed(1))
    for block in net.blocks[3::3]:
        more = block.shortcut.pad[5]
        block.shortcut.pad = (0, 0, 0, 0, more // 2, more // 2)
    assert not torch.allclose(net(x), by_hand(tensors, "a-martyn", x), atol=0.01)


@pytest.mark.parametrize("fault", ["lacking", "unknown"])
def test_other_tensors_are_refused(fault):
    """A tensor too few or too many is named."""
    tensors = published(trained(), "akamaster")
    if fault == "lacking":
        del tensors["layer1.0.conv1.weight"]
    else:
        tensors["layer9.0.conv1.weight"] = torch.zeros(1)
    with pytest.raises(ValueError, match=r"expected .*"):
        _others.make_net(save(tensors), "akamaster", 20, True)


def test_files_are_checked_before_they_are_read(tmp_path, monkeypatch):
    """Without the folder, or with another hash, nothing is read."""
    monkeypatch.delenv("PLUSX_WEIGHTS", raising=False)
    with pytest.raises(ValueError, match="PLUSX_WEIGHTS"):
        _others.read("am-resnet20.csv")
    monkeypatch.setenv("PLUSX_WEIGHTS", str(tmp_path))
    file = tmp_path / "ak-resnet20.safetensors"
    file.write_bytes(b"x")
    with pytest.raises(
        ValueError, match=r"ak-resnet20.*expected sha256 0292.* got 2d71"
    ):
        _others.read(file.name)
    digest = hashlib.sha256(b"x").hexdigest()
    monkeypatch.setattr(_others, "HASHES", f"{digest}  ak-resnet20")
    assert _others.read(file.name) == b"x"


def test_images_are_scaled_as_the_author_did():
    """(pixel / 255 − mean) / deviation, channel by channel."""
    images = torch.full((1, 3, 2, 2), 51, dtype=torch.uint8)
    found = _others.scale(images, "akamaster")[0, :, 0, 0].tolist()
    expected = [
        (0.2 - m) / s for m, s in ((0.485, 0.229), (0.456, 0.224), (0.406, 0.225))
    ]
    assert found == pytest.approx(expected, rel=1e-5)


def sample() -> tuple[torch.Tensor, torch.Tensor]:
    """A few random images and labels."""
    generator = torch.Generator().manual_seed(2)
    images = torch.randn(24, 3, 32, 32, generator=generator)
    return images, torch.randint(10, (24,), generator=generator)


def test_walk_is_the_forward_pass():
    """Its logits are the net's; ratios and changes by hand in the first block."""
    for residual in (True, False):
        net, (images, _) = trained(residual), sample()
        found = finished_nets.walk(net, images, 2)
        with torch.no_grad():
            assert torch.allclose(found["logits"], net(images), atol=1e-4)
            x = net.stem_norm(net.stem(images)).relu()
            y = net.blocks[0](x)
            change = ((y - x).flatten(1).norm(dim=1) / x.flatten(1).norm(dim=1)).sum()
            assert found["change"][0] == pytest.approx(change.item(), rel=1e-4)
            step = net.blocks[0].branch(x).flatten(1).norm(dim=1)
            ratio = (step / x.flatten(1).norm(dim=1)).sum().item()
        if residual:
            assert found["ratio"][0] == pytest.approx(ratio, rel=1e-4)
        else:
            assert finished_nets.means([found["ratio"]], 24) == [None] * 9
        assert finished_nets.means([found["change"]], 24)[3] is None


def test_batches_change_nothing():
    """In one batch or in several the figures are the same."""
    net, (images, labels) = trained(), sample()
    settings = {"step": 5, "ridge": 0.1, "grid": 2}
    one = finished_nets.look(net, images, labels, batch_size=24, **settings)
    many = finished_nets.look(net, images, labels, batch_size=7, **settings)
    assert one["error"] == many["error"]
    assert one["ratio"] == pytest.approx(many["ratio"], abs=2e-4)


def test_lesions_are_the_errors_of_shorter_nets():
    """Each block really taken out of the net, one after the other."""
    net, (images, labels) = trained(), sample()
    found = finished_nets.injure(net, images, labels, 7)
    assert list(found) == ["0", "1", "2", "4", "5", "7", "8"]
    for index, error in found.items():
        shorter = trained()
        shorter.blocks = nn.Sequential(
            *(b for i, b in enumerate(shorter.blocks) if str(i) != index)
        )
        assert error == pytest.approx(error_rate(shorter, images, labels), abs=0.01)


def test_probe_never_scores_what_it_was_fitted_on():
    """Planted: features that name each image by itself help no other image."""
    labels = torch.arange(10).repeat_interleave(20)
    assert finished_nets.cross_probe(F.one_hot(labels).double(), labels, 0.001) == 0
    assert finished_nets.cross_probe(torch.eye(200).double(), labels, 0.001) >= 80


def test_last_row_is_the_last_epoch():
    """Fractions become percent; the best epoch is not taken."""
    curve = b"epoch,train_loss,train_err,test_err\n0,1,0.1,0.05\n163,2,0.0333,0.1307\n"
    expected = {"epoch": 163, "train": 3.33, "test": 13.07}
    assert finished_nets.last_row(curve) == expected


# ---- Fetched by a reader ----


@pytest.fixture
def published_at(tmp_path, monkeypatch):
    """Lay an object where the author's file is downloaded to, and trust tensors."""

    def lay(content, trusted):
        path = tmp_path / "net.pt"
        torch.save(content, path)
        digest = hashlib.sha256(save(trusted)).hexdigest()
        monkeypatch.setattr(_others, "HASHES", f"{digest}  am-resnet20")
        monkeypatch.setattr(_others.pooch, "retrieve", lambda *arguments: str(path))

    return lay


def test_fetched_net_is_the_published_one(published_at):
    """Counters of batch norm are left aside; the logits are the author's."""
    tensors = published(trained(), "a-martyn")
    counters = {"bnIn.num_batches_tracked": torch.tensor(7)}
    published_at(tensors | counters, tensors)
    net = finished_nets.fetch("resnet20")
    x = torch.randn(4, 3, 32, 32, generator=torch.Generator().manual_seed(1))
    assert torch.allclose(net(x), by_hand(tensors, "a-martyn", x), atol=1e-4)
    assert not net.training


def test_other_tensors_are_not_taken(published_at):
    """One number that differs is another net than the one that was measured."""
    tensors = published(trained(), "a-martyn")
    changed = {name: tensor.clone() for name, tensor in tensors.items()}
    changed["fcOut.bias"][0] += 1
    published_at(changed, tensors)
    with pytest.raises(ValueError, match=r"resnet20.pt: expected tensors of sha256"):
        finished_nets.fetch("resnet20")


class Harm:
    """What a pickle runs when it is read without care."""

    def __reduce__(self):
        return exec, ("raise SystemExit('ran')",)


@pytest.mark.parametrize("content", [Harm(), {"bnIn.bias": Harm()}, [1, 2]])
def test_what_is_no_tensor_is_refused_and_never_run(published_at, content):
    """Planted: a pickle that would run code, and one that is no table of tensors."""
    published_at(content, published(trained(), "a-martyn"))
    with pytest.raises(ValueError, match=r"expected named tensors alone"):
        finished_nets.fetch("resnet20")


def test_unknown_and_unreachable_nets_are_said(monkeypatch):
    """A wrong name lists the right ones; a broken line is a ConnectionError."""
    with pytest.raises(ValueError, match=r"expected one of .*resnet56, got 'vgg'"):
        finished_nets.fetch("vgg")

    def fail(*arguments):
        raise OSError("no route to host")

    monkeypatch.setattr(_others.pooch, "retrieve", fail)
    with pytest.raises(ConnectionError, match=r"resnet56.pt: no route to host"):
        finished_nets.fetch()
