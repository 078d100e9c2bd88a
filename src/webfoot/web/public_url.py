"""`public_url`: a page's address as users see it."""

from typing import Any

from flask import request, url_for

from webfoot.web.context import service


def public_url(endpoint: str, **values: Any) -> str:
    """The whole address of a page, for links that leave the service.

    It begins as the settings say. Where they say nothing it begins as the request did, whose sender gets the link.
    """
    base = service().settings.public_url or request.host_url
    return base.rstrip("/") + url_for(endpoint, **values)
