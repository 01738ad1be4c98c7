"""What runs by the clock, and what an act leaves to be done later: declared, queued, run."""

from schema.jobs.declare import JOBS, Declaration, Run, enqueue, job
from schema.jobs.rules import Daily, Hourly, Missed, Weekly

__all__ = ["JOBS", "Daily", "Declaration", "Hourly", "Missed", "Run", "Weekly", "enqueue", "job"]
