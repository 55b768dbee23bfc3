"""What a run shows while it trains. That nobody can read it ends no run."""

import contextlib
import os
import sys

from tqdm.auto import tqdm

from plusx.train.config import Config


class Screen:
    """stderr, as long as it can be written; a closed one swallows what is said."""

    encoding = "utf-8"

    def write(self, text: str) -> None:
        """Write, or do nothing."""
        with contextlib.suppress(AttributeError, OSError, ValueError):
            sys.stderr.write(text)
            sys.stderr.flush()

    def flush(self) -> None:
        """All is flushed already."""

    def isatty(self) -> bool:
        """Whether somebody may be looking."""
        try:
            return sys.stderr.isatty()
        except (AttributeError, OSError, ValueError):
            return False


def fill_closed_streams() -> None:
    """Open nothing where stdin, stdout or stderr is closed.

    Else the next file that is opened would take the number of stderr, and what a
    library says there would end up in a checkpoint.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free


def say(text: object) -> None:
    """One line on the screen, with the name of the command."""
    Screen().write(f"plusx.train: {' '.join(str(text).split())}\n")


def bar(config: Config, *, taken: int, total: int, shown: bool) -> tqdm:
    """A bar with the rate of steps, the time that remains and the test error."""
    return tqdm(
        desc=f"{config.name}, seed {config.seed}",
        total=total,
        initial=taken,
        unit=" steps",
        disable=not shown,
        file=Screen(),
        mininterval=0.5 if Screen().isatty() else 30,
    )
