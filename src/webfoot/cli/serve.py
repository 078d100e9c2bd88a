"""`webfoot serve`: the service, with its pages, its API and a worker."""

from webfoot.cli.say import close_output, say, show
from webfoot.cli.service import DataFolder, LogFormat, SettingsFile, require_web, settings_of
from webfoot.errors import ConfigError


def serve(
    *,
    host: str = "127.0.0.1",
    port: int = 8800,
    data: DataFolder = None,
    settings: SettingsFile = None,
    threads: int = 256,
    no_worker: bool = False,
    log_format: LogFormat = "plain",
) -> int:
    """Run the service: pages, API and, beside them, a worker that trains; Ctrl-C ends it, with a checkpoint.

    Where nobody manages it yet, a link is printed that sets the administrator's password, once.

    Args:
        host: Address to answer at; the default can be reached from this machine only.
        port: Port to answer at; 0 takes a free one.
        data: Folder of everything that it keeps; unset: that of the settings, webfoot-data.
        settings: A YAML file with settings; WEBFOOT_NAME in the environment goes first.
        threads: Requests and live streams that are answered at once.
        no_worker: Train nothing here; 'webfoot worker' does, on this machine or others.
        log_format: Lines on standard error for people, or JSON for machines.
    """
    require_web("serve")
    if not 4 <= threads <= 4096:
        raise ConfigError(f"option --threads is {threads}: a whole number from 4 to 4096 would be right")
    from webfoot.web.ops.logs import set_up_logs
    from webfoot.web.serve import Serving
    from webfoot.web.serve import serve as run

    chosen = settings_of(settings, data)
    set_up_logs(log_format)
    return run(chosen, Serving(host, port, threads, not no_worker, log_format), _tell, say)


def _tell(line: str) -> None:
    show(line)
    close_output()
