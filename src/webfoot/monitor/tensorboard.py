"""TensorBoard: metrics and trials as scalars, alerts as text. A resumed run purges what lies beyond its checkpoint."""

# pyright: reportAttributeAccessIssue=false
# (protobuf makes its message classes at run time)

from pathlib import Path

from tensorboard.compat.proto import event_pb2, summary_pb2, tensor_pb2, types_pb2
from tensorboard.plugins.text.metadata import create_summary_metadata
from tensorboard.summary.writer.event_file_writer import EventFileWriter

from webfoot.learn.events import Alert, Evaluated, Event, Metrics


class TensorboardLog:
    """Writes scalars with the writer of the `tensorboard` package itself; torch's wrapper would import much more."""

    def __init__(self, folder: Path, first_iteration: int = 0):
        self._writer = EventFileWriter(str(folder), flush_secs=5)
        session = event_pb2.SessionLog(status=event_pb2.SessionLog.START)
        self._writer.add_event(event_pb2.Event(step=first_iteration + 1, session_log=session))

    def __call__(self, event: Event) -> None:
        """Write the numbers of metrics and trials and the words of alerts; other events are ignored."""
        if isinstance(event, Metrics):
            self._write(event.iteration, {f"train/{name}": value for name, value in event.values.items()})
        elif isinstance(event, Evaluated):
            self._write(event.iteration, {f"trial/{name}": value for name, value in event.values.items()})
        elif isinstance(event, Alert):
            words = f"cleared: {event.message}" if event.cleared else f"{event.severity}: {event.message}"
            self._add(event.iteration, [_text(f"alert/{event.rule}", words)])

    def _write(self, step: int, values: dict[str, float]) -> None:
        self._add(step, [summary_pb2.Summary.Value(tag=name, simple_value=value) for name, value in values.items()])

    def _add(self, step: int, values: list[summary_pb2.Summary.Value]) -> None:
        self._writer.add_event(event_pb2.Event(step=step, summary=summary_pb2.Summary(value=values)))

    def close(self) -> None:
        """Write what is left and close the file."""
        self._writer.close()


def _text(tag: str, words: str) -> summary_pb2.Summary.Value:
    tensor = tensor_pb2.TensorProto(dtype=types_pb2.DT_STRING, string_val=[words.encode()])
    return summary_pb2.Summary.Value(tag=tag, tensor=tensor, metadata=create_summary_metadata("", ""))
