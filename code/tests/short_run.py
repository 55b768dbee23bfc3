"""A short run of the trainer: ResNet-20 on digits, 14 steps on a processor."""

from plusx import data
from plusx.train.config import Config
from plusx.train.recipes import Recipe
from plusx.train.session import Session

SHORT = Recipe(steps=14, lr=0.1, momentum=0.9, weight_decay=1e-3, rise=0.25)
CPU = Config(device="cpu", precision="fp32")


def new_session(config: Config = CPU, recipe: Recipe = SHORT) -> Session:
    """A session on digits."""
    return Session(config, recipe, data.load("digits"))


def run_steps(session: Session, count: int, rate: float) -> None:
    """The first steps of the first epoch at one learning rate."""
    plan = data.plan_epoch(session.views, session.recipe.batch, seed=0, epoch=0)
    for draws in plan[:count]:
        session.take(draws, rate)
