"""A training of an uploaded motion on an uploaded robot, by a real worker."""

import pytest
from at_work import at_work
from patience import wait_until
from trainings import SMALL, started, state_is
from uploading import BACK, DUCK, WALK, uploaded, zip_of

TINY = {**SMALL, "epochs": 1}


@pytest.fixture
def worker(service):
    with at_work(service.database, service.settings) as made:
        yield made


def test_a_wrapped_library_is_trained_on_an_uploaded_robot_though_both_were_deleted(caller, worker, service):
    trainer = caller()
    robot = uploaded(trainer, "robots", {"duck.zip": zip_of({"duck/my_duck.xml": DUCK})})["id"]
    clips = {"walks/walk.npz": WALK, "walks/back.npz": BACK}
    motion = uploaded(trainer, "motions", {"walks.zip": zip_of(clips)}, robot=f"robot:{robot}")["id"]
    asked = {**TINY, "reference_motion": f"motion:{motion}", "robot": f"robot:{robot}"}
    session_id = started(trainer, asked)
    for path in (f"motions/{motion}", f"robots/{robot}"):
        assert trainer("DELETE", f"/api/v1/{path}").status_code == 204
    told = wait_until("the end", state_is(trainer, session_id, "completed", "failed"))
    assert (told["status"], told["current_epoch"]) == ("completed", 1), told
    motions = service.settings.runs_dir / str(session_id) / "motions"
    assert len(list(motions.glob("*.npz"))) == 2


def test_one_file_and_one_clip_of_a_library_are_trained(caller, worker, service):
    trainer = caller()
    single = uploaded(trainer, "motions", {"my walk.npz": WALK})["id"]
    library = uploaded(trainer, "motions", {"walk.npz": WALK, "back.npz": BACK}, library="true")["id"]
    for reference in (f"motion:{single}", f"motion:{library}#back"):
        session_id = started(trainer, {**TINY, "reference_motion": reference})
        told = wait_until("the end", state_is(trainer, session_id, "completed", "failed"))
        assert told["status"] == "completed", told
        motions = service.settings.runs_dir / str(session_id) / "motions"
        assert len(list(motions.glob("*.npz"))) == 1
