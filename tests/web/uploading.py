"""Files to upload, and requests that upload them."""

import io
import struct
import zipfile
from contextlib import closing
from pathlib import Path

from werkzeug.datastructures import FileStorage
from werkzeug.test import EnvironBuilder

from webfoot.robots.table import ASSETS, ROBOTS

WALK = (ASSETS / "duckling" / "walk.npz").read_bytes()
BACK = (ASSETS / "duckling" / "back.npz").read_bytes()
DUCK = ROBOTS["duckling"].read_bytes()


def zip_of(files: dict[str, bytes]) -> bytes:
    """A zip as an honest program writes it."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def tetrahedron() -> bytes:
    """The smallest mesh that MuJoCo takes, as binary STL."""
    a, b, c, d = (0.0, 0.0, 0.0), (0.1, 0.0, 0.0), (0.0, 0.1, 0.0), (0.0, 0.0, 0.1)
    faces = [(a, c, b), (a, b, d), (a, d, c), (b, c, d)]
    packed = b"".join(struct.pack("<12fH", 0, 0, 0, *p, *q, *r, 0) for p, q, r in faces)
    return bytes(80) + struct.pack("<I", 4) + packed


def files_of(content: bytes) -> dict[str, bytes]:
    """What a zip holds."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def send(who, place: str, files: dict[str, bytes], **fields: str):
    """Post files as a form does."""
    return who("POST", f"/api/v1/{place}", **form_of(files, **fields))


def form_of(files: dict[str, bytes], **fields: str) -> dict:
    """A request's body and its type."""
    sent = [FileStorage(io.BytesIO(content), filename=name) for name, content in files.items()]
    data = {**fields, "files": sent}
    with closing(EnvironBuilder(method="POST", data=data, content_type="multipart/form-data")) as builder:
        environ = builder.get_environ()
    with environ["wsgi.input"] as body:
        return {"data": body.read(), "content_type": environ["CONTENT_TYPE"]}


def uploaded(who, place: str, files: dict[str, bytes], **fields: str) -> dict:
    """The one thing that an upload made."""
    answer = send(who, place, files, **fields)
    assert answer.status_code == 201, answer.json
    (item,) = answer.json["items"]
    return item


def kept_files(service) -> list[Path]:
    """All files of the store."""
    return [path for path in service.settings.uploads_dir.rglob("*") if not path.is_dir()]
