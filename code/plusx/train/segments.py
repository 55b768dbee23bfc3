"""The segments of a run: which steps were taken where, with what, in how long.

A run that was stopped and resumed has several. They are kept in its checkpoint, so that
its record says what happened, whoever resumes it.
"""

import datetime
import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from plusx.records import provenance as origin
from plusx.train import devices


@dataclass
class Segment:
    """Steps that one job took in a row, the first of a run being step 1.

    `time_s` is what they took, evaluations included and loading not. The number of
    processes changes what batch norm normalizes by; the number of threads, like device
    and versions, changes last bits.
    """

    first_step: int
    last_step: int
    time_s: float
    date: str
    device: str
    machine: str
    processes: int
    threads: int
    graph: bool
    compile: bool
    driver: str
    torch: str
    python: str
    commit: str
    code: str


def begin(
    taken: int, device: torch.device, processes: int, *, graph: bool, compile: bool
) -> Segment:
    """The segment that begins here after so many steps."""
    return Segment(
        first_step=taken + 1,
        last_step=taken,
        time_s=0.0,
        date=datetime.date.today().isoformat(),
        device=f"{processes} × " * (processes > 1) + devices.describe(device),
        machine=devices.machine(),
        processes=processes,
        threads=torch.get_num_threads(),
        graph=graph,
        compile=compile,
        driver=devices.driver(),
        torch=torch.__version__,
        python=platform.python_version(),
        commit=origin.commit(),
        code=origin.code_hash(),
    )


def provenance(segments: Sequence[Segment]) -> dict[str, Any]:
    """The fields of a record that say where steps were taken.

    Texts that differ between segments stand one after the other; numbers and the date
    are those of the last.
    """
    last = segments[-1]
    texts = ("device", "machine", "driver", "torch", "python", "commit", "code")
    told = {name: joined(getattr(segment, name) for segment in segments)
            for name in texts}  # fmt: skip
    return told | {"threads": last.threads, "date": last.date}


def joined(texts: Iterable[str]) -> str:
    """The texts that differ, in their order: "one, then another"."""
    return ", then ".join(dict.fromkeys(texts))
