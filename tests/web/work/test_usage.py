import json

import pytest
from rows import keep, training_row

from webfoot.monitor.resources import Machine, Resources
from webfoot.web.work.attempt import read_log
from webfoot.web.work.usage import USAGE, UsageLog, read_usage

MACHINE = Machine(2, 1.0, 0.5, 1, 2, 1, 2)


def taken(cpu_share: float | None = 1.5, gpu_share: float | None = None) -> Resources:
    return Resources(1.0, 1.0, cpu_share, 2000, None, MACHINE, gpu_share)


class Clock:
    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def test_samples_are_written_now_and_then_and_read_behind_a_moment(tmp_path):
    clock = Clock()
    log = UsageLog(tmp_path, clock)
    log.put(taken(cpu_share=None))  # the first one knows no share yet
    for now_s in (100.0, 104.0, 105.0, 111.0):
        clock.now_s = now_s
        log.put(taken(cpu_share=now_s / 100, gpu_share=0.25))
    found = read_usage(tmp_path)
    assert found["times"] == [100.0, 105.0, 111.0] and found["cpu"] == [1.0, 1.05, 1.11]
    assert (
        found["memory_bytes"] == [2000] * 3 and found["gpu"] == [0.25] * 3 and found["gpu_memory_bytes"] == [None] * 3
    )
    assert read_usage(tmp_path, since=105.0)["times"] == [111.0]


def test_of_many_samples_some_are_told_the_last_among_them(tmp_path):
    (tmp_path / USAGE).write_text("".join(json.dumps({"time": k, "cpu": 1.0}) + "\n" for k in range(10)))
    assert read_usage(tmp_path, since=-1, most=4)["times"] == [0, 3, 6, 9]


def test_broken_lines_are_left_out(tmp_path):
    (tmp_path / USAGE).write_bytes(b'{"time": 1, "cpu": 2}\n[1]\n{"time": "x"}\n\xff\n{"time": 2')
    assert read_usage(tmp_path)["times"] == [1]


def test_without_a_file_nothing_was_taken(tmp_path):
    assert read_usage(tmp_path)["times"] == []


def test_a_folder_that_is_gone_loses_samples_and_nothing_else(tmp_path):
    UsageLog(tmp_path / "gone").put(taken())
    assert not (tmp_path / "gone").exists()


def test_a_session_tells_what_its_trainer_takes(caller, service):
    trainer = caller()
    number = keep(service, training_row(trainer.user_id))
    folder = service.settings.runs_dir / str(number)
    folder.mkdir(parents=True)
    UsageLog(folder, lambda: 50.0).put(taken())
    told = trainer("GET", f"/api/v1/sessions/{number}/usage")
    assert told.json == {
        "times": [50.0],
        "cpu": [1.5],
        "memory_bytes": [2000],
        "gpu": [None],
        "gpu_memory_bytes": [None],
    }
    assert trainer("GET", f"/api/v1/sessions/{number}/usage?since=50").json["times"] == []
    assert trainer("GET", f"/api/v1/sessions/{number}/usage?since=nan").status_code == 422


@pytest.mark.parametrize(
    ("behind", "text", "offset"),
    [(0, "one\ntwo\nthr", 8), (4, "two\nthr", 8), (8, "thr", 8), (99, "one\ntwo\nthr", 8)],
)
def test_a_log_is_read_on_from_its_last_whole_line(tmp_path, behind, text, offset):
    path = tmp_path / "trainer.log"
    path.write_text("one\ntwo\nthr")
    assert read_log(path, behind) == (text, offset)


def test_of_a_long_log_the_end_is_told(tmp_path):
    path = tmp_path / "trainer.log"
    path.write_text("0123456789\n" * 10)
    assert read_log(path, most_bytes=5) == ("6789\n", 110)


def test_the_log_of_a_session_says_where_it_ends(caller, service):
    trainer = caller()
    number = keep(service, training_row(trainer.user_id))
    address = f"/api/v1/sessions/{number}/log"
    assert trainer("GET", address).headers["X-Log-Offset"] == "0"
    folder = service.settings.runs_dir / str(number)
    folder.mkdir(parents=True)
    (folder / "trainer.log").write_text("one\ntwo\n")
    answer = trainer("GET", f"{address}?behind=4")
    assert (answer.text, answer.headers["X-Log-Offset"]) == ("two\n", "8")
