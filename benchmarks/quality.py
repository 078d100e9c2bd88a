"""How well a policy walks after a fixed time of training, and how well in physics and with gains it never met."""

from dataclasses import replace

from parts.cases import folder_for_runs, hardest, parser
from parts.table import print_machine, print_table

from webfoot.evaluate.metrics import measure
from webfoot.evaluate.rollout import Stage, roll_out
from webfoot.motion.library import build_reference
from webfoot.pipeline import open_run
from webfoot.sim.model import own_physics
from webfoot_runtime.policy import OnnxPolicy

COLUMNS = {
    "joint_rmse": "joint RMSE [rad]",
    "yaw_drift": "yaw [deg per 10 s]",
    "lift_share": "lift, of the reference",
    "survival": "survival",
    "speed_error": "speed error",
}
GAINS = (0.8, 1.25)


def main() -> None:
    made = parser(__doc__)
    made.add_argument("--minutes", type=float, default=1.5, help="time of training")
    made.add_argument("--seeds", type=int, nargs="+", default=[0])
    options = made.parse_args()
    case, out = hardest(options), folder_for_runs(options)
    print_machine()
    print(f"{case.name}, {60 * options.minutes:g} s of training, 64 episodes of 10 s\n")
    rows = []
    for seed in options.seeds:
        result = case.train(out, seed=seed, epochs=100_000, stop_when_passed=False, max_minutes=options.minutes)
        if result.report is None:
            raise SystemExit(f"seed {seed}: {result.stopped}: {result.reason}")
        rows += [(seed, name, *values) for name, values in conditions(result.run)]
    print_table(("seed", "condition", *COLUMNS.values()), rows)


def conditions(run) -> list[tuple[str, list[float]]]:
    _, robot, motions, config = open_run(run.folder)
    policy, plain = OnnxPolicy(run.policy_file), config.rollout
    stage = Stage(robot, build_reference(motions, robot), config.sim, config.task.termination, config.task.command)
    own = replace(stage, sim=own_physics(robot, config.sim.control_hz))
    physics = f"{own.sim.physics_hz} Hz, {own.sim.integrator}, {own.sim.solver_iterations} iterations"
    tried = [("as trained", stage, plain), (f"the model's own physics ({physics})", own, plain)]
    tried += [(f"gains x {gain:g}", stage, plain.model_copy(update={"gain_factor": gain})) for gain in GAINS]
    tried += [(f"own physics, gains x {gain:g}", own, plain.model_copy(update={"gain_factor": gain})) for gain in GAINS]
    found = []
    for name, where, rollout in tried:
        metrics = measure(roll_out(policy, where, rollout))
        found.append((name, [metrics[column] for column in COLUMNS]))
    return found


if __name__ == "__main__":
    main()
