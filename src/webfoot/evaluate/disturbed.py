"""Whether a policy stays on its feet where servos, sensors and ground are real and somebody pushes."""

from webfoot.evaluate.criteria import PassCriteria
from webfoot.evaluate.rollout import Policy, RolloutConfig, Stage, roll_out
from webfoot.evaluate.tracking import survival
from webfoot.export.check import Check, at_least
from webfoot.sim.randomize import RandomizeConfig


def undisturbed(rollout: RolloutConfig) -> RolloutConfig:
    """The same rollout on robots as their model has them."""
    return rollout.model_copy(update={"conditions": RandomizeConfig(preset="off")})


def disturbed_checks(policy: Policy, stage: Stage, rollout: RolloutConfig, criteria: PassCriteria) -> list[Check]:
    """Survival under all conditions of the rollout at once; no check where it has none.

    How fast and how much like the reference it walks then is not judged: whoever is pushed has to step aside.
    """
    if rollout.conditions.is_off:
        return []
    episodes = roll_out(policy, stage, rollout.model_copy(update={"episode_s": rollout.disturbed_s}))
    return [at_least("disturbed_survival", survival(episodes), criteria.min_disturbed_survival, "")]
