"""Whether the sensors of a robot can be right: they are held against each other and against what the servos were told.

    joint_pos   follows the targets that were sent
    joint_vel   is the change of joint_pos
    gyro        turns projected_gravity:   g' = g x w
    gravity     is a unit vector that points down while the robot stands

A robot that reads its joints in another order feeds its policy what the contract asks for, of the wrong joints: no
comparison of observations can tell, these do.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from webfoot_runtime.diagnose import Finding
from webfoot_runtime.explain import UNITS, Kind
from webfoot_runtime.layout import Layout
from webfoot_runtime.log_read import RobotLog

LONGEST_LAG = 10
"""Control steps."""
LATE_STEPS = 5
"""Joints that follow their targets later than so are late. In the preset robust it is 4 at most: latency 0.03 s, and
two or three steps that a servo of these gains takes to move its joint."""
EVIDENT = 0.6
"""Another explanation has to leave less than this share of the difference that the right one leaves."""
FITTING = 0.7
"""... and less than this share of the motion itself."""
MOVES = 0.02
"""Standard deviation below which a joint does not move enough to tell anything [rad]."""
SAME_FACTOR = 0.25
"""Factors this near to that of a unit are that unit: joints do not follow exactly."""
ODD_FACTOR = 1.6
FEWEST_JOINTS = 2
"""That move, for a common factor to be told from one joint that is stuck."""
FEWEST_STEPS = 20
UPRIGHT_STEPS = 25
"""First steps of a log, in which the robot stands or hangs upright."""
APART = 0.3
"""Mean difference from its targets with which a joint does not simply carry its robot [rad]."""
NEAR = 0.15


@dataclass(frozen=True)
class _Match:
    """Columns that were measured and those that they should be like, centred, both (T, width)."""

    term: str
    start: int
    seen: NDArray[np.float64]
    expected: NDArray[np.float64]
    names: Sequence[str]

    def finding(self, kind: Kind, words: str, columns: Sequence[int]) -> Finding:
        error = float(np.abs(self.seen - self.expected).max())
        return Finding(self.term, kind, f"{self.term} {words}", tuple(self.start + int(i) for i in columns), error)


def implausible(log: RobotLog, layout: Layout) -> tuple[Finding, ...]:
    """What cannot be right about the sensors of a log, as far as it shows."""
    rows = _sound(log)
    if len(rows["joint_pos"]) < FEWEST_STEPS:
        return ()
    found = [*_gravity(rows), *_joints(rows, layout)]
    if not any(finding.term == "joint_pos" for finding in found):
        found += _speeds(rows, layout)
    if not any(finding.term == "projected_gravity" for finding in found):
        found += _gyro(rows, layout)
    return tuple(found)


def _sound(log: RobotLog) -> dict[str, NDArray[np.float64]]:
    """The longest stretch of fresh, finite rows."""
    names = ("gyro", "projected_gravity", "joint_pos", "joint_vel", "sent")
    rows = dict(log.rows)
    if not np.isfinite(rows["sent"]).any():
        rows["sent"] = rows["joint_pos_target"]
    fine = np.logical_and.reduce([np.isfinite(rows[name]).all(axis=1) for name in names])
    edges = np.flatnonzero(np.diff(np.r_[0, fine, 0]))
    stretches = [slice(a, b) for a, b in edges.reshape(-1, 2)]
    longest = max(stretches, key=lambda s: s.stop - s.start, default=slice(0, 0))
    return {name: np.asarray(rows[name][longest], dtype=np.float64) for name in names}


def _gravity(rows: dict[str, NDArray[np.float64]]) -> list[Finding]:
    """Down, and of length 1."""
    gravity = rows["projected_gravity"][:UPRIGHT_STEPS]
    mean, match = gravity.mean(axis=0), _Match("projected_gravity", 0, gravity, gravity, "xyz")
    length = float(np.linalg.norm(gravity, axis=1).mean())
    down = int(np.abs(mean).argmax())
    flipped = mean[down] > 0
    if abs(length - 1) > 0.2:
        unit = _unit_of(length) or "another unit"
        sign = ", with the opposite sign" if down == 2 and flipped else ""
        return [match.finding("unit", f"is in {unit}: its length is {length:.4g}{sign}", (0, 1, 2))]
    if down != 2:
        return [match.finding("order", f"has another order: '{'xyz'[down]}' points down instead of 'z'", (down, 2))]
    if flipped:
        return [match.finding("sign", "has the opposite sign: 'z' is -1 where a robot stands upright", (0, 1, 2))]
    return []


def _joints(rows: dict[str, NDArray[np.float64]], layout: Layout) -> list[Finding]:
    sent, measured = rows["sent"], rows["joint_pos"]
    moves = sent.std(axis=0) > MOVES
    if not moves.any():
        return _apart(sent, measured, layout)
    lag = _lag(sent[:, moves], measured[:, moves])
    late, seen = _lagged(sent, measured, lag)
    match = _match("joint_pos", layout, seen, late)
    found = _explained(match, moves) or _apart(sent, measured, layout)
    if not found and lag > LATE_STEPS:
        dt_ms = 1e3 * layout.control_dt
        words = f"follows its targets {lag} control steps late ({lag * dt_ms:.0f} ms)"
        found = [match.finding("delay", words, np.flatnonzero(moves).tolist())]
    return found


def _apart(sent: NDArray[np.float64], measured: NDArray[np.float64], layout: Layout) -> list[Finding]:
    """Joints that are, all in all, elsewhere than they were sent: mirrored, or with another zero."""
    told, seen = sent.mean(axis=0), measured.mean(axis=0)
    away = np.abs(seen - told) > APART
    mirrored = away & (np.abs(seen + told) < NEAR)
    match, found = _match("joint_pos", layout, measured, sent), []
    if mirrored.any():
        named = ", ".join(f"'{layout.joint_names[i]}'" for i in np.flatnonzero(mirrored)[:4])
        found.append(match.finding("sign", f"has the opposite sign in {named}", np.flatnonzero(mirrored).tolist()))
    shifted = np.flatnonzero(away & ~mirrored).tolist()
    if shifted:
        each = ", ".join(f"'{layout.joint_names[i]}' by {seen[i] - told[i]:+.2g}" for i in shifted[:4])
        found.append(match.finding("offset", f"stays away from its targets: {each} rad", shifted))
    return found


def _speeds(rows: dict[str, NDArray[np.float64]], layout: Layout) -> list[Finding]:
    """joint_vel against the central differences of joint_pos."""
    position, speed = rows["joint_pos"], rows["joint_vel"]
    change = (position[2:] - position[:-2]) / (2 * layout.control_dt)
    speed = speed[1:-1]
    moves = position.std(axis=0) > MOVES
    if not moves.any():
        return []
    found = _explained(_match("joint_vel", layout, speed, change), moves)
    lag = _lag(change[:, moves], speed[:, moves])
    if not found and lag > 1:
        match = _match("joint_vel", layout, speed, change)
        found = [match.finding("delay", f"is {lag} control steps late", np.flatnonzero(moves).tolist())]
    return found


def _gyro(rows: dict[str, NDArray[np.float64]], layout: Layout) -> list[Finding]:
    """Which of the 48 ways to name and turn three axes explains best how gravity turns."""
    gravity, gyro = rows["projected_gravity"], rows["gyro"]
    change = (gravity[2:] - gravity[:-2]) / (2 * layout.control_dt)
    gravity, gyro = gravity[1:-1], gyro[1:-1]
    if change.std(axis=0).max() < 2 * MOVES:
        return []
    match, found = _Match("gyro", 0, gyro, gyro, "xyz"), None
    if np.ptp(gyro, axis=0).max() == 0:
        return [match.finding("frozen", "never changes, while projected_gravity does", (0, 1, 2))]
    turned = np.cross(gravity, gyro)
    factor = _factor(turned, change)  # of the gyro
    scale = abs(factor) if factor and not 1 / ODD_FACTOR < abs(factor) < ODD_FACTOR else 1.0
    gyro = gyro / scale
    right = _rms(np.cross(gravity, gyro) - change)
    for order in itertools.permutations(range(3)):
        for signs in itertools.product((1.0, -1.0), repeat=3):
            left = _rms(np.cross(gravity, gyro[:, order] * signs) - change)
            if left < EVIDENT * right and left < FITTING * _rms(change) and (found is None or left < found[0]):
                found = left, order, signs
    if found is not None:
        return [match.finding(*_axes(found[1], found[2]), (0, 1, 2))]
    if scale != 1.0 and _rms(np.cross(gravity, gyro) - change) < FITTING * _rms(change):
        return [match.finding(*_amount(scale), (0, 1, 2))]
    lag = _lag(change[:, :2], np.cross(gravity, gyro)[:, :2])
    words = f"is {lag} control steps late against projected_gravity"
    return [match.finding("delay", words, (0, 1, 2))] if lag > 1 else []


def _axes(order: Sequence[int], signs: Sequence[float]) -> tuple[Kind, str]:
    """What stands where: column `order[i]` is what column i should be, times `signs[i]`."""
    flipped = [f"'{'xyz'[order[i]]}'" for i in range(3) if signs[i] < 0]
    moved = [f"'{'xyz'[i]}' stands in the place of '{'xyz'[order[i]]}'" for i in range(3) if order[i] != i]
    if not moved:
        return "sign", f"has the opposite sign in {', '.join(flipped)}"
    return "order", f"has another order: {', '.join(moved)}" + (f", turned round: {', '.join(flipped)}" * bool(flipped))


def _explained(match: _Match, moves: NDArray[np.bool_]) -> list[Finding]:
    """Unit, order and sign, as far as columns move."""
    still = moves & (np.ptp(match.seen, axis=0) == 0)
    if still.any():
        named = ", ".join(f"'{match.names[i]}'" for i in np.flatnonzero(still)[:4])
        return [match.finding("frozen", f"never changes in {named}", np.flatnonzero(still).tolist())]
    wanted = np.flatnonzero(moves)
    sizes = match.seen[:, wanted].std(axis=0) / match.expected[:, wanted].std(axis=0)
    size = float(np.median(sizes))
    odd = len(wanted) >= FEWEST_JOINTS and not 1 / ODD_FACTOR < size < ODD_FACTOR
    seen = match.seen / size if odd and size > 0 else match.seen
    cost = {s: _costs(seen[:, wanted], s * match.expected[:, wanted]) for s in (1.0, -1.0)}
    best = np.minimum(cost[1.0], cost[-1.0])
    order = _assigned(best, cost[1.0])
    here, found = np.arange(len(wanted)), []
    still = match.expected[:, wanted].std(axis=0)
    evident = (best[here, order] < EVIDENT * cost[1.0][here, here]) & (best[here, order] < FITTING * still[order])
    moved = [i for i in here if order[i] != i and evident[i]]
    flipped = [i for i in here if order[i] == i and evident[i] and cost[-1.0][i, i] < cost[1.0][i, i]]
    if moved:
        places = [
            f"'{match.names[int(wanted[order[i]])]}' stands in the place of '{match.names[int(wanted[i])]}'"
            for i in moved
        ]
        found.append(match.finding("order", f"has another order: {', '.join(places[:4])}", wanted[moved].tolist()))
    if flipped:
        named = ", ".join(f"'{match.names[int(wanted[i])]}'" for i in flipped[:4])
        found.append(match.finding("sign", f"has the opposite sign in {named}", wanted[flipped].tolist()))
    if odd:
        found.insert(0, match.finding(*_amount(size), wanted.tolist()))
    return found


def _amount(factor: float) -> tuple[Kind, str]:
    unit = _unit_of(factor)
    if unit:
        return "unit", f"is in {unit}: about {factor:.3g} times as large"
    return "scale", f"is about {factor:.3g} times what it should be"


def _unit_of(factor: float) -> str:
    near = [(abs(np.log(factor / known)), words) for words, known in UNITS.items()]
    off, words = min(near)
    return words if off < np.log(1 + SAME_FACTOR) else ""


def _match(term: str, layout: Layout, seen: NDArray[np.float64], expected: NDArray[np.float64]) -> _Match:
    place = next((entry for entry in layout.terms if entry.name == term), None)
    start = place.start if place is not None else 0
    return _Match(term, start, seen - seen.mean(axis=0), expected - expected.mean(axis=0), layout.joint_names)


def _costs(seen: NDArray[np.float64], expected: NDArray[np.float64]) -> NDArray[np.float64]:
    """RMS of every seen column less every expected one, (width seen, width expected)."""
    return np.sqrt(((seen[:, :, None] - expected[:, None, :]) ** 2).mean(axis=0))


def _assigned(cost: NDArray[np.float64], identity: NDArray[np.float64]) -> NDArray[np.int64]:
    """Which expected column each seen one is: itself, unless two or more would clearly rather change places."""
    order = np.arange(len(cost))
    restless = [i for i in order if cost[i].min() < EVIDENT * min(identity[i, i], cost[i, i])]
    left = set(restless)
    for i in sorted(restless, key=lambda i: cost[i].min()):
        j = min(left, key=lambda j: cost[i, j])
        order[i] = j
        left.discard(j)
    return order


def _lag(expected: NDArray[np.float64], seen: NDArray[np.float64]) -> int:
    """By how many steps `seen` follows `expected`, from 0 on: where columns are most alike, whatever their sign."""
    most = min(LONGEST_LAG, len(seen) // 3)
    return max(range(most + 1), key=lambda lag: _likeness(*_lagged(expected, seen, lag)))


def _lagged(
    expected: NDArray[np.float64], seen: NDArray[np.float64], lag: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return expected[: len(expected) - lag], seen[lag:]


def _likeness(expected: NDArray[np.float64], seen: NDArray[np.float64]) -> float:
    """Sum over the seen columns of their greatest correlation, of either sign, with an expected one."""
    one, other = (values - values.mean(axis=0) for values in (expected, seen))
    one, other = (values / np.maximum(np.sqrt((values**2).mean(axis=0)), 1e-12) for values in (one, other))
    return float(np.abs(other.T @ one / len(one)).max(axis=1).sum())


def _factor(seen: NDArray[np.float64], expected: NDArray[np.float64]) -> float:
    power = float((expected**2).sum())
    return float(np.sqrt((seen**2).sum() / power)) if power > 0 else 0.0


def _rms(values: NDArray[np.float64]) -> float:
    return float(np.sqrt((values**2).mean()))
