"""What a run computes on: the device, its precision, and the processor's threads."""

import os
import platform
import re
import subprocess
from pathlib import Path

import torch

# Turing without tensor cores: there convolutions in fp16 give NaN (pytorch#77955).
WITHOUT_UNITS = re.compile(r"GTX 16\d\d|MX[45]50|\bT(?:[456]00|550|1000|1200|2000)\b")
PRECISIONS = {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}


def choose_device(name: str) -> torch.device:
    """The device of that name; "auto" is the GPU where there is one.

    Raises:
        ValueError: for an unknown name, or "cuda" without a GPU.
    """
    found = torch.cuda.is_available()
    if name == "auto":
        name = "cuda" if found else "cpu"
    if name not in ("cpu", "cuda") or (name == "cuda" and not found):
        there = "auto, cpu or cuda" if found else "auto or cpu (torch finds no GPU)"
        raise ValueError(f"device must be {there}; got {name!r}")
    return torch.device(name)


def choose_precision(name: str, device: torch.device) -> str:
    """The precision of that name; "auto" is the fastest that the device has units for.

    A GPU has them for fp16 from compute capability 7.0 on, but for some small ones, and
    for bf16 from 8.0 on. A processor computes in bf16 without such units too, but
    slowly.

    Raises:
        ValueError: when the device cannot compute in it.
    """
    if device.type == "cuda":
        major = torch.cuda.get_device_capability()[0]
        able = ["fp32"] + ["fp16"] * (major >= 7) + ["bf16"] * (major >= 8)
        units = not WITHOUT_UNITS.search(torch.cuda.get_device_name())
        fastest = able[-1] if units else "fp32"
    else:
        able = ["fp32", "bf16"]
        fastest = "bf16" if processor_has_bf16() else "fp32"
    if name == "auto":
        return fastest
    if name not in able:
        raise ValueError(
            f"precision must be auto, {' or '.join(able)} on this {device.type}; "
            f"got {name!r}"
        )
    return name


def processor_has_bf16() -> bool:
    """Whether the processor multiplies bf16 numbers itself (AVX-512 or AMX)."""
    try:
        flags = Path("/proc/cpuinfo").read_text("utf8").split()
    except OSError:
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags


def describe(device: torch.device) -> str:
    """The device's name for a record."""
    if device.type == "cuda":
        return torch.cuda.get_device_name()
    return f"{platform.machine()} processor"


def machine() -> str:
    """The processor and the system, for a record."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if "model name" in line]
    processor = names[0] if names else platform.processor() or "processor"
    return f"{processor}, {platform.system()} {platform.machine()}"


def spare_threads() -> int:
    """How many threads to compute with: one for each idle core, at least half of all.

    Threads wait for each other, so on a busy machine the slowest sets the pace: on two
    busy cores two threads took a step three times as long as one. Where OMP_NUM_THREADS
    says how many, that holds.
    """
    cores = torch.get_num_threads()
    if "OMP_NUM_THREADS" in os.environ or not hasattr(os, "getloadavg"):
        return cores
    return max(1, cores // 2, cores - round(os.getloadavg()[0]))


def driver() -> str:
    """The version of the NVIDIA driver, or "none"."""
    try:
        answer = subprocess.run(
            ["nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader"],
            capture_output=True,
            text=True,
        )
    except OSError:
        return "none"
    return answer.stdout.partition("\n")[0].strip() or "none"
