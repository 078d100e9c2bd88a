"""`webfoot user`: accounts of the service, for whoever may read its data folder."""

from typing import Annotated, Literal

import tyro

from webfoot.cli.say import show, show_json
from webfoot.cli.service import DataFolder, SettingsFile, require_web, settings_of

Email = Annotated[str, tyro.conf.arg(metavar="EMAIL")]
RoleName = Literal["viewer", "trainer", "administrator"]


def add(
    email: Email,
    /,
    *,
    role: RoleName = "trainer",
    name: str = "",
    settings: SettingsFile = None,
    data: DataFolder = None,
) -> int:
    """Make an account, and print the link that sets its password, once.

    Args:
        email: Its e-mail address.
        role: What it may do; each may do what those before it may.
        name: What others see; unset: the address up to the @.
        settings: A YAML file with settings.
        data: The data folder of the service.
    """
    require_web("user add")
    from webfoot.web.ops import users

    show(users.add(settings_of(settings, data), email, role, name))
    return 0


def link(email: Email, /, *, settings: SettingsFile = None, data: DataFolder = None) -> int:
    """Print another link that sets an account's password, once: for who forgot it.

    Args:
        email: Its e-mail address.
        settings: A YAML file with settings.
        data: The data folder of the service.
    """
    require_web("user link")
    from webfoot.web.ops import users

    show(users.link(settings_of(settings, data), email))
    return 0


def token(
    email: Email,
    /,
    *,
    scope: Literal["read", "train", "admin"] = "train",
    name: str = "command line",
    settings: SettingsFile = None,
    data: DataFolder = None,
) -> int:
    """Print an API token for an account, once: only its hash is kept.

    Args:
        email: Its e-mail address.
        scope: What it may be used for; each includes those before it, and none goes beyond the account's role.
        name: How it is called in the account's list of tokens.
        settings: A YAML file with settings.
        data: The data folder of the service.
    """
    require_web("user token")
    from webfoot.web.ops import users

    show(users.token(settings_of(settings, data), email, scope, name))
    return 0


def disable(email: Email, /, *, settings: SettingsFile = None, data: DataFolder = None) -> int:
    """Close an account: whoever is logged in is not any more, tokens and links of theirs do not work; nothing is lost.

    Args:
        email: Its e-mail address.
        settings: A YAML file with settings.
        data: The data folder of the service.
    """
    require_web("user disable")
    from webfoot.web.ops import users

    users.disable(settings_of(settings, data), email)
    show(f"{email} is disabled")
    return 0


def list_users(*, settings: SettingsFile = None, data: DataFolder = None, json: bool = False) -> int:
    """List the accounts.

    Args:
        settings: A YAML file with settings.
        data: The data folder of the service.
        json: Print one JSON document.
    """
    require_web("user list")
    from webfoot.web.ops import users

    accounts = users.listed(settings_of(settings, data))
    if json:
        show_json({"users": accounts})
        return 0
    for account in accounts:
        state = "disabled" if not account["active"] else "open" if account["opened"] else "invited"
        show(f"{account['email']:<32} {account['role']:<14} {state:<9} {account['name']}")
    return 0
