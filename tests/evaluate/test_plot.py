import numpy as np

from webfoot.evaluate import plot

AXES = plot.Axes(156, 140, (0.0, 10.0), (0.0, 1.0), "time", "m")


def test_data_meet_the_corners_of_the_frame():
    assert (AXES.x(0.0), AXES.x(10.0)) == (46, 146)
    assert (AXES.y(0.0), AXES.y(1.0)) == (110, 10)


def test_ticks_are_round_and_inside():
    assert plot.ticks(-0.11, 0.52, 3) == [0.0, 0.25, 0.5]
    assert plot.ticks(0.0, 10.0, 5) == [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]


def test_a_line_breaks_where_a_value_is_missing():
    svg = plot.line(AXES, np.array([0.0, 1, 2, 3]), np.array([0.0, np.nan, 1.0, 1.0]), "policy")
    assert svg.count("M") == 2 and "nan" not in svg


def test_text_from_outside_is_escaped():
    assert "<script>" not in plot.draw(AXES, [], "<script>")


def test_an_empty_range_gets_air():
    assert plot.padded(1.0, 1.0, at_least=0.1) == (0.885, 1.115)
    assert plot.padded(float("nan"), 1.0) == (0.0, 1.0)
