import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from webfoot.learn.events import Alert, Checkpointed, Evaluated, Metrics
from webfoot.monitor.tensorboard import TensorboardLog


def write(folder, iterations, first_iteration=0):
    board = TensorboardLog(folder, first_iteration)
    for iteration in iterations:
        board(Metrics(iteration, {"reward": iteration / 2}))
        board(Checkpointed(iteration, "latest.pt"))
    board.close()


def scalars(folder, tag):
    read = EventAccumulator(str(folder))
    read.Reload()
    return [(event.step, event.value) for event in read.Scalars(tag)]


def test_metrics_and_trials_become_scalars(tmp_path):
    board = TensorboardLog(tmp_path)
    board(Metrics(1, {"reward": 0.5, "falls": 3.0}))
    board(Evaluated(1, True, 1.25, {"survival": 1.0}))
    board.close()
    assert scalars(tmp_path, "train/reward") == [(1, 0.5)]
    assert scalars(tmp_path, "train/falls") == [(1, 3.0)]
    assert scalars(tmp_path, "trial/survival") == [(1, 1.0)]


def test_alerts_become_text(tmp_path):
    board = TensorboardLog(tmp_path)
    board(Alert(7, "plateau", "warning", "learning stands still"))
    board(Alert(9, "plateau", "warning", "learning stands still", cleared=True))
    board.close()
    read = EventAccumulator(str(tmp_path))
    read.Reload()
    assert read.PluginTagToContent("text").keys() == {"alert/plateau"}
    told = [(event.step, event.tensor_proto.string_val[0].decode()) for event in read.Tensors("alert/plateau")]
    assert told == [(7, "warning: learning stands still"), (9, "cleared: learning stands still")]


@pytest.mark.parametrize("kept", [0, 2, 4])
def test_a_resumed_run_shows_every_iteration_once(tmp_path, kept):
    write(tmp_path, range(1, 5))
    first = next(tmp_path.iterdir())
    first.rename(first.with_name("events.out.tfevents.1.first"))  # names hold the second, and sort
    write(tmp_path, range(kept + 1, 7), kept)
    assert [step for step, _ in scalars(tmp_path, "train/reward")] == [1, 2, 3, 4, 5, 6]


def test_a_file_that_ends_in_the_middle_of_an_event_is_read_up_to_there(tmp_path):
    write(tmp_path, range(1, 5))
    file = next(tmp_path.iterdir())
    file.write_bytes(file.read_bytes()[:-7])
    assert [step for step, _ in scalars(tmp_path, "train/reward")] == [1, 2, 3]
