"""`webfoot doctor`: what the service stands on, and what would help where it does not stand well."""

from dataclasses import asdict

from webfoot.cli.say import close_output, show, show_json
from webfoot.cli.service import DataFolder, SettingsFile, require_web, settings_of


def doctor(*, settings: SettingsFile = None, data: DataFolder = None, json: bool = False) -> int:
    """Look at packages, machine, data folder, database and broker; exit code 2 if something is wrong.

    Nothing is changed, and nothing has to run.

    Args:
        settings: A YAML file with settings.
        data: The data folder of the service.
        json: Print one JSON document.
    """
    require_web("doctor")
    from webfoot.web.ops.doctor import examine

    found = []
    for finding in examine(settings_of(settings, data)):
        found.append(finding)
        if not json:
            show(f"{finding.status:<8} {finding.name:<14} {finding.detail}")
            if finding.cure:
                show(f"{'':<23} {finding.cure}")
            close_output()
    healthy = all(finding.status != "wrong" for finding in found)
    if json:
        show_json({"healthy": healthy, "findings": [asdict(finding) for finding in found]})
    return 0 if healthy else 2
