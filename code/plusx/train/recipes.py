"""Named recipes: how long to train, with which learning rate, on which network.

`paper` is the recipe of He et al. 2015, section 4.2. `quarter` is the same at a quarter
of its length, what a processor can do in hours; it is never set against published
figures without its name. `fast` trains the same networks in far fewer steps and is
another experiment, so it has its own name. `laptop` is fewer
still: CIFAR-10 on a processor, in minutes. `short` is for small data: a minute of
digits, enough to tell plain from residual. `smoke` shows within seconds that everything
works; its figures mean nothing.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Recipe:
    """What SGD does.

    Args:
        steps: how many, or None where `epochs` says it.
        batch: images a step, over all devices together.
        lr: the highest learning rate.
        drops: steps after which the learning rate is divided by 10.
        warmup_steps: first steps, which take the learning rate `warmup_lr`.
        rise: share of the steps over which a one-cycle schedule rises from 0 to `lr`;
            it then falls to 0. Both are straight lines. 0 leaves the cycle out.
    """

    steps: int | None = None
    epochs: int | None = None
    batch: int = 128
    lr: float = 0.1
    momentum: float = 0.9
    nesterov: bool = False
    weight_decay: float = 1e-4
    label_smoothing: float = 0.0
    drops: tuple[int, ...] = ()
    warmup_steps: int = 0
    warmup_lr: float = 0.0
    rise: float = 0.0

    def total_steps(self, steps_per_epoch: int) -> int:
        """How many steps the recipe takes on data of so many steps an epoch."""
        return self.steps or self.epochs * steps_per_epoch

    def learning_rate(self, step: int, total_steps: int) -> float:
        """The learning rate of a step; the first is step 0."""
        if step < self.warmup_steps:
            return self.warmup_lr
        if self.rise:
            # Taken in the middle of the step, so that neither end is 0.
            done = (step + 0.5) / total_steps
            return self.lr * min(done / self.rise, (1 - done) / (1 - self.rise))
        return self.lr / 10 ** sum(step >= drop for drop in self.drops)


RECIPES = {
    "paper": Recipe(steps=64_000, drops=(32_000, 48_000)),
    # 110 layers start at 0.01, until the error falls below 80 %: "about 400 steps".
    "paper-110": Recipe(
        steps=64_000, drops=(32_000, 48_000), warmup_steps=400, warmup_lr=0.01
    ),
    "quarter": Recipe(steps=16_000, drops=(8_000, 12_000)),
    "fast": Recipe(
        epochs=36,
        batch=512,
        lr=0.6,
        nesterov=True,
        weight_decay=5e-4,
        label_smoothing=0.05,
        rise=0.25,
    ),
    "laptop": Recipe(epochs=3, batch=64, lr=0.05, rise=0.25),
    "short": Recipe(epochs=20, lr=0.1, rise=0.25),
    "smoke": Recipe(steps=44, lr=0.1, rise=0.25),
}


def find(name: str, net: str) -> Recipe:
    """The recipe of that name for that network.

    Raises:
        ValueError: for an unknown recipe.
    """
    names = ("paper", "quarter", "fast", "laptop", "short", "smoke")
    if name not in names:
        raise ValueError(f"recipe must be one of {', '.join(names)}; got {name!r}")
    if name == "paper" and net.endswith("110"):
        name = "paper-110"
    return RECIPES[name]
