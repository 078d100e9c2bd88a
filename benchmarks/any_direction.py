"""How well a policy that learnt a whole library of clips walks wherever it is told to, and stands when told to."""

from parts.cases import chosen, folder_for_runs, open_duck_library, parser
from parts.table import print_machine, print_table

from webfoot.evaluate.metrics import measure
from webfoot.evaluate.rollout import RolloutConfig, Stage, roll_out
from webfoot.motion.library import build_reference
from webfoot.pipeline import open_run
from webfoot_runtime.policy import OnnxPolicy

COLUMNS = {
    "survival": "survival",
    "velocity_x_rmse": "vx RMSE [m/s]",
    "velocity_y_rmse": "vy RMSE [m/s]",
    "velocity_yaw_rmse": "wz RMSE [rad/s]",
    "standing_drift": "drift standing [m/s]",
    "standing_steps": "feet up standing",
    "joint_rmse": "joint RMSE [rad]",
    "stride_error": "stride",
    "duty_error": "duty factor",
}


def main() -> None:
    made = parser(__doc__)
    made.add_argument("--minutes", type=float, nargs="+", default=[12.0], help="times of training, each from scratch")
    made.add_argument("--method", default="tracking")
    made.add_argument("--fastest-turn", type=float, default=0.75, help="commands turn no faster [rad/s]")
    made.add_argument("--episodes", type=int, default=256)
    made.add_argument("--seed", type=int, default=0)
    options = made.parse_args()
    case = open_duck_library(options.data) if options.data else chosen(options)[-1]
    print_machine()
    held = RolloutConfig().command_s
    print(f"{case.name}, {options.method}, {options.episodes} episodes of 10 s, another command after {held:g} s\n")
    rows = []
    for minutes in options.minutes:
        task = {"command": {"fastest_turn": options.fastest_turn}}
        given = {"method": options.method, "seed": options.seed, "task": task, "epochs": 100_000}
        result = case.train(folder_for_runs(options), max_minutes=minutes, stop_when_passed=False, **given)
        if result.report is None:
            raise SystemExit(f"{minutes:g} min: {result.stopped}: {result.reason}")
        _, robot, motions, config = open_run(result.run.folder)
        reference = build_reference(motions, robot)
        stage = Stage(robot, reference, config.sim, config.task.termination, config.task.command)
        rollout = RolloutConfig(episodes=options.episodes, seed=options.seed + 9000)
        metrics = measure(roll_out(OnnxPolicy(result.run.policy_file), stage, rollout))
        verdict = "passed" if result.report.passed else ", ".join(c.name for c in result.report.checks if not c.passed)
        assert result.report.training is not None
        steps = f"{result.report.training.env_steps:,}"
        rows.append((minutes, steps, *(metrics[name] for name in COLUMNS), verdict))
    print_table(("training [min]", "steps", *COLUMNS.values(), "validation"), rows)


if __name__ == "__main__":
    main()
