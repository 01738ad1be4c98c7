"""The seed of this run's made-up documents: another one each time, or the one of SIXONES_TEST_SEED."""

import os
from random import SystemRandom

from hypothesis import HealthCheck, Phase, settings

SEED = int(os.environ.get("SIXONES_TEST_SEED") or SystemRandom().randrange(2**32))


def made_up(documents: int) -> settings:
    """How documents are made up: nothing is changed by them, so one city does for all of a test."""
    return settings(
        max_examples=documents,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),  # to explain a failure takes minutes
    )
