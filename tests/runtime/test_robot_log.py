"""Logs that are killed, cut, damaged, full, or of another policy."""

import json
import subprocess
import sys

import numpy as np
import pytest
from puppet import Puppet

from tiny_policy import DEFAULT_POS
from webfoot_runtime.errors import LogError, PolicyError
from webfoot_runtime.expected import expected_observations
from webfoot_runtime.log_file import LogWriter
from webfoot_runtime.log_read import COLUMNS, read_log
from webfoot_runtime.policy import OnnxPolicy
from webfoot_runtime.robot_loop import RobotLoop

WRITE_FOR_EVER = """
import sys
from webfoot_runtime.log_file import LogWriter
from webfoot_runtime.policy import OnnxPolicy
layout = OnnxPolicy(sys.argv[1]).layout
log = LogWriter(sys.argv[2], layout, "tiny")
for step in range(10**9):
    row = log.blank()
    row["walk_step"] = step
    log.write(row, None)
    if step == 100:
        print("a hundred", flush=True)
"""


@pytest.fixture
def policy(policy_path):
    return OnnxPolicy(policy_path)


def walked(policy, path, walk_s=1.0, most_bytes=2**20):
    """A log of a puppet that walked."""
    puppet = Puppet(DEFAULT_POS)
    puppet.changes[120] = {"gyro": np.array([0.1, 0.2, 0.3])}
    with LogWriter(path, policy.layout, "tiny", most_bytes) as log:
        RobotLoop(policy, puppet, clock=puppet.clock, log=log).run(lambda _: [0.2, 0.0, 0.5], walk_s)
    return read_log(path, policy.layout)


def expected(policy, log, walk, memory=None):
    return expected_observations(policy.layout, log.recording(walk), memory)[:, 0]


def test_a_log_tells_what_happened(policy, tmp_path):
    log = walked(policy, tmp_path / "robot.log")
    assert (log.name, log.policy, log.broken, log.memory) == ("robot.log", "tiny", False, None)
    assert [event["mode"] for event in log.events][:3] == ["RISING", "STANDING", "WALKING"]
    (walk,) = log.walks()
    assert walk.stop - walk.start == 50
    np.testing.assert_allclose(log.rows["gyro"][130], [0.1, 0.2, 0.3])
    np.testing.assert_allclose(log.rows["command"][walk], [[0.2, 0.0, 0.5]] * 50)
    assert np.isnan(log.rows["command"][0]).all() and log.rows["walk_step"][walk].tolist() == list(range(50))
    np.testing.assert_allclose(log.rows["observation"][walk], expected(policy, log, walk))


def test_a_killed_writer_loses_nothing_that_it_wrote(policy, policy_path, tmp_path):
    command = [sys.executable, "-c", WRITE_FOR_EVER, str(policy_path), str(tmp_path / "robot.log")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None and writer.stdout.readline()
        writer.kill()
    log = read_log(tmp_path / "robot.log", policy.layout)
    assert log.num_steps > 100 and log.rows["walk_step"].tolist() == list(range(log.num_steps))


def test_a_log_that_is_cut_is_read_up_to_there(policy, tmp_path):
    path = tmp_path / "robot.log"
    whole = walked(policy, path)
    data = path.read_bytes()
    for end in (len(data) - 1, len(data) // 2, len(data) // 3):
        path.write_bytes(data[:end])
        log = read_log(path, policy.layout)
        assert log.broken and 0 < log.num_steps < whole.num_steps
        np.testing.assert_array_equal(log.rows["sent"], whole.rows["sent"][: log.num_steps])


def test_a_full_log_is_put_aside_and_the_next_goes_on_in_the_middle_of_a_walk(policy, tmp_path):
    path = tmp_path / "robot.log"
    bound = 40_000
    log = walked(policy, path, walk_s=4.0, most_bytes=bound)
    before = read_log(tmp_path / "robot.log.1", policy.layout)
    files = sorted(tmp_path.glob("robot.log*"))
    assert len(files) == 2 and all(file.stat().st_size <= bound for file in files)
    later = next(part for part in (log, before) if part.memory is not None)
    (walk,) = later.walks()
    assert later.rows["walk_step"][walk.start] > 0
    np.testing.assert_allclose(later.rows["observation"][walk], expected(policy, later, walk, later.memory), atol=1e-6)
    assert np.abs(later.rows["observation"][walk] - expected(policy, later, walk)).max() > 0.1


def test_an_older_log_is_put_aside(policy, tmp_path):
    path = tmp_path / "robot.log"
    assert walked(policy, path, walk_s=0.5).num_steps < walked(policy, path, walk_s=1.0).num_steps
    assert read_log(tmp_path / "robot.log.1", policy.layout).num_steps > 0


def test_a_log_of_another_policy_is_refused(policy, tmp_path):
    path = tmp_path / "robot.log"
    walked(policy, path)
    path.write_bytes(path.read_bytes().replace(b'["hip", "knee"]', b'["knee", "hip"]'))
    with pytest.raises(LogError, match=r"its joint_names is \['knee', 'hip'\], not \['hip', 'knee'\]"):
        read_log(path, policy.layout)


@pytest.mark.parametrize("content", [b"", b"H", b"H\xff\xff\xff\xff", b"R\x01\x00\x00\x00a", b"\x00" * 100, b"{}\n"])
def test_what_is_no_log_is_refused(policy, tmp_path, content):
    (tmp_path / "robot.log").write_bytes(content)
    with pytest.raises(LogError, match="robot.log: is no log of a robot"):
        read_log(tmp_path / "robot.log", policy.layout)


def test_a_log_that_is_not_there_is_said(policy, tmp_path):
    with pytest.raises(LogError, match="none.log: cannot be read"):
        read_log(tmp_path / "none.log", policy.layout)
    with pytest.raises(LogError, match="cannot be written"):
        LogWriter(tmp_path / "no" / "robot.log", policy.layout, "tiny")


def test_a_damaged_document_is_said(policy, tmp_path):
    path = tmp_path / "robot.log"
    walked(policy, path)
    path.write_bytes(path.read_bytes().replace(b'"reason"', b'"rea\x00on'))
    with pytest.raises(LogError, match="a record that is no JSON"):
        read_log(path, policy.layout)


def test_a_robot_walks_on_without_its_log(policy, tmp_path):
    puppet = Puppet(DEFAULT_POS)
    log = LogWriter(tmp_path / "robot.log", policy.layout, "tiny", most_bytes=20_000)
    log.path = tmp_path / "gone" / "robot.log"  # when it is full, there is no place for the next
    ended = RobotLoop(policy, puppet, clock=puppet.clock, log=log).run(walk_s=2.0)
    assert ended.is_well and ended.walked_steps == 100


def arrays(layout, steps=30):
    widths = {"gyro": 3, "projected_gravity": 3, "command": 3, "observation": layout.obs_size}
    return {name: np.zeros((steps, widths.get(name, layout.nu))) for name in COLUMNS}


def test_arrays_of_another_program_are_a_log(policy, tmp_path):
    np.savez(tmp_path / "other.npz", **arrays(policy.layout))
    log = read_log(tmp_path / "other.npz", policy.layout)
    assert log.walks() == [slice(0, 30)] and log.policy == "" and np.isnan(log.rows["sent"]).all()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda a: a.pop("gyro"), "holds no gyro; a recording needs gyro, projected_gravity"),
        (lambda a: a.update(gyro=np.zeros((30, 4))), r"gyro is float64 \(30, 4\); numbers \(30, 3\)"),
        (lambda a: a.update(command=np.zeros((29, 3))), r"command is float64 \(29, 3\); numbers \(30, 3\)"),
        (lambda a: a.update(action=np.full((30, 2), "x")), r"action is <U1 \(30, 2\); numbers"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(policy, tmp_path, change, words):
    given = arrays(policy.layout)
    change(given)
    np.savez(tmp_path / "other.npz", **given)
    with pytest.raises(LogError, match=words):
        read_log(tmp_path / "other.npz", policy.layout)


def test_arrays_with_objects_are_refused(policy, tmp_path):
    given = arrays(policy.layout) | {"gyro": np.array([print] * 30, dtype=object)}
    np.savez(tmp_path / "other.npz", **given)
    with pytest.raises(LogError, match="is no readable .npz"):
        read_log(tmp_path / "other.npz", policy.layout)


def test_a_memory_is_told_and_taken_up(policy):
    policy.step([[1, 2, 3]], [[0, 0, -1]], [[0.3, 0.1]], [[1, -1]], [[0.2, 0, 0.5]])
    memory = json.loads(json.dumps(policy.memory()))
    then = policy.step(*[np.ones((1, width)) for width in (3, 3, 2, 2, 3)])
    policy.reset()
    policy.recall(memory)
    np.testing.assert_array_equal(policy.step(*[np.ones((1, width)) for width in (3, 3, 2, 2, 3)]), then)


@pytest.mark.parametrize("memory", [{}, {"phase": [0], "command": [[0]], "histories": {}}, {"phase": 3}])
def test_a_memory_of_another_policy_is_refused(policy, memory):
    with pytest.raises(PolicyError, match="what is to be remembered is of another policy"):
        policy.recall(memory)
