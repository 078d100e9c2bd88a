"""Rules of health: pure functions of recent metrics, each in the table `HEALTH_RULES`."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from webfoot.learn.events import Severity
from webfoot.learn.ppo import LOWEST_RATE
from webfoot.monitor.window import Window


def _fall(window: Window, name: str) -> tuple[float, float] | None:
    """The best mean of a metric and the last, where that is far below."""
    means = window.means(name)
    if not len(means) or means.max() <= 0 or means[-1] >= window.config.style_left * means.max():
        return None
    return float(means.max()), float(means[-1])


def discriminator_wins(window: Window) -> str | None:
    """The discriminator tells everything apart and the style reward falls; a high accuracy alone means nothing."""
    fall = _fall(window, "style/reward")
    sides = {name: window.recent.get(f"style/accuracy_{name}", 0.0) for name in ("policy", "demo")}
    if fall is None or max(sides.values()) < window.config.discriminator_accuracy:
        return None
    told = " and ".join(f"{value:.0%} of the {name} windows" for name, value in sides.items())
    return (
        f"the discriminator tells {told} apart while the style reward fell from {fall[0]:.3g} to {fall[1]:.3g}; "
        "raise its gradient penalty or lower its learning rate"
    )


def logit_spread(window: Window) -> str | None:
    """The discriminator's logits are all alike, or far beyond what its loss asks for."""
    spread, config = window.recent.get("style/logit_spread"), window.config
    if spread is None or config.least_logit_spread <= spread <= config.most_logit_spread:
        return None
    cure = "raise its learning rate" if spread < config.least_logit_spread else "raise its logit regularisation"
    return f"the discriminator's logits spread by {spread:.3g}: it teaches nothing any more; {cure}"


def style_forgotten(window: Window) -> str | None:
    """Held-out demonstrations score worse and worse: the discriminator knows its demonstrations by heart."""
    fall = _fall(window, "style/held_out")
    if fall is None:
        return None
    return (
        f"held-out demonstrations score {fall[1]:.3g}, once {fall[0]:.3g}: the discriminator knows its demonstrations "
        "by heart; give it more of them or a larger weight decay"
    )


def exploration_died(window: Window) -> str | None:
    """Actions hardly vary, so that nothing new is tried."""
    std, least = window.recent.get("action_std"), window.config.least_std * window.ppo.final_std
    if std is None or std >= least:
        return None
    return f"actions deviate by {std:.3g} only, less than {least:.3g}: nothing new is tried; raise ppo.entropy"


def exploration_ran_away(window: Window) -> str | None:
    """Actions vary more and more."""
    std, most = window.recent.get("action_std"), window.config.most_std * window.ppo.initial_std
    if std is None or std <= most:
        return None
    return f"actions deviate by {std:.3g}, more than {most:.3g}: the policy drowns in noise; lower ppo.entropy"


def value_loss_explodes(window: Window) -> str | None:
    """The critic's error is far above what it was."""
    means, config = window.means("value_loss"), window.config
    if not len(means) or means[-1] <= max(config.least_value_loss, config.value_loss_growth * means.min()):
        return None
    return f"the value loss grew from {means.min():.3g} to {means[-1]:.3g}; lower ppo.critic_rate"


def critic_misleads(window: Window) -> str | None:
    """The critic explains less than a constant would, for long."""
    means, width = window.means("explained_variance"), window.config.window
    if len(means) < width or means[-width:].max() >= window.config.least_explained:
        return None  # a new critic explains nothing for some twenty iterations
    return f"the critic's explained variance is {means[-1]:.2f}: it misleads; lower ppo.critic_rate"


def updates_too_large(window: Window) -> str | None:
    """Updates move the policy far more than they should, though the rate falls."""
    values, most = window.series("approx_kl"), window.config.kl_excess * window.ppo.target_kl
    usual = float(np.median(values[-window.config.window :])) if len(values) >= window.config.window else 0.0
    if usual <= most:
        return None
    return f"updates move the policy by a KL divergence of {usual:.3g}, more than {most:.3g}; lower ppo.learning_rate"


def rate_at_its_floor(window: Window) -> str | None:
    """The learning rate was cut until nothing is learnt."""
    rates, ppo = window.series("learning_rate")[-window.config.window :], window.ppo
    scheduled = ppo.learning_rate * ppo.final_rate_share
    if len(rates) < window.config.window or scheduled <= 2 * LOWEST_RATE or rates.max() > 1.2 * LOWEST_RATE:
        return None
    return (
        f"the learning rate was cut from {ppo.learning_rate:g} to its floor of {LOWEST_RATE:g}: nothing is learnt any "
        "more; begin anew with a lower ppo.learning_rate"
    )


def falls_return(window: Window) -> str | None:
    """Robots fall again, after they had learnt not to."""
    means = window.means("falls")
    if not len(means) or means[-1] <= 2 * means.min() + window.config.falls_rise:
        return None
    return (
        f"robots fall {means[-1]:.1f} times a minute, once {means.min():.1f}: the policy gets worse; "
        "lower ppo.learning_rate"
    )


def plateau(window: Window) -> str | None:
    """Trials from a standing start get no better, and none has passed."""
    count, scores = window.config.plateau_trials, window.scores
    if len(scores) <= count or max(scores) > 1:
        return None
    before, now = max(scores[:-count]), max(scores[-count:])
    if now > before + window.config.plateau_gain:
        return None
    return (
        f"no trial of the last {count} scored better than {before:.2f}: learning stands still; inspect the motion "
        "(contradictory clips look like this), or change the reward"
    )


def simulations_blow_up(window: Window) -> str | None:
    """Physics breaks down again and again."""
    blown = int(window.series("unstable")[-window.config.window :].sum())
    if blown < window.config.unstable:
        return None
    return (
        f"{blown} simulations blew up within {window.config.window} epochs (states: unstable.json); "
        "raise sim.physics_hz or sim.solver_iterations"
    )


@dataclass(frozen=True)
class Rule:
    """One thing that can go wrong."""

    check: Callable[[Window], str | None]
    """None, or one sentence that says what is wrong and what to do."""
    severity: Severity


HEALTH_RULES: dict[str, Rule] = {
    "discriminator_wins": Rule(discriminator_wins, "serious"),
    "logit_spread": Rule(logit_spread, "warning"),
    "style_forgotten": Rule(style_forgotten, "warning"),
    "exploration_died": Rule(exploration_died, "warning"),
    "exploration_ran_away": Rule(exploration_ran_away, "serious"),
    "value_loss_explodes": Rule(value_loss_explodes, "serious"),
    "critic_misleads": Rule(critic_misleads, "warning"),
    "updates_too_large": Rule(updates_too_large, "serious"),
    "rate_at_its_floor": Rule(rate_at_its_floor, "serious"),
    "falls_return": Rule(falls_return, "serious"),
    "plateau": Rule(plateau, "warning"),
    "simulations_blow_up": Rule(simulations_blow_up, "serious"),
}
"""Every rule; a new one is a function and a line."""
