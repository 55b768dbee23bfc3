"""Run experiments and write their records: `python -m plusx.experiments NAME …`."""

import argparse
import importlib
import pkgutil
import time

import torch

from plusx import experiments, records


def main() -> None:
    """Run each experiment that is named and write its record."""
    known = sorted(
        module.name
        for module in pkgutil.iter_modules(experiments.__path__)
        if not module.name.startswith("_")
    )
    parser = argparse.ArgumentParser(prog="python -m plusx.experiments")
    parser.add_argument("names", nargs="+", choices=known, metavar="NAME", help=known)
    torch.set_num_threads(1)
    for name in parser.parse_args().names:
        experiment = importlib.import_module(f"plusx.experiments.{name}")
        start = time.perf_counter()
        results = experiment.run(experiment.CONFIG)
        path = records.write(
            name,
            config=experiment.CONFIG,
            results=results,
            command=f"python -m plusx.experiments {name}",
            seeds=experiment.SEEDS,
            data=experiment.DATA,
            time_s=time.perf_counter() - start,
        )
        print(f"{path} written")


if __name__ == "__main__":
    main()
