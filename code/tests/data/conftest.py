"""Small data in the forms of CIFAR-10."""

from pathlib import Path

import numpy as np
import pytest
from archives import COUNT, RECORD, pack


@pytest.fixture
def members() -> dict[str, bytes]:
    """Six files of three records each."""
    generator = np.random.default_rng(0)
    files = {}
    for name in (*(f"data_batch_{n}.bin" for n in range(1, 6)), "test_batch.bin"):
        records = generator.integers(0, 256, (COUNT, RECORD), dtype=np.uint8)
        records[:, 0] %= 10
        files[name] = records.tobytes()
    return files


@pytest.fixture
def packed(tmp_path, members) -> Path:
    """An archive in a folder of its own."""
    (tmp_path / "there").mkdir()
    return pack(tmp_path / "there" / "cifar-10-binary.tar.gz", members)
