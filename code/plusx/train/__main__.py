"""Train plain or residual nets from the command line.

python -m plusx.train                                     seconds, on digits
python -m plusx.train --net resnet56 --recipe paper --data cifar10 --out runs/r56
python -m plusx.train … --out runs/r56 --resume           go on after a stop
python -m plusx.train … --seeds 0-4 --record              five runs, one record
torchrun --nproc-per-node=4 -m plusx.train …              several devices
"""

import argparse
import contextlib
import signal
import sys
from collections.abc import Sequence

import torch

from plusx.train import checkpoints, devices, outputs, processes
from plusx.train.command import parse
from plusx.train.config import Config
from plusx.train.progress import fill_closed_streams, say
from plusx.train.result import Run, write_record
from plusx.train.trainer import train


def main(arguments: Sequence[str] | None = None) -> int:
    """The command: train with each seed, write the records, return the exit code.

    0 is for success, 2 for a request that cannot be met, 1 for a run that failed, and
    128 + the signal's number for one that was stopped.
    """
    fill_closed_streams()
    options = parse(sys.argv[1:] if arguments is None else arguments)
    try:
        with processes.distributed(options.device), contextlib.ExitStack() as stack:
            if processes.is_first():
                for folder in filter(None, (options.record, options.weights)):
                    stack.enter_context(outputs.ready(folder))
            threads = devices.spare_threads()
            keep([run(config, options, threads) for config in options.configs], options)
    except KeyboardInterrupt as stopped:
        number, when = stopped.args or (signal.SIGINT, "before the first step")
        return fail(f"stopped by {signal.Signals(number).name} {when}", 128 + number)
    except ValueError as error:
        return fail(error, 2)
    except (OSError, ArithmeticError, torch.OutOfMemoryError) as error:
        return fail(error, 1)
    except RuntimeError as error:
        if not processes.was_lost(error):
            raise
        return fail(f"lost the other processes: {error}", 1)
    return 0


def run(config: Config, options: argparse.Namespace, threads: int) -> Run:
    """Train with one seed, and write the record of that run beside its checkpoint."""
    begun = (config.folder / checkpoints.NAME).is_file()
    resume = options.resume and (begun or len(options.configs) == 1)
    before = checkpoints.threads(config.folder) if resume and begun else None
    torch.set_num_threads(options.threads or before or threads)
    trained = train(config, resume=resume, progress=True)
    if processes.is_first():
        write_record("run", [trained], options.command, config.folder)
        tell(trained.summary())
    return trained


def keep(runs: Sequence[Run], options: argparse.Namespace) -> None:
    """Write the record of all seeds and the weights of the first, where asked for."""
    if not processes.is_first():
        return
    name, first = runs[0].config.name, runs[0]
    if options.record:
        tell(write_record(name, runs, options.command, options.record))
    if options.weights:
        config = first.config
        about = {field: getattr(config, field) for field in ("net", "option", "order")}
        about |= {
            "in_channels": first.net.stem.in_channels,
            "classes": first.net.head.out_features,
            "recipe": config.recipe,
            "seed": config.seed,
            "data": first.origin,
            "test_images": first.test_images,
            "test_error": round(first.test_error[-1], 2),
        }
        path = options.weights / f"{name}.safetensors"
        checkpoints.save_weights(path, first.net, about)
        tell(path)


def tell(text: object) -> None:
    """Print a line, if there is still somebody to read it."""
    with contextlib.suppress(OSError, ValueError):
        print(text, flush=True)


def fail(reason: object, code: int) -> int:
    """Say in one line why the command ends, and return its exit code."""
    say(reason)
    return code


if __name__ == "__main__":
    sys.exit(main())
