"""Fully trained CIFAR-10 nets of others: read from files, checked, never unpickled.

The weights belong to their authors and are no part of this project: the environment
variable PLUSX_WEIGHTS names a folder with safetensors files, which hold the published
tensors under their original names. `CifarNet` takes them over name by name.
"""

import hashlib
import os
import pickle
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pooch
import torch
from safetensors.torch import load, save
from torch import Tensor

from plusx.networks import CifarNet, PadShortcut

SOURCES = {
    "a-martyn": {
        "repository": "https://github.com/a-martyn/resnet",
        "commit": "a9779154",
        "licence": "BSD 3-Clause, © 2023 a-martyn",
        "recipe": "He et al. 2015: 64,000 steps, last epoch, seed unknown",
    },
    "akamaster": {
        "repository": "https://github.com/akamaster/pytorch_resnet_cifar10",
        "commit": "d5489e89",
        "licence": "BSD 2-Clause, © 2018 Yerlan Idelbayev",
        "recipe": "200 epochs, the best epoch on the test set, seed unknown",
    },
}
PIXELS = {  # mean and deviation of a channel that the authors' training used
    "a-martyn": ([0.49186] * 3, [0.24697] * 3),
    "akamaster": ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
}
PARTS = {
    "a-martyn": {"convIn": "stem", "bnIn": "stem_norm", "fcOut": "head"},
    "akamaster": {"conv1": "stem", "bn1": "stem_norm", "linear": "head"},
}
#: Where a-martyn's nets lie, at the commit whose nets were measured.
ADDRESS = (
    "https://raw.githubusercontent.com/a-martyn/resnet/"
    "a9779154427bc5d28d89c213e1ae73613c353f74/pretrained/"
)

#: sha256 of each file; the weights' names end in .safetensors.
HASHES = """
02926273efb1deadb6dc654c7087baea932ef2026d9f854680d6858146d85838  ak-resnet20
897ca9a2e3e0f83d51ba9f0b65434c9242c2d4c896ded18d40f5bab4254875da  ak-resnet32
c0e417f177f2f9e763c00e58d95804957cda4a81899671d43ee57b972594bc76  ak-resnet44
cf29b05e3acebb9dc28868ebd84a604ff452971bb6770f22beaff48708079aee  ak-resnet56
cf1d008cba92d4ba5e1237827e90612e82947cfc92c3aada81b883f3671ba64e  am-plainnet20
9366c5b59ec5e785169cb4316765891199af4b548786b32662bbcde63a4acfdd  am-plainnet32
a08394c96122fcfeaf35837e34423a85078c0c1126727aff6ed57e33c7340f41  am-plainnet44
a2d1681a07292bb92986c998918353ae6329ceaada83559d5ee3b8849a092080  am-plainnet56
74b0fb5eb32680fe4809d0aa9588a8649f787a23a55d5d918eaa7936f1bbec9b  am-resnet20
5d93aa95143c5459bae58f5d047e2d1cfe2f1feffdb8d9ea437a1ce476179115  am-resnet32
9a3297446dfef7ecf556859c9be6d58e6eacea9ed11e2f079c569fd6be23ddee  am-resnet44
0c4df97a4c6163151515e9359c1f52d960b17565f5686d5a78e1a4f03c482697  am-resnet56
72cd1b93cbcbef377e08d72bd9c7088b267c700a60c9034fb18cc5e691f6e550  am-plainnet20.csv
7617eee232c679efca2eb01e29f4a12a751a9f5a9b65d3ed564e957113a2ff56  am-plainnet32.csv
ec28927b5e8379cdc219522cf88907fd9740cbc6b859efd5ec744f379344d0d0  am-plainnet44.csv
ed5ef820059bdd28f71d94309ebcb92e2065c6dbd998a805e1f2099417661082  am-plainnet56.csv
8405062b0f99ad2328156263d315b1d6c4881b57d7270f5eaefa573d7153d9fa  am-resnet20.csv
21223c8963c1a6d675f2de16e77fd67731b986512fdf4c10598f9edc4c2920bd  am-resnet32.csv
639b8844d1de5bfb9fb84b01a567041d22be1427e6fc4d0e186cd9b41e3a681e  am-resnet44.csv
176921c4b601262962a4af939a5ba36dce9f37c2a133e3dd6614d471af78c27d  am-resnet56.csv
"""


def sha256_of(name: str) -> str:
    """The hash that a file has to have."""
    known = {key: value for value, key in map(str.split, HASHES.strip().splitlines())}
    return known[name.removesuffix(".safetensors")]


def read(name: str) -> bytes:
    """A file of the folder PLUSX_WEIGHTS.

    Raises:
        ValueError: when the folder is not named, or the file has another hash.
    """
    folder = os.environ.get("PLUSX_WEIGHTS", "")
    if not folder:
        raise ValueError(f"expected PLUSX_WEIGHTS to name a folder with {name}")
    content = (Path(folder) / name).read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != sha256_of(name):
        raise ValueError(f"{name}: expected sha256 {sha256_of(name)}, got {found}")
    return content


def fetch(name: str = "resnet56", folder: Path | None = None) -> CifarNet:
    """One of a-martyn's finished nets, in eval mode; downloaded once, about 3.5 MB.

    The file is a pickle. Tensors are read from it and nothing else, and they must be
    those that were measured: written as safetensors, they have the hash in `HASHES`.

    Args:
        name: plainnet or resnet, and a depth of 20, 32, 44 or 56.
        folder: where the download is kept.

    Raises:
        ValueError: for another name, for a file with more than tensors, and for others.
        ConnectionError: when the download fails.
    """
    known = re.findall(r"am-(\w+)$", HASHES, re.M)
    if name not in known:
        raise ValueError(f"expected one of {', '.join(known)}, got {name!r}")
    url, folder = f"{ADDRESS}{name}.pt", folder or pooch.os_cache("plusx")
    try:
        path = pooch.retrieve(url, None, f"am-{name}.pt", folder)
    except OSError as error:
        raise ConnectionError(f"could not download {url}: {error}") from error
    try:
        tensors = torch.load(path, weights_only=True, map_location="cpu")
        content = save({k: t for k, t in tensors.items() if "num_batches" not in k})
    except (pickle.UnpicklingError, AttributeError, TypeError, ValueError) as error:
        raise ValueError(f"{url}: expected named tensors alone: {error}") from error
    expected, found = sha256_of(f"am-{name}"), hashlib.sha256(content).hexdigest()
    if found != expected:
        raise ValueError(f"{url}: expected tensors of sha256 {expected}, got {found}")
    depth, residual = int(name[-2:]), name.startswith("resnet")
    return make_net(content, "a-martyn", depth, residual)


def block_names(source: str, blocks: int) -> list[str]:
    """What the authors call the blocks, in the order of the forward pass."""
    a_stage = blocks // 3
    if source == "akamaster":
        return [f"layer{s}.{i}" for s in (1, 2, 3) for i in range(a_stage)]
    names = [f"stack1.{i}" for i in range(a_stage)]
    for stage in (2, 3):
        names.append(f"stack{stage}a")
        names += [f"stack{stage}b.{i}" for i in range(a_stage - 1)]
    return names


def renamed(tensors: Mapping[str, Tensor], source: str, blocks: int) -> dict[str, Any]:
    """The tensors under the names of `CifarNet`.

    Raises:
        ValueError: for a name that no part of the net has.
    """
    parts = dict(PARTS[source])
    for index, name in enumerate(block_names(source, blocks)):
        for kind in ("conv", "bn"):
            for number in "12":
                ours = {"conv": "conv", "bn": "norm"}[kind] + number
                parts[f"{name}.{kind}{number}"] = f"blocks.{index}.{ours}"
    found = {}
    for name, tensor in tensors.items():
        part, _, field = name.rpartition(".")
        if part not in parts:
            raise ValueError(f"{name}: expected a tensor of {', '.join(parts)}")
        found[f"{parts[part]}.{field}"] = tensor
    return found


def make_net(content: bytes, source: str, depth: int, residual: bool) -> CifarNet:
    """A trained net in eval mode from the bytes of its file.

    Raises:
        ValueError: when the tensors are not those of such a net.
    """
    net = CifarNet(depth, residual).eval()
    tensors = renamed(load(content), source, len(net.blocks))
    missing, unexpected = net.load_state_dict(tensors, strict=False)
    lacking = [key for key in missing if not key.endswith("num_batches_tracked")]
    if lacking or unexpected:
        raise ValueError(
            f"expected the tensors of a net of depth {depth}, "
            f"got none for {lacking} and also {unexpected}"
        )
    for block in net.blocks:
        if source == "a-martyn" and isinstance(block.shortcut, PadShortcut):
            *sides, before, after = block.shortcut.pad
            block.shortcut.pad = (*sides, 0, before + after)
    return net.to(memory_format=torch.channels_last)


def scale(images: Tensor, source: str) -> Tensor:
    """uint8 images as the authors' training normalized them."""
    mean, deviation = (
        torch.tensor(values).view(1, 3, 1, 1) for values in PIXELS[source]
    )
    scaled = (images.float() / 255 - mean) / deviation
    return scaled.contiguous(memory_format=torch.channels_last)
