"""The seed of this run's made-up documents: another one each time, or the one of SIXONES_TEST_SEED."""

import os
from random import SystemRandom

SEED = int(os.environ.get("SIXONES_TEST_SEED") or SystemRandom().randrange(2**32))
