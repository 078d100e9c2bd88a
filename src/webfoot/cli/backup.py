"""`webfoot backup` and `webfoot restore`: all that a service keeps, into one file and back."""

from pathlib import Path
from typing import Annotated

import tyro

from webfoot.cli.say import say, show
from webfoot.cli.service import DataFolder, SettingsFile, require_web, settings_of

BackupFile = Annotated[str, tyro.conf.arg(metavar="FILE.tar.zst")]


def backup(out: BackupFile, /, *, settings: SettingsFile = None, data: DataFolder = None) -> int:
    """Write database, runs, uploads and the secret into one file, while service and trainings go on.

    The file is read again and held against its own hashes. It can be restored into SQLite and into PostgreSQL.

    Args:
        out: The file to write, .tar.zst or .tar.gz; it holds secrets.
        settings: A YAML file with settings.
        data: The data folder of the service.
    """
    require_web("backup")
    from webfoot.web.ops.backup import backup as write

    done = write(settings_of(settings, data), Path(out))
    for lost in done.missing:
        say(f"warning: {lost} is not there; it was lost before this backup")
    rows = sum(done.rows.values())
    show(f"{done.path}: {rows} rows and {done.files} files, {done.size / 1e6:.1f} MB, verified")
    return 0


def restore(file: BackupFile, /, *, settings: SettingsFile = None, data: DataFolder = None) -> int:
    """Restore a backup into a data folder, and a database, that are empty.

    Trainings that ran during the backup wait in the queue, and go on from their checkpoints.

    Args:
        file: A backup.
        settings: A YAML file with settings, such as the address of another database.
        data: The data folder to fill.
    """
    require_web("restore")
    from webfoot.web.ops.restore import restore as read

    chosen = settings_of(settings, data)
    done = read(chosen, Path(file))
    sessions = done.rows.get("training_sessions", 0)
    show(f"{chosen.data_dir}: as of {done.made_at}, {sessions} sessions, {len(done.queued)} of which go on")
    show(f"start it with: webfoot serve --data {chosen.data_dir}" + (f" --settings {settings}" if settings else ""))
    return 0
