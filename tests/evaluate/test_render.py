from dataclasses import replace

import av
import numpy as np
import pytest

from webfoot.evaluate import render
from webfoot.evaluate.render import render_video


def one_second(walk):
    states = ("root_pos", "root_quat", "joint_pos", "reference_joint_pos", "alive")
    cut = {name: getattr(walk, name)[:51] for name in states}
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


def test_a_split_video_shows_the_reference_beside_the_policy_and_over_it(walker, toy_robot, tmp_path):
    walk = one_second(walker(1))
    bent = replace(walk, reference_joint_pos=walk.reference_joint_pos + [0.6, 0.6, 0.0])
    reason = render_video(toy_robot, bent, tmp_path / "split.webm", split=True)
    if reason is not None:
        pytest.skip(reason)
    with av.open(str(tmp_path / "split.webm")) as video:
        frames = [frame.to_ndarray(format="rgb24").astype(int) for frame in video.decode(video=0)]
    assert len(frames) == 26 and frames[0].shape == (480, 1280, 3)
    red, green, blue = np.moveaxis(frames[0], -1, 0)
    orange = (red - blue > 60) & (green - blue > 15)
    assert orange[:, 640:].sum() > 500  # the reference alone
    assert (orange[:, :640].sum() > 0) and (red[:, :640] - green[:, :640] > 100).any()  # a ghost, and the red robot


def test_a_machine_that_cannot_draw_gets_a_sentence_and_no_file(walker, toy_robot, tmp_path, monkeypatch):
    monkeypatch.setattr(render, "BACKENDS", ("nonesuch",))
    reason = render_video(toy_robot, one_second(walker(1)), tmp_path / "preview.webm")
    assert reason is not None and reason.startswith("no video: neither EGL nor OSMesa can draw here (nonesuch: ")
    assert not (tmp_path / "preview.webm").exists()


def test_an_episode_without_a_finite_state_gets_a_sentence(walker, toy_robot, tmp_path):
    walk = one_second(walker(1))
    broken = replace(walk, root_pos=np.full_like(walk.root_pos, np.nan))
    assert render_video(toy_robot, broken, tmp_path / "preview.webm") == "no video: episode 0 holds no finite state"
