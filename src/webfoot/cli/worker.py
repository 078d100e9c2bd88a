"""`webfoot worker`: takes trainings from the queue of a service."""

from webfoot.cli.service import DataFolder, LogFormat, SettingsFile, require_web, settings_of


def worker(
    *,
    settings: SettingsFile = None,
    data: DataFolder = None,
    concurrency: int | None = None,
    log_format: LogFormat = "plain",
) -> int:
    """Train what waits in the queue; any number of workers may, on any number of machines.

    Ctrl-C lets the trainings write a checkpoint and gives them back to the queue; a second one ends at once.

    Args:
        settings: A YAML file with settings; WEBFOOT_NAME in the environment goes first.
        data: The data folder of the service; unset: that of the settings, webfoot-data.
        concurrency: Trainings at once; unset: that of the settings, one.
        log_format: Lines on standard error for people, or JSON for machines.
    """
    require_web("worker")
    from webfoot.web.ops.logs import set_up_logs
    from webfoot.web.ops.worker_process import run_worker

    chosen = settings_of(settings, data, concurrency=concurrency)
    set_up_logs(log_format)
    return run_worker(chosen, log_format)
