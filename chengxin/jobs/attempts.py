"""What goes out to somebody else's machine: tried until it is taken, with growing waits, and given up visibly after so many attempts.

The rows of a queue are its log too: state, attempts, the last answer and when it was taken. A room keeps its own rows and says what is
sent; here stands only what an answer makes of a row.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import models

from chengxin.jobs.target import backoff
from chengxin.kernel import clock

WAITS, DONE, DEAD = STATES = ("WAITING", "DONE", "DEAD")


class Attempted(models.Model):
    """One message. `status`, `error`: of the last attempt, an HTTP status or 0 and why there was no answer."""

    state = models.CharField(max_length=8, default=WAITS)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField()
    status = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True, default="")
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def settle(self, status: int, error: str, most: int) -> None:
        """Note an attempt: taken by a 2xx, to be tried again later, or given up after `most` attempts. The caller saves."""
        self.attempts += 1
        self.status, self.error = status, error[:200]
        if 200 <= status < 300:
            self.state, self.done_at = DONE, clock.now()
        elif self.attempts >= most:
            self.state = DEAD
        else:
            self.next_at = clock.now() + timedelta(seconds=backoff(self.attempts))
