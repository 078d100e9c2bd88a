"""The content-addressed store: once, whole, and never a path of the user's."""

import hashlib
import io
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from full_disk import files_of_at_most
from hypothesis import given
from hypothesis import strategies as st

from webfoot.web.uploads.error import NoRoom, TooLarge, UploadError
from webfoot.web.uploads.store import ContentStore

DUCK = b"duck"
DUCK_ID = hashlib.sha256(DUCK).hexdigest()
NOBODY = "0" * 64


@pytest.fixture
def store(tmp_path) -> ContentStore:
    return ContentStore(tmp_path / "store")


def everything(store: ContentStore) -> list[str]:
    """All files below the store."""
    return sorted(str(path.relative_to(store.root)) for path in store.root.rglob("*") if not path.is_dir())


def folder_of(parent: Path, files: dict[str, bytes]) -> Path:
    folder = parent / f"folder{len(list(parent.iterdir()))}"
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def test_what_is_put_is_found_by_its_hash(store):
    stored = store.put(io.BytesIO(DUCK), 4)
    assert (stored.sha256, stored.size) == (DUCK_ID, 4)
    assert store.path(DUCK_ID).read_bytes() == DUCK
    assert everything(store) == [f"{DUCK_ID[:2]}/{DUCK_ID}"]


def test_the_same_content_is_kept_once(store):
    assert store.put(io.BytesIO(DUCK), 9) == store.put(io.BytesIO(DUCK), 9)
    assert len(everything(store)) == 1 and store.size() == 4


@given(content=st.binary(max_size=3000), most=st.integers(0, 3000))
def test_any_content_comes_back_or_leaves_nothing(tmp_path_factory, content, most):
    store = ContentStore(tmp_path_factory.mktemp("store"))
    if len(content) <= most:
        assert store.path(store.put(io.BytesIO(content), most).sha256).read_bytes() == content
    else:
        with pytest.raises(TooLarge, match=f"the upload is larger than {most} bytes, the most that is taken"):
            store.put(io.BytesIO(content), most)
        assert everything(store) == []


def test_a_limit_is_told_in_megabytes(store):
    with pytest.raises(TooLarge, match="larger than 2 MB"):
        store.put(io.BytesIO(bytes(2_000_001)), 2_000_000)


def test_an_endless_stream_is_read_to_the_limit_only(store):
    class Endless:
        read_bytes = 0

        def read(self, size: int, /) -> bytes:
            self.read_bytes += size
            return bytes(size)

    stream = Endless()
    with pytest.raises(TooLarge, match="larger than 5 MB"):
        store.put(stream, 5_000_000)
    assert stream.read_bytes < 7 * 2**20


def test_a_stream_that_breaks_leaves_nothing(store):
    class Broken:
        def read(self, size: int, /) -> bytes:
            raise ConnectionResetError("the client went away")

    with pytest.raises(ConnectionResetError, match="went away"):
        store.put(Broken(), 9)
    assert everything(store) == []


def test_a_full_disk_is_one_sentence_and_leaves_nothing(store, tmp_path):
    folder = folder_of(tmp_path, {"a": bytes(9000)})
    with files_of_at_most(4096):
        with pytest.raises(NoRoom, match="the upload does not fit on the disk of the service"):
            store.put(io.BytesIO(bytes(9000)), 10_000)
        with pytest.raises(NoRoom, match="the upload does not fit on the disk of the service"):
            store.put_tree(folder)
    assert everything(store) == []


@pytest.mark.parametrize(
    "name", ["", "duck", "../../etc/passwd", DUCK_ID.upper(), DUCK_ID + "\n", DUCK_ID[:-1], "/" * 64]
)
def test_only_ids_lead_into_the_store(store, name):
    store.put(io.BytesIO(DUCK), 9)
    for ask in (store.path, store.remove):
        with pytest.raises(UploadError, match="is not the id of an upload; one has 64 hexadecimal digits"):
            ask(name)


def test_what_is_not_kept_is_said(store):
    with pytest.raises(UploadError, match=r"nothing is kept under the id 000000000000\.\.\."):
        store.path(NOBODY)


def test_a_folder_is_kept_with_its_names(store, tmp_path):
    folder = folder_of(tmp_path, {"robot.xml": b"<mujoco/>", "meshes/foot.stl": b"foot"})
    (folder / "empty").mkdir()
    stored = store.put_tree(folder)
    kept = store.path(stored.sha256)
    assert (kept / "robot.xml").read_bytes() == b"<mujoco/>" and (kept / "meshes/foot.stl").read_bytes() == b"foot"
    assert stored.size == store.size() == 9 + 4
    foot, robot = hashlib.sha256(b"foot").digest(), hashlib.sha256(b"<mujoco/>").digest()
    assert stored.sha256 == hashlib.sha256(b"meshes/foot.stl\0" + foot + b"robot.xml\0" + robot).hexdigest()


def test_nothing_lies_beside_a_folder(store, tmp_path):
    one = store.path(store.put_tree(folder_of(tmp_path, {"a": b"1"})).sha256)
    assert list(one.parent.iterdir()) == [one]


@pytest.mark.parametrize("other", [{"a": b"2"}, {"b": b"1"}, {"a": b"1", "c": b""}, {"x/a": b"1"}])
def test_folders_of_other_names_or_content_are_others(store, tmp_path, other):
    first = store.put_tree(folder_of(tmp_path, {"a": b"1"}))
    assert first == store.put_tree(folder_of(tmp_path, {"a": b"1"}))
    assert first.sha256 != store.put_tree(folder_of(tmp_path, other)).sha256


def test_a_file_made_to_look_like_a_folder_is_refused(store, tmp_path):
    stored = store.put_tree(folder_of(tmp_path, {"a": b"1"}))
    forged = b"a\0" + hashlib.sha256(b"1").digest()
    with pytest.raises(UploadError, match="made to be mistaken for another"):
        store.put(io.BytesIO(forged), 99)
    assert store.path(stored.sha256).is_dir()


def test_links_and_pipes_are_not_kept(store, tmp_path):
    linked, piped, nothing = (tmp_path / name for name in ("linked", "piped", "nothing"))
    for folder in (linked, piped, nothing):
        folder.mkdir()
    (linked / "passwords").symlink_to("/etc/passwd")
    os.mkfifo(piped / "pipe")
    for folder, name in ((linked, "passwords"), (piped, "pipe")):
        with pytest.raises(UploadError, match=f"'{name}' is not an ordinary file"):
            store.put_tree(folder)
    with pytest.raises(UploadError, match="the upload holds no file"):
        store.put_tree(nothing)
    assert everything(store) == []


def test_removing_forgets_files_and_folders_and_may_be_repeated(store, tmp_path):
    tree = store.put_tree(folder_of(tmp_path, {"a": b"1"}))
    store.put(io.BytesIO(DUCK), 9)
    for _ in range(2):
        store.remove(tree.sha256)
        store.remove(DUCK_ID)
    assert everything(store) == [] and store.size() == 0


def test_a_sweep_takes_what_is_old_and_not_referred_to(store, tmp_path):
    kept, old, young = (store.put(io.BytesIO(content), 9).sha256 for content in (b"kept", b"old", b"young"))
    tree = store.put_tree(folder_of(tmp_path, {"a": b"1"})).sha256
    for sha256 in (kept, old, tree):
        os.utime(store.root / sha256[:2] / sha256, (1, 1))
    assert store.sweep({kept}) == 2
    assert sorted(name[3:] for name in everything(store)) == sorted([kept, young])
    assert store.sweep({kept}, grace_s=0) == 1


def test_what_is_put_again_is_young_again(store):
    store.put(io.BytesIO(DUCK), 9)
    os.utime(store.path(DUCK_ID), (1, 1))
    store.put(io.BytesIO(DUCK), 9)
    assert store.sweep(()) == 0


def test_an_empty_store_has_nothing_to_sweep(store):
    assert store.sweep(()) == 0 and store.size() == 0


PUT_FOR_EVER = """
import sys
from pathlib import Path
from webfoot.web.uploads.store import ContentStore
class Slow:
    def read(self, size):
        print("writing", flush=True)
        return sys.stdin.buffer.read(1)
ContentStore(Path(sys.argv[1])).put(Slow(), 9)
"""


def test_a_sweep_leaves_what_is_being_written_and_takes_what_a_killed_process_left(store):
    command = [sys.executable, "-c", PUT_FOR_EVER, str(store.root)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None and writer.stdout.readline() == b"writing\n"
        assert store.sweep((), grace_s=0) == 0
        writer.send_signal(signal.SIGKILL)
        writer.wait()
    assert len(list(store.root.iterdir())) == 1
    assert store.sweep((), grace_s=0) == 1
    assert list(store.root.iterdir()) == []


def test_many_at_once_put_the_same_once(store):
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(store.put(io.BytesIO(bytes(300_000)), 10**6).sha256))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1 and len(found) == 8 and store.size() == 300_000
