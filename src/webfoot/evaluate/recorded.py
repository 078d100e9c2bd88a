"""Whether recorded episodes were fed as a contract says: the observations are made again from the states."""

import numpy as np

from webfoot.evaluate.episodes import Episodes
from webfoot.export.measured import Check, at_most
from webfoot_runtime.diagnose import Answers, Finding, diagnose, diagnose_answers
from webfoot_runtime.expected import Recording, expected_observations
from webfoot_runtime.gravity import gravity_in_base, misreadings
from webfoot_runtime.layout import Layout
from webfoot_runtime.policy import GOLDEN_TOLERANCE, OnnxPolicy

MOST_EPISODES = 4
"""Episodes that are looked at; a mistake shows in all of them."""
MOST_ANSWERS = 200
"""Control steps of the first episode whose answers are compared."""


def recorded_observations(layout: Layout, episodes: Episodes) -> Check:
    """How many terms of the recorded observations are not what the contract makes of the recorded states.

    Of a rollout that was recorded with another contract, this tells what changed since.
    """
    name, widths = "recorded_observations", (episodes.observation.shape[-1], episodes.action.shape[-1])
    if widths != (layout.obs_size, layout.nu):
        words = f"recorded were {widths[0]} numbers and {widths[1]} actions, not {layout.obs_size} and {layout.nu}"
        return at_most(name, float("nan"), 0, "terms", words)
    for episode in range(min(MOST_EPISODES, episodes.num_episodes)):
        found = _diagnosed(layout, episodes, episode)
        if found:
            return at_most(name, len(found), 0, "terms", "; ".join(finding.words for finding in found)[:400])
    return at_most(name, 0, 0, "terms")


def recorded_answers(policy: OnnxPolicy, episodes: Episodes) -> Check:
    """Largest difference between what the graph answers to recorded observations and what it answered then."""
    name, layout = "recorded_answers", policy.layout
    if (episodes.observation.shape[-1], episodes.action.shape[-1]) != (layout.obs_size, layout.nu):
        return at_most(name, float("nan"), GOLDEN_TOLERANCE, detail="another policy was recorded")
    rows = slice(None, min(MOST_ANSWERS, episodes.num_steps))
    known = Answers(episodes.observation[rows, 0], episodes.action[rows, 0], episodes.joint_pos_target[rows, 0])
    actions, target = policy.run(known.obs)
    error = max(float(np.abs(actions - known.actions).max()), float(np.abs(target - known.joint_pos_target).max()))
    causes = [] if error <= GOLDEN_TOLERANCE else diagnose_answers(policy.run, layout, known)
    return at_most(name, error, GOLDEN_TOLERANCE, detail="; ".join(found.words for found in causes)[:400])


def recording_of(episodes: Episodes) -> Recording:
    """What ideal sensors said in these episodes."""
    return Recording(
        gyro=episodes.root_vel[:-1, :, 3:],
        projected_gravity=gravity_in_base(episodes.root_quat[:-1]),
        joint_pos=episodes.joint_pos[:-1],
        joint_vel=episodes.joint_vel[:-1],
        command=episodes.command,
        action=episodes.action,
    )


def _diagnosed(layout: Layout, episodes: Episodes, episode: int) -> tuple[Finding, ...]:
    whole = recording_of(episodes)
    fields = {name: getattr(whole, name)[:, episode : episode + 1] for name in Recording.__dataclass_fields__}
    finite = np.logical_and.reduce([np.isfinite(values).all(axis=(1, 2)) for values in fields.values()])
    steps = len(finite) if finite.all() else int(finite.argmin())
    if steps == 0:
        return ()
    expected = expected_observations(layout, Recording(**{name: values[:steps] for name, values in fields.items()}))
    quat = episodes.root_quat[:steps, episode]
    return diagnose(episodes.observation[:steps, episode], expected[:, 0], layout, misreadings(quat))
