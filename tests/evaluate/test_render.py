from dataclasses import replace

import av
import numpy as np
import pytest

from webfoot.evaluate import render
from webfoot.evaluate.render import render_video


def one_second(walk):
    cut = {name: getattr(walk, name)[:51] for name in ("root_pos", "root_quat", "joint_pos", "alive")}
    return replace(walk, **cut, action=walk.action[:50])


def test_a_video_is_drawn_or_a_sentence_says_why_not(walker, toy_robot, tmp_path):
    path = tmp_path / "preview.webm"
    reason = render_video(toy_robot, one_second(walker(1)), path)
    if reason is not None:
        assert reason.startswith("no video: ") and not path.exists()
        pytest.skip(reason)
    with av.open(str(path)) as video:
        frames = [frame.to_ndarray(format="rgb24") for frame in video.decode(video=0)]
    assert len(frames) == 26
    assert frames[0].shape == (480, 640, 3)
    assert frames[0].std() > 5  # not one colour


def test_a_machine_that_cannot_draw_gets_a_sentence_and_no_file(walker, toy_robot, tmp_path, monkeypatch):
    monkeypatch.setattr(render, "BACKENDS", ("nonesuch",))
    reason = render_video(toy_robot, one_second(walker(1)), tmp_path / "preview.webm")
    assert reason is not None and reason.startswith("no video: neither EGL nor OSMesa can draw here (nonesuch: ")
    assert not (tmp_path / "preview.webm").exists()


def test_an_episode_without_a_finite_state_gets_a_sentence(walker, toy_robot, tmp_path):
    walk = one_second(walker(1))
    broken = replace(walk, root_pos=np.full_like(walk.root_pos, np.nan))
    assert render_video(toy_robot, broken, tmp_path / "preview.webm") == "no video: episode 0 holds no finite state"
