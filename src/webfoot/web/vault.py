"""Secrets that have to be read again, such as the address of an alert channel: encrypted with the service's own key."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken

from webfoot.errors import ConfigError


def _fernet(secret: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"webfoot vault" + secret.encode()).digest()))


def lock(text: str, secret: str) -> str:
    """A text as only this installation can read it."""
    return _fernet(secret).encrypt(text.encode()).decode()


def unlock(token: str, secret: str) -> str:
    """The text again.

    Raises:
        ConfigError: it was locked with another secret.
    """
    try:
        return _fernet(secret).decrypt(token.encode()).decode()
    except InvalidToken:
        raise ConfigError("a stored address was written with another secret; give the alert channel again") from None
