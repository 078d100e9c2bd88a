"""TensorBoard: metrics and trials as scalars. A resumed run purges what lies beyond its checkpoint."""

from pathlib import Path

from tensorboard.compat.proto.event_pb2 import Event as TensorboardEvent
from tensorboard.compat.proto.event_pb2 import SessionLog
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.event_file_writer import EventFileWriter

from webfoot.learn.events import Evaluated, Event, Metrics


class TensorboardLog:
    """Writes scalars with the writer of the `tensorboard` package itself; torch's wrapper would import much more."""

    def __init__(self, folder: Path, first_iteration: int = 0):
        self._writer = EventFileWriter(str(folder), flush_secs=5)
        if first_iteration:
            start = TensorboardEvent(step=first_iteration, session_log=SessionLog(status=SessionLog.START))
            self._writer.add_event(start)

    def __call__(self, event: Event) -> None:
        """Write the numbers of metrics and trials; other events are ignored."""
        if isinstance(event, Metrics):
            self._write(event.iteration, {f"train/{name}": value for name, value in event.values.items()})
        elif isinstance(event, Evaluated):
            self._write(event.iteration, {f"trial/{name}": value for name, value in event.values.items()})

    def _write(self, step: int, values: dict[str, float]) -> None:
        summary = Summary(value=[Summary.Value(tag=name, simple_value=value) for name, value in values.items()])
        self._writer.add_event(TensorboardEvent(step=step, summary=summary))

    def close(self) -> None:
        """Write what is left and close the file."""
        self._writer.close()
