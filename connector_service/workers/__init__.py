"""Run a plan of dependent tasks with a few workers: pure, it knows tasks and time and nothing of what they do."""

from connector_service.workers.plan import Plan, Task
from connector_service.workers.pool import Ended, Ending, Limits, run_plan

__all__ = ["Ended", "Ending", "Limits", "Plan", "Task", "run_plan"]
