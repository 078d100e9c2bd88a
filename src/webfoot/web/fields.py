"""A form field read from a pydantic model: range, default and help stand on the model's field, once."""

from dataclasses import dataclass

import annotated_types
from pydantic import BaseModel


@dataclass(frozen=True)
class Field:
    """One number to be asked for."""

    name: str
    label: str
    help: str
    default: object
    lowest: float | None
    highest: float | None
    step: str
    """`1` for whole numbers, `any` for others."""


def field_of(model: type[BaseModel], name: str, label: str) -> Field:
    """The form field of an option."""
    info = model.model_fields[name]
    bounds = {type(limit): limit for limit in info.metadata}
    low, high = bounds.get(annotated_types.Ge), bounds.get(annotated_types.Le)
    return Field(
        name=name,
        label=label,
        help=info.description or "",
        default=info.default,
        lowest=getattr(low, "ge", None),
        highest=getattr(high, "le", None),
        step="1" if info.annotation is int else "any",
    )
