"""`webfoot prune`: removes what a service does not need any more."""

from webfoot.cli.say import close_output, show
from webfoot.cli.service import DataFolder, SettingsFile, require_web, settings_of
from webfoot.errors import ConfigError


def prune(
    *,
    older_than: float | None = None,
    keep_checkpoints: bool = False,
    dry_run: bool = False,
    settings: SettingsFile = None,
    data: DataFolder = None,
) -> int:
    """Remove old files and lines: runs of ended sessions, uploads that nothing refers to, old alerts and audit lines.

    What is unfinished or shared stays. The sessions themselves stay in the list.

    Args:
        older_than: Days since the session ended, or the upload was deleted; unset: retention.runs_days of the settings.
        keep_checkpoints: Leave of each run what a training goes on from, the policy and the verdict.
        dry_run: Remove nothing; tell what would go, and how much it is.
        settings: A YAML file with settings; lines of the audit log are kept for its retention.audit_days.
        data: The data folder of the service.
    """
    require_web("prune")
    if older_than is not None and not 0 <= older_than <= 36_500:
        raise ConfigError(f"option --older-than is {older_than:g}: a number of days from 0 to 36500 would be right")
    from webfoot.web.ops.retention import prune as remove

    total = 0
    for gone in remove(settings_of(settings, data), older_than, keep_checkpoints, dry_run):
        total += gone.size
        show(f"{gone.size / 1e6:>10.2f} MB  {gone.what}")
        close_output()
    show(f"{total / 1e6:>10.2f} MB  {'would go' if dry_run else 'are gone'}")
    return 0
