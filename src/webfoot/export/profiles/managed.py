"""What observation managers of the Isaac Lab family share: histories oldest first, answers around the default pose."""

from webfoot.export.contract import Contract
from webfoot.export.profiles.convention import Clock, Convention, Slot


def managed_convention(contract: Contract, clips: bool, clock: Clock, sine_first: bool = False) -> Convention:
    """The policy's own terms in their own order and scales, as such a manager assembles them.

    Args:
        contract: of the policy.
        clips: whether the consumer keeps targets within the joint limits.
        clock: of the consumer.
        sine_first: whether the phase is sin, cos instead of cos, sin.
    """
    slots = {}
    for term in contract.observation.terms:
        width = len(term.initial)
        oldest_first = [tuple(range(term.start + i * width, term.start + (i + 1) * width)) for i in range(term.history)]
        columns = tuple(reversed(oldest_first))
        if term.name == "phase" and sine_first:
            columns = tuple(places[::-1] for places in columns)
        slots[term.name] = Slot(columns, factor=term.scale)
    return Convention(
        "obs",
        "actions",
        contract.observation.size,
        slots,
        contract.joints.default_pos,
        contract.action.scale,
        clips=clips,
        clock=clock,
    )
