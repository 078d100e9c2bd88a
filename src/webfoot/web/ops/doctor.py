"""`examine`: one line on everything that the service stands on."""

from collections.abc import Iterator

from webfoot.web.ops import machine, surroundings
from webfoot.web.ops.finding import Finding
from webfoot.web.settings import Settings


def examine(settings: Settings) -> Iterator[Finding]:
    """Everything, one after the other, as it is found."""
    yield machine.packages()
    yield machine.extras()
    yield machine.python()
    yield machine.cores(settings)
    yield machine.memory(settings)
    yield machine.gpu()
    yield machine.drawing()
    yield surroundings.folder(settings)
    yield surroundings.disk(settings)
    yield surroundings.locks(settings)
    yield surroundings.clock(settings)
    yield from surroundings.database(settings)
    yield surroundings.broker(settings)
    yield surroundings.limits(settings)
    yield machine.physics()
