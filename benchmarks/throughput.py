"""Training steps per second against physics alone, alternated in one run; and the memory that 512 robots take."""

import re
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

import torch
from parts.cases import folder_for_runs, hardest, parser, throw_away_folder
from parts.table import print_machine, print_table

from webfoot.config import TrainConfig, parse_config
from webfoot.learn.ppo import Ppo
from webfoot.learn.trainer import Trainer, Trial
from webfoot.motion.reference import Reference
from webfoot.robots.spec import Robot
from webfoot.sim.conditions import Conditions
from webfoot.sim.devices import make_sim
from webfoot.sim.threads import apply_threads, share_cores
from webfoot.task.start import StartConfig, reference_start
from webfoot.task.walk import WalkTask
from webfoot.training import mirror_maps

NO_TRIAL = Trial(False, 0.0, {})
MEMORY_ROBOTS = 512


def main() -> None:
    made = parser(__doc__)
    made.add_argument("--robots", type=int, help="robots in parallel; left out, the default")
    made.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    made.add_argument("--repetitions", type=int, default=7)
    made.add_argument("--seconds", type=float, default=4.0, help="of each measurement, about")
    made.add_argument("--memory-only", action="store_true", help="train 512 robots a little and print the peak [MB]")
    options = made.parse_args()
    case = hardest(options)
    if options.memory_only:
        case.train(folder_for_runs(options), batch_size=MEMORY_ROBOTS, epochs=3)
        print(peak_mb())
        return
    apply_threads(share_cores())
    print_machine()
    robots = {"batch_size": options.robots} if options.robots else {}
    config = parse_config({"epochs": 100_000, "device": options.device, **robots})
    robot, reference = case.load(config)
    measured = alternate(Training(robot, reference, config), Physics(robot, reference, config), options)
    print(f"{case.name}, {config.batch_size} robots on the {config.device}, medians of {options.repetitions}\n")
    header = ("training steps/s", "physics-only control steps/s", "ratio", "lowest ratio", "highest ratio")
    ratios = [training / physics for training, physics in measured]
    medians = [statistics.median(column) for column in zip(*measured, strict=True)]
    print_table(header, [(*medians, statistics.median(ratios), min(ratios), max(ratios))])
    print_table((f"peak memory of a training with {MEMORY_ROBOTS} robots [MB]",), [(memory_of_512(),)])


def alternate(training: "Training", physics: "Physics", options) -> list[tuple[float, float]]:
    """Steps per second of both, in turn; the first round only warms up."""
    rounds = [(training.rate(options.seconds), physics.rate(options.seconds)) for _ in range(options.repetitions + 1)]
    return rounds[1:]


class Training:
    """The training loop without its trials."""

    def __init__(self, robot: Robot, reference: Reference, config: TrainConfig):
        torch.manual_seed(config.seed)
        sim = make_sim(config.device, robot, config.sim, config.batch_size)
        conditions = Conditions(sim, robot, config.randomize, config.seed)
        task = WalkTask(robot, reference, sim, config.task, config.seed, conditions)
        mirror = mirror_maps(robot, reference, config.task) if config.ppo.symmetry else None
        ppo = Ppo(task.observe(), robot.nu, config.ppo, mirror)
        checkpoint = throw_away_folder() / "latest.pt"
        self.trainer = Trainer(task, ppo, config, lambda kind: NO_TRIAL, checkpoint, lambda event: None)

    def rate(self, seconds: float) -> float:
        steps, elapsed = self.trainer.env_steps, self.trainer.elapsed_s
        outcome = self.trainer.run(lambda: self.trainer.elapsed_s > elapsed + seconds)
        return (outcome.env_steps - steps) / (outcome.elapsed_s - elapsed)


class Physics:
    """The same robots driven by the reference alone; put back on it every second, which is not counted."""

    def __init__(self, robot: Robot, reference: Reference, config: TrainConfig):
        self.sim = make_sim(config.device, robot, config.sim, config.batch_size)
        sim = make_sim(config.device, robot, config.sim, config.batch_size)
        task = WalkTask(robot, reference, sim, config.task, config.seed)
        self.series, self.command = task.series, task.command
        self.generator = torch.Generator(self.sim.device).manual_seed(0)
        self.coefficients = self.series.blend(self.command)

    def rate(self, seconds: float) -> float:
        steps, elapsed = 0, 0.0
        while elapsed < seconds:
            targets = self._begin()
            began = time.perf_counter()
            for target in targets:
                self.sim.step(target)
            elapsed += time.perf_counter() - began
            steps += len(targets) * self.sim.num_envs
        return steps / elapsed

    def _begin(self) -> list[torch.Tensor]:
        """Put every robot somewhere on the reference; the targets of the second to come."""
        phase = torch.rand(self.sim.num_envs, generator=self.generator, device=self.sim.device)
        on_reference = self.series.state(self.coefficients, phase)
        everyone = torch.arange(self.sim.num_envs, device=self.sim.device)
        self.sim.reset(everyone, reference_start(on_reference, StartConfig(), self.generator))
        count, step = round(1.0 / self.sim.control_dt), self.sim.control_dt / self.series.period_s
        return [self.series.state(self.coefficients, (phase + i * step) % 1.0).servo_target for i in range(count)]


def memory_of_512() -> float:
    words = [sys.executable, str(Path(__file__)), *sys.argv[1:], "--memory-only"]
    return float(subprocess.run(words, check=True, capture_output=True, text=True).stdout.split()[-1])


def peak_mb() -> float:
    """Most memory this process has held [MB]; Linux's ru_maxrss would count what the parent held, VmHWM does not."""
    status = Path("/proc/self/status")
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text()) if status.is_file() else None
    kilobytes = int(found[1]) if found else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return kilobytes * 1024 / 1e6


if __name__ == "__main__":
    main()
