"""`offers`: the buttons that may mend a policy that did not pass, each with the options of a clone."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from webfoot.config import TrainConfig
from webfoot.learn.trainer import LoopConfig
from webfoot.web.results.checks import Cure

MOST_OFFERS = 3
LEAST_EPOCHS = 100
LEAST_HIDDEN = 32
HEAVIER = 1.5
"""By what a weight of the reward grows."""


@dataclass(frozen=True)
class Offer:
    """Something to try."""

    label: str
    edits: dict[str, Any] | None = None
    """Options in which a clone differs; None: the motion is to be changed, on the page where it is chosen."""


def offers(cures: Iterable[Cure], config: TrainConfig) -> list[Offer]:
    """What to try, each once, the most promising first."""
    known = {cure: None for cure in cures}
    made = [OFFERS[cure](config) for cure in known]
    return [offer for offer in made if offer is not None][:MOST_OFFERS]


def longer(config: TrainConfig) -> Offer | None:
    """Twice as many epochs, to their end: a trial that passes is not yet a validation that does."""
    most = next(limit.le for limit in LoopConfig.model_fields["epochs"].metadata if hasattr(limit, "le"))
    epochs = min(max(LEAST_EPOCHS, 2 * config.epochs), most)
    if config.stop_when_passed:  # it ended at the first trial that passed, or used all that it had
        return Offer(f"Train longer: {epochs} epochs", {"epochs": epochs, "stop_when_passed": False})
    return Offer(f"Train longer: {epochs} epochs", {"epochs": epochs}) if epochs > config.epochs else None


def _weigh(name: str, words: str) -> Callable[[TrainConfig], Offer | None]:
    def offer(config: TrainConfig) -> Offer | None:
        weight = round(getattr(config.task.reward, name) * HEAVIER, 4)
        return Offer(f"Weigh {words} higher", {"task": {"reward": {name: weight}}}) if 0 < weight <= 10 else None

    return offer


def _mirror(config: TrainConfig) -> Offer | None:
    if config.augment.mirror:
        return None
    return Offer("Add the motion's mirror image", {"augment": {"mirror": True}})


def _smaller(config: TrainConfig) -> Offer | None:
    units = config.ppo.hidden_size // 2
    return Offer(f"Use {units} hidden units", {"hidden_size": units}) if units >= LEAST_HIDDEN else None


OFFERS: dict[Cure, Callable[[TrainConfig], Offer | None]] = {
    Cure.LONGER: longer,
    Cure.SPEED: _weigh("mean_velocity", "the speed"),
    Cure.HEADING: _weigh("heading", "the heading"),
    Cure.POSE: _weigh("joint_pos", "the pose"),
    Cure.UPRIGHT: _weigh("tilt", "an upright body"),
    Cure.FEET: _weigh("foot_height", "the height of the feet"),
    Cure.SMOOTH: _weigh("action_rate", "calm servos"),
    Cure.MIRROR: _mirror,
    Cure.SLOWER: lambda _: Offer("Take a slower motion"),
    Cure.SMALLER: _smaller,
}
