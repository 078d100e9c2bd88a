"""`webfoot robot`: what robots there are, and what is derived from a model."""

from webfoot.cli.places import RobotName
from webfoot.cli.say import say, show, show_json
from webfoot.evaluate.picture import render_picture
from webfoot.motion.bundled import BUNDLED_MOTIONS
from webfoot.robots.describe import describe
from webfoot.robots.draft import write_draft
from webfoot.robots.imu import imu_turn_deg
from webfoot.robots.inspect import RobotReport, inspect_robot
from webfoot.robots.spec import Robot
from webfoot.robots.table import ROBOTS, load_robot


def list_robots(*, json: bool = False) -> int:
    """List the robots that come with the program, and their motions.

    Args:
        json: Print one JSON document.
    """
    robots = [
        {"name": name, "mjcf": str(path), "motions": sorted(BUNDLED_MOTIONS.get(name, {}))}
        for name, path in ROBOTS.items()
    ]
    if json:
        show_json({"robots": robots})
        return 0
    for robot in robots:
        show(f"{robot['name']:<12} motions {', '.join(robot['motions'])}\n{'':<12} {robot['mjcf']}")
    return 0


def inspect(path: RobotName, /, *, json: bool = False, write: bool = False, picture: str | None = None) -> int:
    """What is derived from a robot model, whether it stands, and what is suspicious; exit code 2 if it cannot be used.

    Args:
        path: An MJCF or URDF, `menagerie:NAME`, or the name of a bundled robot.
        json: Print one JSON document.
        write: Draft a robot.yaml beside the model with what had to be assumed; one that is there stays.
        picture: Draw the robot as it stands into this PNG.
    """
    robot = load_robot(path)
    report = inspect_robot(robot)
    for note in robot.notes:
        say(f"note: {note}")
    if json:
        show_json(describe(robot) | report.to_dict())
    else:
        _show_robot(robot)
        _show_report(report)
    if write:
        say(f"drafted {write_draft(report)}")
    if picture is not None:
        say(render_picture(robot, picture) or f"drawn {picture}")
    return 0 if report.usable else 2


def _show_report(report: RobotReport) -> None:
    stand = report.stand
    if stand.fell:
        show(f"stand   falls after {stand.stood_s:.1f} s")
    else:
        show(
            f"stand   {stand.stood_s:.0f} s on its servos: tilt {stand.tilt_deg:.1f} deg, "
            f"sinks {1000 * stand.sink_m:.0f} mm, servo load {100 * stand.load:.0f} % ({stand.worst_servo})"
        )
    for finding in report.findings:
        show(f"{finding.severity:<7} {finding.code}: {finding.message}\n{'':<7} cure: {finding.cure}")
    show("nothing suspicious" if not report.findings else "usable" if report.usable else "not usable")


def _show_robot(robot: Robot) -> None:
    feet = ", ".join(f"{foot.body} ({foot.side})" for foot in robot.feet)
    show(f"robot   {robot.name}: {robot.mass_kg:.3f} kg, base '{robot.base_body}' {robot.base_height:.3f} m high")
    show(f"feet    {feet}")
    imu, turn = robot.completed.imu, imu_turn_deg(robot)
    show(f"imu     '{imu}', turned {turn:.0f} deg against the base" if turn is not None else "imu     not known")
    show(f"mirror  {'left and right map onto each other' if robot.mirror else 'none'}")
    show(f"{'joint':<24} {'default':>8} {'lower':>8} {'upper':>8} {'kp':>8} {'kd':>8} {'torque':>8} {'speed':>8}")
    rows = zip(
        robot.joint_names,
        robot.default_pos,
        robot.lower,
        robot.upper,
        robot.kp,
        robot.kd,
        robot.torque_limit,
        robot.velocity_limit,
        strict=True,
    )
    for name, *numbers in rows:
        show(f"{name:<24} " + " ".join(f"{number:>8.3f}" for number in numbers))
    show("units: rad, Nm/rad, Nm s/rad, Nm, rad/s")
