import os
import stat

import pytest

from webfoot.web.ops import private
from webfoot.web.settings import Settings, load_settings, save_settings


def test_settings_travel_whole_and_privately(tmp_path):
    settings = Settings(data_dir=tmp_path, database_url="postgresql://me:pw@host/x", concurrency=3)
    file = tmp_path / "file"
    file.write_text("old")
    file.chmod(0o644)
    save_settings(settings, file)
    assert load_settings(file) == settings
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_lock_is_held_by_one_and_says_by_whom(tmp_path):
    lock = tmp_path / "new" / "lock"
    with private.held(lock, "webfoot serve", address="http://here"):
        assert private.told_by(lock) == {"pid": os.getpid(), "address": "http://here"}
        said = rf"webfoot serve is running already for .*new \(process {os.getpid()} at http://here\); wait, or stop it"
        with pytest.raises(private.InUse, match=said), private.held(lock, "webfoot serve"):
            pass
    assert private.told_by(lock) == {}
    with private.held(lock, "webfoot serve"):
        pass
