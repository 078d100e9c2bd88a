"""API tokens of any scope, whatever their user may do now."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from webfoot.web.models.access import ApiToken
from webfoot.web.models.user import User
from webfoot.web.services.access import TOKEN_PREFIX, hash_of, new_secret


def kept_token(session: Session, user: User, scopes: Iterable[str]) -> str:
    """The secret of a token that was made when its user had every right: taking a role away leaves tokens as they are.

    Many tests ask by one with the scope admin, so that the role alone decides.
    """
    secret = TOKEN_PREFIX + new_secret()
    session.add(ApiToken(user=user, name="test", secret_hash=hash_of(secret), scopes=list(scopes)))
    session.flush()
    return secret
