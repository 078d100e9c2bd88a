import io
import sys

import pytest

from webfoot.cli import progress
from webfoot.cli.progress import Display, clock, progress_words, trial_words
from webfoot.learn.events import Alert, Diverged, Evaluated, Finished, Prepared, Progress, Returned, Staged

ADVANCE = Progress(
    iteration=3, epochs=40, elapsed_s=65.4, eta_s=130.0, env_steps=6144, steps_per_s=9876.5, reward=1.25, falls=0.5
)
TRIAL = Evaluated(3, False, 0.4, {"survival": 0.875, "speed_error": 0.123, "joint_rmse": 0.0456, "yaw_drift": 3.0})


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_words_tell_time_rate_and_reward():
    assert progress_words(ADVANCE) == "1:05, at most 2:10 left, 9,876 steps/s, reward 1.25"


def test_words_tell_survival_speed_and_joint_error():
    assert trial_words(TRIAL) == ", survival 88%, speed error 12%, joint error 0.046 rad"


@pytest.mark.parametrize(("seconds", "words"), {0: "0:00", 59.6: "1:00", 3599: "59:59", 3661: "1:01:01"}.items())
def test_clock(seconds, words):
    assert clock(seconds) == words


def test_what_was_done_to_a_motion_is_said_and_a_library_is_cut_short(capsys):
    with Display() as show:
        for clip in ("a", "b", "c", "d"):
            show(Prepared(clip, ("cut", "closed")))
    told = capsys.readouterr().err.splitlines()
    assert told[:4] == ["a: cut", "a: closed", "b: cut", "b: closed"]
    assert told[4:] == ["what was done to further motions stands in events.jsonl"]


def test_without_a_terminal_there_is_a_line_now_and_then(capsys):
    with Display() as show:
        for event in (ADVANCE, TRIAL, ADVANCE, Finished(3, "passed", 65.4)):
            show(event)
    first, last = capsys.readouterr().err.splitlines()  # the second Progress comes too soon
    assert first == "epoch 3 of 40, 1:05, at most 2:10 left, 9,876 steps/s, reward 1.25"
    assert last == "3 epochs in 1:05: passed"


def test_lines_tell_of_the_last_trial(capsys, monkeypatch):
    monkeypatch.setattr(progress, "LINE_EVERY_S", 0.0)
    with Display() as show:
        show(TRIAL)
        show(ADVANCE)
    assert "survival 88%" in capsys.readouterr().err


def test_a_terminal_gets_a_bar(monkeypatch):
    terminal = Terminal()
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setattr(sys, "stderr", terminal)
    with Display() as show:
        show(TRIAL)
        show(ADVANCE)
    assert "3/40" in terminal.getvalue() and "survival 88%" in terminal.getvalue()


def test_quiet_shows_nothing_but_a_break_down(capsys):
    with Display(quiet=True) as show:
        show(ADVANCE)
        show(Finished(3, "passed", 65.4))
    assert capsys.readouterr().err == ""
    Display(quiet=True)(Diverged(3, "the reward became nan"))
    assert capsys.readouterr().err == "stopped learning in epoch 3: the reward became nan\n"


def test_an_alert_is_one_line_and_so_is_its_end(capsys):
    with Display() as show:
        show(Alert(7, "plateau", "warning", "learning stands still"))
        show(Alert(9, "plateau", "warning", "learning stands still", cleared=True))
    assert capsys.readouterr().err == "epoch 7: learning stands still\nepoch 9: over: learning stands still\n"


def test_lines_tell_of_the_stage_of_the_curriculum(capsys):
    with Display() as show:
        show(Staged(3, "ground", 0.25, 0.95, "success 0.95 is at least 0.9"))
        show(ADVANCE)
    assert "reward 1.25, ground 25%" in capsys.readouterr().err


def test_a_return_to_the_best_policy_is_said(capsys):
    with Display() as show:
        show(Returned(40, 0.8, 1e-3, "4 trials in a row scored below 0.6 of the best, 0.80"))
    said = capsys.readouterr().err
    assert said == "epoch 40: back to the best policy so far: 4 trials in a row scored below 0.6 of the best, 0.80\n"
