"""Survival of a policy trained with `--preset robust`, disturbance by disturbance and under all at once.

With `--data` also: a policy trained on the plain model of Open Duck Mini v2, on the same robot's model with backlash.
"""

from pathlib import Path
from typing import Any

from parts.cases import folder_for_runs, hardest, parser
from parts.table import print_machine, print_table

from webfoot.config import TrainConfig, parse_config
from webfoot.evaluate.commanded import speed_error
from webfoot.evaluate.rollout import RolloutConfig, Stage, roll_out
from webfoot.evaluate.tracking import survival
from webfoot.motion.reference import Reference
from webfoot.recipes import ROBUST
from webfoot.robots.spec import Robot
from webfoot.robots.table import load_robot
from webfoot.sim.presets import KINDS
from webfoot.sim.randomize import RandomizeConfig
from webfoot_runtime.policy import OnnxPolicy

BACKLASH_SCENE = "robots/open_duck_mini_v2/scene_flat_terrain_backlash.xml"
HEADER = ("met", "survival", "speed error")


def main() -> None:
    made = parser(__doc__)
    made.add_argument("--epochs", type=int, default=ROBUST["epochs"], help="iterations at most with the preset robust")
    made.add_argument("--seed", type=int, default=0)
    made.add_argument("--curriculum", action="store_true", help="raise the difficulties step by step")
    made.add_argument("--episodes", type=int, default=64)
    made.add_argument("--policy", type=Path, help="judge this policy instead of training one")
    made.add_argument("--plain", type=Path, help="judge this plain policy on the backlash model, do not train one")
    options = made.parse_args()
    case, out = hardest(options), folder_for_runs(options)
    robot, reference = case.load(TrainConfig())
    print_machine()
    policy = options.policy or trained(case, out, options, **options_of(options))
    print(f"{case.name}, trained with --preset robust; {options.episodes} episodes of 20 s each\n")
    print_table(HEADER, [row(name, policy, robot, reference, ranges, options) for name, ranges in disturbances()])
    if options.data:
        plain = options.plain or trained(case, out, options)
        backlash = load_robot(options.data / BACKLASH_SCENE)
        print("trained on the plain model\n")
        rows = [row("its own model", plain, robot, reference, {}, options)]
        rows.append(row("the model with backlash", plain, backlash, reference, {}, options))
        print_table(HEADER, rows)


def options_of(options) -> dict[str, Any]:
    """Options of the training that is judged."""
    return {"preset": "robust", "epochs": options.epochs, "curriculum": {"active": options.curriculum}}


def disturbances() -> list[tuple[str, dict[str, float]]]:
    """Every range of the preset by itself, every kind by itself, and all at once."""
    robust = RandomizeConfig(preset="robust").ranges()
    alone = [(name, {name: value}) for name, value in robust.items()]
    by_kind = {kind: {name: robust[name] for name in names if name in robust} for kind, names in KINDS.items()}
    kinds = [(f"all of {kind}", ranges) for kind, ranges in by_kind.items() if ranges]
    rough = {**robust, "slope_deg": 1.0, "unevenness_m": 0.002}
    return [("nothing", {}), *alone, *kinds, ("everything at once", robust), ("and slopes and bumps", rough)]


def row(name: str, policy: Path, robot: Robot, reference: Reference, ranges: dict[str, float], options) -> tuple:
    """Survival and speed error of a policy that meets the given ranges."""
    config = TrainConfig()
    conditions = RandomizeConfig.model_validate({"preset": "off", **ranges})
    stage = Stage(robot, reference, config.sim, config.task.termination)
    rollout = RolloutConfig(episodes=options.episodes, episode_s=20.0, conditions=conditions)
    episodes = roll_out(OnnxPolicy(policy), stage, rollout)
    return name, survival(episodes), speed_error(episodes)


def trained(case, out: Path, options, **asked) -> Path:
    """A policy of the case."""
    config = parse_config({"seed": options.seed, **asked})
    result = case.train(out, **config.model_dump(mode="json"))
    if result.report is None or result.report.training is None:
        raise SystemExit(f"the training ended as {result.stopped}: {result.reason}")
    took = result.report.training
    verdict = "passed" if result.report.passed else ", ".join(check.name for check in result.report.failed)
    print(f"{config.randomize.preset}: {took.env_steps:,} steps, {took.wall_s:.0f} s, {result.stopped}; {verdict}\n")
    return result.run.policy_file


if __name__ == "__main__":
    main()
