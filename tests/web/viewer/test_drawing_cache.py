import os
import threading
import time

import pytest

from webfoot.errors import MotionError, WebfootError
from webfoot.web.viewer import cache as module
from webfoot.web.viewer.cache import DrawingCache

KEY, OTHER = "ab" * 32, "cd" * 32


class Drawn:
    """Draws, and counts how often."""

    def __init__(self, content: bytes | WebfootError):
        self.content, self.count = content, 0

    def __call__(self) -> bytes:
        self.count += 1
        if isinstance(self.content, WebfootError):
            raise self.content
        return self.content


def test_a_document_is_drawn_once(tmp_path):
    drawn = Drawn(b"a duck")
    assert [DrawingCache(tmp_path / "views").get(KEY, drawn) for _ in range(3)] == [b"a duck"] * 3
    assert DrawingCache(tmp_path / "views").get(OTHER, Drawn(b"a horse")) == b"a horse"
    assert drawn.count == 1


def test_a_refusal_that_follows_from_the_content_is_remembered(tmp_path):
    drawn = Drawn(MotionError("walk: frame 4 of 10 holds nan"))
    for _ in range(2):
        with pytest.raises(MotionError, match="^walk: frame 4 of 10 holds nan$"):
            DrawingCache(tmp_path).get(KEY, drawn)
    assert drawn.count == 1


def test_a_failure_of_the_moment_is_not(tmp_path):
    drawn = Drawn(WebfootError("no turn; try again"))
    for _ in range(2):
        with pytest.raises(WebfootError, match="no turn"):
            DrawingCache(tmp_path).get(KEY, drawn)
    assert drawn.count == 2


def test_who_comes_while_it_is_drawn_waits_for_it(tmp_path):
    begun, go_on, answers = threading.Event(), threading.Event(), []

    def draw() -> bytes:
        assert not begun.is_set()
        begun.set()
        assert go_on.wait(30)
        return b"a duck"

    cache = DrawingCache(tmp_path)
    threads = [threading.Thread(target=lambda: answers.append(cache.get(KEY, draw))) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert begun.wait(30)
    go_on.set()
    for thread in threads:
        thread.join(30)
    assert answers == [b"a duck"] * 4


def test_the_least_used_goes_where_there_is_too_much(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MOST_BYTES", 100)
    cache, keys = DrawingCache(tmp_path), [f"{number:064x}" for number in range(4)]
    for age, key in enumerate(keys[:3]):
        cache.get(key, Drawn(bytes(30)))
        os.utime(tmp_path / "00" / f"{key}.gz", (0, 1000 - age))
    cache.get(keys[2], Drawn(b""))  # the oldest, but used again
    cache.get(keys[3], Drawn(bytes(30)))  # 120 bytes: 80 may stay
    assert sorted(path.stem for path in tmp_path.rglob("*.gz")) == [keys[2], keys[3]]


def test_a_disk_without_room_is_no_reason_to_show_nothing(tmp_path, caplog):
    (tmp_path / "views").write_text("a file where a folder should be")
    assert DrawingCache(tmp_path / "views").get(KEY, Drawn(b"a duck")) == b"a duck"
    assert "a drawing cannot be kept" in caplog.text


def test_what_nobody_asks_for_is_a_leftover(tmp_path):
    cache = DrawingCache(tmp_path)
    assert cache.leftovers() == []
    for key in (KEY, OTHER):
        cache.get(key, Drawn(b"a duck"))
    half = tmp_path / "ab" / f".{KEY}.gz.x.tmp"
    half.write_bytes(b"half")
    for path in (half, tmp_path / "ab" / f"{KEY}.gz"):
        os.utime(path, (0, time.time() - 8 * 24 * 3600))
    assert sorted(cache.leftovers()) == sorted([half, tmp_path / "ab" / f"{KEY}.gz"])
