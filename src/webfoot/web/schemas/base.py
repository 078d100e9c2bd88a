"""What all requests and answers, and all lists, have in common."""

from pydantic import BaseModel, ConfigDict, Field

MOST_PER_PAGE = 100


class Model(BaseModel):
    """Of all requests and answers."""

    model_config = ConfigDict(frozen=True, extra="forbid", from_attributes=True)


class PageQuery(Model):
    """Which part of a list."""

    page: int = Field(default=1, ge=1, le=100_000)
    per_page: int = Field(default=25, ge=1, le=MOST_PER_PAGE)
    search: str = Field(default="", max_length=120, description="Words in the name.")


class Page(Model):
    """Where a part of a list stands in the whole."""

    page: int
    per_page: int
    total: int
