"""`webfoot export`, `validate`, `render`: what can be done with a trained policy."""

from pathlib import Path
from typing import Annotated, Literal

import tyro

from webfoot.cli.count import Count
from webfoot.cli.say import say, show, show_json
from webfoot.cli.verdict import show_verdict
from webfoot.errors import ConfigError

RunFolder = Annotated[str, tyro.conf.arg(metavar="RUN")]
PolicyFile = Annotated[str, tyro.conf.arg(metavar="POLICY.onnx")]
OptionalOutput = Annotated[str | None, tyro.conf.arg(metavar="OUT", help_behavior_hint="")]
OptionalRobot = Annotated[str | None, tyro.conf.arg(metavar="ROBOT", help_behavior_hint="")]
OptionalMotion = Annotated[str | None, tyro.conf.arg(metavar="MOTION", help_behavior_hint="")]
OptionalProfile = Annotated[str | None, tyro.conf.arg(metavar="NAME", help_behavior_hint="")]
OptionalPreset = Annotated[
    Literal["off", "plain", "mild", "robust"] | None,
    tyro.conf.arg(metavar="{off,plain,mild,robust}", help_behavior_hint=""),
]
OptionalSuite = Annotated[
    Literal["quick", "standard", "full"] | None,
    tyro.conf.arg(metavar="{quick,standard,full}", help_behavior_hint=""),
]
OptionalSeed = Annotated[int | None, tyro.conf.arg(metavar="N", help_behavior_hint="")]
OptionalFolder = Annotated[str | None, tyro.conf.arg(metavar="DIR", help_behavior_hint="")]


def export(run: RunFolder, out: OptionalOutput = None, /, *, profile: OptionalProfile = None) -> int:
    """Write the policy of a run again, from its checkpoint; or its policy.onnx as another program reads it.

    Args:
        run: A run folder.
        out: The file to write; unset: policy.onnx in the run folder. With --profile a folder; unset: profiles/NAME in
            the run folder.
        profile: For whom: webfoot, mjlab, open-duck-runtime, open-duck-runtime-gravity or unitree; see
            docs/profiles.md.
    """
    from webfoot import pipeline

    if profile is not None:
        show("\n".join(str(path) for path in pipeline.export_profile(run, profile, out)))
        return 0
    show(str(pipeline.export(run, Path(out) if out else None)))
    return 0


def validate(
    policy: PolicyFile,
    /,
    *,
    robot: OptionalRobot = None,
    motion: OptionalMotion = None,
    preset: OptionalPreset = None,
    file: bool = False,
    suite: OptionalSuite = None,
    seed: OptionalSeed = None,
    out: OptionalFolder = None,
    json: bool = False,
) -> int:
    """Roll a policy out in simulation and hold it against every criterion; exit code 3 if it does not pass.

    Args:
        policy: An ONNX policy.
        robot: A bundled robot's name, or the path of an MJCF; unset: the robot that the policy names.
        motion: The reference to compare with; unset: that of the policy's run folder.
        preset: Real servos, sensors, ground and pushes that it has to survive too; unset: those of the policy's run.
        file: Check the file and its contract alone, in a second: without rollout, and without a robot unless --robot
            names one.
        suite: Also try it in every scenario at every level (pushes, slopes, latency, worn servos ...), and say up to
            which level it stays on its feet: quick, standard (some 1,700 episodes of 10 s) or full.
        seed: Seed of that suite; unset: that of the run's validation.
        out: Folder for that suite's robustness.html, robustness.json and worst rollouts; unset: robustness beside the
            policy.
        json: Print one JSON document.
    """
    from webfoot import pipeline

    if file and suite:
        raise ConfigError("--file looks at the file alone, --suite lets it walk: give one of them")
    if not suite and (seed is not None or out is not None):
        raise ConfigError("--seed and --out belong to --suite; give --suite standard too, or leave them out")
    if file:
        report = pipeline.check_file(policy, robot)
    else:
        report = pipeline.validate(policy, robot=robot, motion=motion, preset=preset)
    document, write = report.to_dict(), say if json else show
    show_verdict(report, write)
    if suite:
        from webfoot.evaluate.robustness_report import lines, to_dict

        with Count("episodes") as count:
            found = pipeline.try_everywhere(policy, suite, robot, motion, seed, out, count)
        document["robustness"] = to_dict(found)
        for line in lines(found):
            write(line)
        write(f"written: {Path(out) if out else Path(policy).parent / 'robustness'}/robustness.html")
    if json:
        show_json(document)
    return 0 if report.passed else 3


def render(run: RunFolder, out: OptionalOutput = None, /, *, split: bool = False) -> int:
    """Draw an episode of a run as a video; needs EGL or OSMesa.

    Args:
        run: A run folder.
        out: The file to write (.webm); unset: preview.webm in the run folder.
        split: Two pictures side by side: the policy with its reference as a ghost, and the reference alone.
    """
    from webfoot import pipeline

    show(str(pipeline.render(run, Path(out) if out else None, split)))
    return 0
