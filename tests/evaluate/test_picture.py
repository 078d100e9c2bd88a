import av
import pytest

from webfoot.evaluate.picture import render_picture


def test_a_robot_is_drawn_as_it_stands_or_a_sentence_says_why_not(toy_robot, tmp_path):
    path = tmp_path / "robot.png"
    reason = render_picture(toy_robot, path)
    if reason is not None:
        assert reason.startswith("no picture: ") and not path.exists()
        assert "archive" not in reason  # what is to be drawn reached the process that draws
        pytest.skip(reason)
    with av.open(str(path)) as picture:
        (frame,) = picture.decode(video=0)
    pixels = frame.to_ndarray(format="rgb24")
    assert pixels.shape == (480, 640, 3) and pixels.std() > 5
