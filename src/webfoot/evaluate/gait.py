"""What the feet did: lift, rhythm, alternation. Pure functions of `Episodes`."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from webfoot.evaluate.commanded import STANDING_SPEED, startup_steps, stretches, walks
from webfoot.evaluate.episodes import Episodes

MIN_LIFT_M = 0.005
"""A foot that rises less than this in a gait cycle shuffles [m]."""
SWING_M = 0.003
"""A sole higher than this above its stance level swings [m]."""
STANCE_QUANTILE = 0.25
"""A foot stands for more than this share of the time; its height there is the stance level."""
STRIDE_HZ = (0.3, 6.0)
"""Where a stride frequency is looked for [Hz]."""


def lifted_cycles(episodes: Episodes, min_lift_m: float = MIN_LIFT_M) -> float:
    """Share of the gait cycles in which every foot rises at least `min_lift_m`; 0 where no whole cycle was walked."""
    lifts = cycle_lifts(episodes, episodes.foot_height)
    return float((lifts >= min_lift_m).all(axis=-1).mean()) if len(lifts) else 0.0


def mean_lift(episodes: Episodes) -> float:
    """Highest point of a foot above its stance level, mean over cycles and feet [m]."""
    lifts = cycle_lifts(episodes, episodes.foot_height)
    return float(lifts.mean()) if len(lifts) else 0.0


def lift_share(episodes: Episodes) -> float:
    """`mean_lift` as a share of what the reference lifts in the same cycles."""
    reference = cycle_lifts(episodes, episodes.reference_foot_height)
    return mean_lift(episodes) / max(float(reference.mean()), 1e-3) if len(reference) else 0.0


def cycle_lifts(episodes: Episodes, heights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Highest point of every foot above its stance level in every whole gait cycle.

    Only cycles of walking episodes, begun after the start-up and ended alive.

    Args:
        heights: sole heights [m], shape (T + 1, N, F).

    Returns:
        Lifts [m], shape (C, F), C cycles of all episodes.
    """
    wrapped = np.zeros(episodes.phase.shape, dtype=np.int64)
    wrapped[1:] = np.diff(episodes.phase, axis=0) < -0.5
    number = np.cumsum(wrapped, axis=0)  # cycle that a state belongs to, (T + 1, N)
    count = int(number.max()) + 1
    cell = (number + np.arange(episodes.num_episodes) * count).ravel()
    whole = np.ones(episodes.num_episodes * count, dtype=bool)
    whole[cell[~_walking(episodes).ravel()]] = False
    whole[cell.reshape(number.shape)[-1]] = False  # the last cycle is not over
    whole[np.bincount(cell, minlength=len(whole)) == 0] = False
    above = lift(episodes, heights)
    highest = np.full((len(whole), above.shape[-1]), -np.inf)
    for foot in range(above.shape[-1]):
        np.maximum.at(highest[:, foot], cell, above[..., foot].ravel())
    return highest[whole]


def lift(episodes: Episodes, heights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Height above the stance level, zero while an episode does not walk [m], shape (T + 1, N, F).

    The stance level of a foot is the `STANCE_QUANTILE` of its own heights in that episode.
    """
    counted = _walking(episodes)
    ordered = np.sort(np.where(counted[..., None], heights, np.inf), axis=0)
    index = np.floor(STANCE_QUANTILE * np.maximum(counted.sum(axis=0) - 1, 0)).astype(np.int64)
    level = np.take_along_axis(ordered, index[None, :, None], axis=0)
    return np.where(counted[..., None], heights - level, 0.0)


def swing(episodes: Episodes) -> NDArray[np.bool_]:
    """Which feet are in the air, shape (T + 1, N, F)."""
    return lift(episodes, episodes.foot_height) > SWING_M


def duty_factor(episodes: Episodes) -> float:
    """Share of the time that a foot stands, mean over feet and walking episodes."""
    counted = _walking(episodes)
    return float(1 - swing(episodes)[counted].mean()) if counted.any() else 1.0


def stride_frequency(episodes: Episodes) -> float:
    """Strides of one foot per second: the peak of the spectrum of the foot heights [Hz]; 0 where no foot rises."""
    start = startup_steps(episodes)
    counted = _walking(episodes)[start:, :, None]
    rising = np.where(counted, lift(episodes, episodes.foot_height)[start:], 0.0)
    if rising.size == 0 or np.ptp(rising) < 1e-3:
        return 0.0
    mean = rising.sum(axis=0) / np.maximum(counted.sum(axis=0), 1)
    window = np.hanning(len(rising))[:, None, None]
    padded = 4 * len(rising)
    power = np.square(np.abs(np.fft.rfft(np.where(counted, rising - mean, 0.0) * window, padded, axis=0)))
    frequency = np.fft.rfftfreq(padded, episodes.control_dt)
    power = power.sum(axis=(1, 2)) * ((frequency >= STRIDE_HZ[0]) & (frequency <= STRIDE_HZ[1]))
    return float(frequency[int(np.argmax(power))])


def standing_steps(episodes: Episodes) -> float:
    """Share of the time in which a robot that was told to stand a start-up ago has a foot in the air."""
    found: list[NDArray[np.bool_]] = [np.empty(0, dtype=bool)]
    for part in stretches(episodes):
        stands = np.linalg.norm(part.command[0], axis=-1) <= STANDING_SPEED
        after = slice(startup_steps(part), None)
        heights = part.foot_height[after][:, stands]
        lifted: NDArray[np.bool_] = np.any(heights - np.quantile(heights, STANCE_QUANTILE, axis=0) > SWING_M, axis=-1)
        found.append(lifted[part.alive[after][:, stands]])
    steps = np.concatenate(found)
    return float(steps.mean()) if len(steps) else 0.0


def stride_error(episodes: Episodes) -> float:
    """How far the stride frequency is from the reference's, as a share of it."""
    return abs(stride_frequency(episodes) * episodes.period_s - 1.0)


def duty_error(episodes: Episodes) -> float:
    """How far the duty factor is from what the reference's feet do at the same phases, as a share of it."""
    drawn = duty_factor(replace(episodes, foot_height=episodes.reference_foot_height))
    return abs(duty_factor(episodes) / max(drawn, 1e-3) - 1.0)


def asymmetry(episodes: Episodes) -> float:
    """How far left and right feet differ, mean of 2 |L - R| / (L + R) over feet in pairs, lift and time in the air.

    0 is symmetric; 0 too where no foot rises. Source: Robinson, Herzog and Nigg, "Use of force platform variables to
    quantify the effects of chiropractic manipulation on gait symmetry", 1987.
    """
    lifts, counted = cycle_lifts(episodes, episodes.foot_height), _walking(episodes)
    if not len(lifts) or not counted.any():
        return 0.0
    sizes = np.stack([lifts.mean(axis=0), swing(episodes)[counted].mean(axis=0)])  # (2, F)
    pairs = [
        (left, episodes.foot_names.index(name.replace("left", "right")))
        for left, name in enumerate(episodes.foot_names)
        if "left" in name and name.replace("left", "right") in episodes.foot_names
    ]
    both = [(sizes[:, left], sizes[:, right]) for left, right in pairs]
    found = [2 * np.abs(one - other) / np.maximum(one + other, 1e-9) for one, other in both]
    return float(np.mean(found)) if found else 0.0


def alternation(episodes: Episodes) -> float:
    """Share of the lift-offs that follow one of another foot while another foot stands: 1 walks, 0 hops or limps."""
    flying = swing(episodes) & _walking(episodes)[..., None]
    left_ground = (flying[1:] & ~flying[:-1]).swapaxes(0, 1)  # (N, T, F)
    episode, step, foot = np.nonzero(left_ground)
    if len(episode) < 2:
        return 0.0
    same_episode = episode[1:] == episode[:-1]
    airborne = np.logical_and.reduce(flying[1:], axis=-1)  # (T, N)
    supported = ~airborne[step[1:], episode[1:]]
    alternates = (foot[1:] != foot[:-1]) & supported
    return float(alternates[same_episode].mean()) if same_episode.any() else 0.0


def _walking(episodes: Episodes) -> NDArray[np.bool_]:
    """States in which an episode walks: told to, started up, alive, shape (T + 1, N)."""
    return episodes.alive & walks(episodes)
