"""TensorBoard: metrics and trials as scalars. A resumed run purges what lies beyond its checkpoint."""

# pyright: reportAttributeAccessIssue=false
# (protobuf makes its message classes at run time)

from pathlib import Path

from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.summary.writer.event_file_writer import EventFileWriter

from webfoot.learn.events import Evaluated, Event, Metrics


class TensorboardLog:
    """Writes scalars with the writer of the `tensorboard` package itself; torch's wrapper would import much more."""

    def __init__(self, folder: Path, first_iteration: int = 0):
        self._writer = EventFileWriter(str(folder), flush_secs=5)
        session = event_pb2.SessionLog(status=event_pb2.SessionLog.START)
        self._writer.add_event(event_pb2.Event(step=first_iteration + 1, session_log=session))

    def __call__(self, event: Event) -> None:
        """Write the numbers of metrics and trials; other events are ignored."""
        if isinstance(event, Metrics):
            self._write(event.iteration, {f"train/{name}": value for name, value in event.values.items()})
        elif isinstance(event, Evaluated):
            self._write(event.iteration, {f"trial/{name}": value for name, value in event.values.items()})

    def _write(self, step: int, values: dict[str, float]) -> None:
        summary = summary_pb2.Summary(
            value=[summary_pb2.Summary.Value(tag=name, simple_value=value) for name, value in values.items()]
        )
        self._writer.add_event(event_pb2.Event(step=step, summary=summary))

    def close(self) -> None:
        """Write what is left and close the file."""
        self._writer.close()
