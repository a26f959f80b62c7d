"""Decides when to ask the policy, about what, and when its answer may be said."""
from __future__ import annotations

from visuomotor.nodes.policy.actor import Answer
from visuomotor.nodes.policy.newest import Newest
from visuomotor.nodes.policy.outbox import Outbox
from visuomotor.nodes.policy.schedule import Schedule
from visuomotor.specs.errors import BadInput

PATIENCE = 2.0  # s of an episode after which a silent topic is worth a complaint


class Attention:
    """What one policy needs to see, and its time within an episode. Between episodes it wants nothing."""

    def __init__(self, *, cameras: tuple[str, ...], truth: bool, imu: bool, rate: float, delay: float,
                 replan: int = 0) -> None:
        self.cameras, self.truth, self.imu = cameras, truth, imu
        self.schedule, self.outbox, self.delay = Schedule(rate, delay, replan), Outbox(delay), delay
        self.episode = 0      # under way; 0: none
        self.seed = 0
        self.started = 0.0    # s, ROS time

    def turn(self, running: bool, number: int, seed: int, started: float, newest: Newest) -> Answer | None:
        """Hear where the supervisor is; return what was said last when an episode has just ended.

        Whatever still waits to be said belongs to the episode that it was thought in.
        """
        if running and number == self.episode:
            return None
        last = None if running else self.outbox.said
        self.outbox.clear()
        self.episode, self.seed, self.started = (number, seed, started) if running else (0, 0, 0.0)
        if running:
            newest.begin()
            self.schedule.begin()
        return last

    def wants(self, newest: Newest, now: float) -> bool:
        """Tell whether to ask now; a picture that was asked about already is used again only when no other comes."""
        if not self.episode or not self.schedule.due(now):
            return False
        if self.missing(newest):
            return False
        return newest.fresh(self.cameras) or self.schedule.overdue(now)


    def missing(self, newest: Newest) -> list[str]:
        """Name the topics without which the policy cannot act in this episode."""
        return newest.missing(self.cameras, self.truth, self.imu, self.started)

    def complaint(self, newest: Newest, now: float) -> str:
        """Say what the policy has been waiting for in vain; empty: nothing."""
        if not self.episode or now < self.started + PATIENCE or not (silent := self.missing(newest)):
            return ''
        return (f'The policy cannot act: nothing was heard on {", ".join(silent)} since the episode began '
                f'{now - self.started:.0f} s ago; start what publishes it, or choose another policy.')

    def ask(self, newest: Newest, measured: float, now: float) -> tuple[float, float]:
        """Note a question; return the stamp of what it shows and the time since the episode began."""
        self.schedule.asked(now)
        observed = newest.observed(self.cameras, measured)
        return observed, observed - self.started


def delay(chosen: float, inference: float, camera: float, pictures: bool) -> float:
    """Return the time from the light to the first target being due: as chosen, or as the task models it."""
    if chosen >= 0.0:
        return chosen
    return inference + (camera if pictures else 0.0)


def replanned(decides: float, rate: float) -> int:
    """Return after how many rows a policy that decides so often is asked again; 0: when its chunk is used up."""
    return max(1, round(rate / decides)) if decides else 0


def between_episodes(running: int) -> None:
    """Refuse to change the policy while an episode runs."""
    if running:
        raise BadInput(f'A policy is loaded between episodes, but episode {running} is running; ask again after it.')
