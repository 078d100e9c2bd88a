"""The video of a training that the service ran: asked for by a button, drawn in the background, or refused in words."""

import shutil
import threading
from dataclasses import replace

import numpy as np
import pytest
from browser import PAGE
from hand_walk import run_folder, write_report
from patience import wait_until
from rows import keep, training_row

from webfoot.evaluate.store import load_episodes, save_episodes
from webfoot.runs import Run
from webfoot.web.states import State
from webfoot.web.viewer.video import Video


@pytest.fixture
def ended(caller, service, trained):
    """Owner, id and folder of a session that has ended with a rollout."""
    owner = caller()
    id = keep(service, training_row(owner.user_id, State.COMPLETED, passed=True))
    folder = run_folder(service, id)
    shutil.copy(trained.run.rollout_file, folder)
    return owner, id, folder


def stage_of(who, id: int) -> str:
    return who("GET", f"/api/v1/sessions/{id}/video").json["stage"]


def drawn(who, id: int) -> dict:
    """What is told when the drawing is over."""
    wait_until("the end of drawing", lambda: stage_of(who, id) != "drawing")
    return who("GET", f"/api/v1/sessions/{id}/video").json


def test_a_video_is_drawn_in_the_background_or_a_sentence_says_why_not(ended, caller):
    owner, id, folder = ended
    write_report(folder)
    page = owner("GET", f"/training/results/{id}", headers=PAGE).text
    assert "Make a video" in page and 'data-stage="none"' in page
    assert owner("GET", f"/api/v1/sessions/{id}/artifacts/video").status_code == 404
    begun = owner("POST", f"/api/v1/sessions/{id}/video")
    assert (begun.status_code, begun.json) == (202, {"stage": "drawing", "sentence": ""})
    assert owner("POST", f"/api/v1/sessions/{id}/video").json["stage"] in ("drawing", "there")
    told = drawn(owner, id)
    if told["stage"] == "refused":
        assert told["sentence"].startswith("no video: neither EGL nor OSMesa can draw here")
        pytest.skip(told["sentence"])
    assert told == {"stage": "there", "sentence": ""}
    with owner("GET", f"/api/v1/sessions/{id}/artifacts/video") as file:
        assert file.data[:4] == b"\x1aE\xdf\xa3"  # EBML, of WebM
    page = owner("GET", f"/training/results/{id}", headers=PAGE).text
    assert "<video controls" in page and "Make a video" not in page
    assert caller()("GET", f"/api/v1/sessions/{id}/video").status_code == 404


def test_what_cannot_be_drawn_is_said_and_can_be_tried_again(ended, service):
    owner, id, folder = ended
    rollout = folder / "rollout.npz"
    whole = load_episodes(rollout)
    save_episodes(replace(whole, root_pos=np.full_like(whole.root_pos, np.nan)), rollout)
    for _ in range(2):
        assert owner("POST", f"/api/v1/sessions/{id}/video").json["stage"] == "drawing"
        told = drawn(owner, id)
        assert told == {"stage": "refused", "sentence": "no video: episode 0 holds no finite state"}
    page = owner("GET", f"/training/results/{id}", headers=PAGE).text
    assert "No video: episode 0 holds no finite state." in page and "Make a video" in page
    rollout.write_bytes(b"PK")
    owner("POST", f"/api/v1/sessions/{id}/video")
    told = drawn(owner, id)
    assert told["stage"] == "refused" and str(service.settings.data_dir) not in told["sentence"]
    assert not (folder / "preview.webm").exists()


def test_without_a_rollout_there_is_nothing_to_draw_and_only_the_owner_is_offered_it(ended, caller):
    owner, id, folder = ended
    friend = caller()
    owner("POST", f"/api/v1/sessions/{id}/shares", json={"email": friend.email})
    assert "Make a video" not in friend("GET", f"/training/results/{id}", headers=PAGE).text
    assert friend("POST", f"/api/v1/sessions/{id}/video").status_code == 403
    (folder / "rollout.npz").unlink()
    answer = owner("POST", f"/api/v1/sessions/{id}/video")
    assert (answer.status_code, f"session {id} has no rollout to draw" in answer.json["error"]) == (404, True)
    assert stage_of(owner, id) == "none"
    assert not list(folder.glob(".video.*"))


def test_a_session_that_is_deleted_while_its_video_is_drawn_leaves_nothing(ended):
    owner, id, folder = ended
    assert owner("POST", f"/api/v1/sessions/{id}/video").status_code == 202
    video = Video(Run(folder))
    assert owner("DELETE", f"/api/v1/sessions/{id}").status_code == 204
    wait_until("the end of drawing", lambda: not any(one.name == "video" for one in threading.enumerate()))
    assert not folder.exists() and video.stage == "none"
