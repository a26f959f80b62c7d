"""The interlock: what has to be so, or nobody arms. The operator is there, a stop can be written,
and the robot is the right one. What ceases to be so stops the robot."""
from __future__ import annotations

from visuomotor.nodes.safety.heartbeat import Heartbeat
from visuomotor.nodes.safety.identity import Identity
from visuomotor.robots.model import fingerprint
from visuomotor.safety.filter import SafetyFilter
from visuomotor.safety.keeper import Keeper


class Interlock:
    """Asks for all of it; seconds are those of a clock that nobody can step."""

    def __init__(self, guarded: SafetyFilter, keeper: Keeper) -> None:
        self._filter, self._keeper = guarded, keeper
        self.heartbeat = Heartbeat(guarded.limits.heartbeat)
        self._identity = Identity(guarded.spec.name, fingerprint(guarded.spec))

    def hear_driver(self, robot: str, description: str) -> None:
        """Note which robot the driver says that it drives."""
        self._identity.hear(robot, description)
        if self.alarm:
            self._filter.stop(self.alarm)

    @property
    def unmet(self) -> str:
        """Say why joint_states may not be answered: the right robot was never there."""
        return self._identity.unmet

    @property
    def alarm(self) -> str:
        """Say what is wrong, armed or not."""
        return self._keeper.problem or self._identity.other

    def watch(self, steady: float) -> None:
        """Latch a stop when something ceased to be as it has to be."""
        if wrong := self.heartbeat.lost(steady, self._filter.latch.armed) or self.alarm:
            self._filter.stop(wrong)

    def arm(self, reason: str, steady: float) -> str:
        """Permit motion again, or say why not."""
        return (self.heartbeat.missing(steady) or self.alarm or self._identity.wrong
                or self._filter.arm(reason, steady))

    def silence(self, steady: float) -> str:
        """Say why no joint_states are answered; '' when they are."""
        return self.unmet or self._filter.silence(steady)

    def complaints(self, steady: float) -> list[str]:
        """Return all that is wrong, each once."""
        return list(dict.fromkeys((self._filter.latch.forbids, self.alarm, self.silence(steady))))
