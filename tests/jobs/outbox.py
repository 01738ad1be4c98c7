"""A channel outside for tests, and what came by it."""

from collections.abc import Iterator, Sequence

import pytest

from schema.messages import sending


class Outbox:
    """A channel outside, as the far side sees it: what came under which key."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, int, list[str]]] = []
        self.broken = False

    async def send(self, key: str, person: int, texts: Sequence[str]) -> None:
        self.sent.append((key, person, list(texts)))
        if self.broken:
            raise ConnectionResetError("no answer, whether it arrived or not")


@pytest.fixture
def outbox() -> Iterator[Outbox]:
    outbox = Outbox()
    sending.CHANNELS.append(outbox)
    yield outbox
    sending.CHANNELS.remove(outbox)
