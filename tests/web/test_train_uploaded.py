"""A training of an uploaded motion on an uploaded robot, by a real worker."""

import threading
import time

import pytest
from uploading import BACK, DUCK, WALK, uploaded, zip_of

from webfoot.web.work.worker import Worker

PATIENCE_S = 300.0
TINY = {
    "epochs": 1,
    "batch_size": 8,
    "parameters": {"rollout": {"episodes": 1, "episode_s": 1.0}, "stop_when_passed": False},
}


@pytest.fixture
def worker(service):
    made = Worker(service.database, service.settings, "one")
    thread = threading.Thread(target=made.run, daemon=True)
    thread.start()
    yield made
    made.drain()
    thread.join(PATIENCE_S)
    assert not thread.is_alive()


def started(trainer, asked: dict) -> int:
    answer = trainer("POST", "/training/start", json=asked)
    assert answer.status_code == 202, answer.json
    return answer.json["id"]


def ended(trainer, session_id: int) -> dict:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        told = trainer("GET", f"/training/status/{session_id}").json
        if told["status"] not in ("queued", "running"):
            return told
        time.sleep(0.05)
    raise AssertionError(f"session {session_id} did not end: {told}")


def test_a_wrapped_library_is_trained_on_an_uploaded_robot_though_both_were_deleted(caller, worker, service):
    trainer = caller()
    robot = uploaded(trainer, "robots", {"duck.zip": zip_of({"duck/my_duck.xml": DUCK})})["id"]
    clips = {"walks/walk.npz": WALK, "walks/back.npz": BACK}
    motion = uploaded(trainer, "motions", {"walks.zip": zip_of(clips)}, robot=f"robot:{robot}")["id"]
    asked = {"reference_motion": f"motion:{motion}", "robot": f"robot:{robot}", **TINY}
    session_id = started(trainer, asked)
    for path in (f"motions/{motion}", f"robots/{robot}"):
        assert trainer("DELETE", f"/api/v1/{path}").status_code == 204
    told = ended(trainer, session_id)
    assert (told["status"], told["current_epoch"]) == ("completed", 1), told
    motions = service.settings.runs_dir / str(session_id) / "motions"
    assert len(list(motions.glob("*.npz"))) == 2


def test_one_file_and_one_clip_of_a_library_are_trained(caller, worker, service):
    trainer = caller()
    single = uploaded(trainer, "motions", {"my walk.npz": WALK})["id"]
    library = uploaded(trainer, "motions", {"walk.npz": WALK, "back.npz": BACK}, library="true")["id"]
    for reference in (f"motion:{single}", f"motion:{library}#back"):
        session_id = started(trainer, {"reference_motion": reference, **TINY})
        told = ended(trainer, session_id)
        assert told["status"] == "completed", told
        motions = service.settings.runs_dir / str(session_id) / "motions"
        assert len(list(motions.glob("*.npz"))) == 1
