"""`bundle`: all that a training left behind and what to do with it, as one zip that is made while it is sent."""

import zipfile
from collections.abc import Iterator
from contextlib import suppress
from io import RawIOBase
from pathlib import Path

from webfoot.errors import WebfootError
from webfoot.runs import Run
from webfoot.web.models.training import TrainingSession
from webfoot.web.results.configuration import configuration_yaml
from webfoot.web.results.readme import readme
from webfoot.web.services.access import NotFound
from webfoot.web.settings import Settings
from webfoot_runtime.policy import METADATA_KEY
from webfoot_runtime.session import read_policy_bytes
from webfoot_runtime.wire import file_facts

PART = 2**18
"""Bytes that are read at once."""
BEGINNING = (1980, 1, 1, 0, 0, 0)
"""Of all that a zip can tell, so that the same files make the same zip."""


def read_contract(folder: Path, session_id: int) -> str:
    """The contract that a policy carries, as JSON.

    Raises:
        NotFound: there is no policy.
        PolicyError: it is broken.
    """
    file = _policy(folder, session_id)
    metadata = file_facts(read_policy_bytes(file), file.name).metadata
    if METADATA_KEY not in metadata:
        raise NotFound(f"the policy of session {session_id} carries no contract; train it again")
    return metadata[METADATA_KEY]


def _policy(folder: Path, session_id: int) -> Path:
    file = Run(folder).policy_file
    if not file.is_file():
        raise NotFound(f"session {session_id} has no policy; it comes with the validation at the end of the training")
    return file


def bundle(row: TrainingSession, settings: Settings) -> Iterator[bytes]:
    """The zip, part by part.

    Raises:
        NotFound: there is no policy.
    """
    run = Run(settings.runs_dir / str(row.id))
    _policy(run.folder, row.id)
    files = [run.policy_file, run.report_page, run.report_file, run.rollout_file, run.video_file]
    texts = {"README.md": readme(row), "configuration.yaml": configuration_yaml(row, settings)}
    with suppress(WebfootError):  # a broken file is still what somebody may want to look into
        texts["contract.json"] = read_contract(run.folder, row.id)
    return _zipped(f"webfoot-{row.id}", texts, [file for file in files if file.is_file()])


def _zipped(top: str, texts: dict[str, str], files: list[Path]) -> Iterator[bytes]:
    sink = _Sink()
    with zipfile.ZipFile(sink, "w") as archive:
        for name, text in texts.items():
            archive.writestr(_entry(f"{top}/{name}", packed=True), text)
            yield sink.taken()
        for file in files:
            with (
                file.open("rb") as source,
                archive.open(_entry(f"{top}/{file.name}", file.suffix in (".html", ".json")), "w") as target,
            ):
                while part := source.read(PART):
                    target.write(part)
                    yield sink.taken()
    yield sink.taken()


def _entry(name: str, packed: bool) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, BEGINNING)
    entry.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    entry.external_attr = 0o644 << 16
    return entry


class _Sink(RawIOBase):
    """Where the zip is written to; it cannot go back, so nothing needs to be kept."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        self._parts.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        """What was written since the last time."""
        parts, self._parts = self._parts, []
        return b"".join(parts)
