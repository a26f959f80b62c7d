"""The interlock: what has to be so, or nobody arms. The operator is there, a stop can be written,
the robot is the right one and one voice says where it is. What ceases to be so stops the robot."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from visuomotor.nodes.safety.heartbeat import Heartbeat
from visuomotor.nodes.safety.identity import Identity
from visuomotor.nodes.safety.one_voice import OneVoice
from visuomotor.robots.model import fingerprint
from visuomotor.safety.filter import SafetyFilter
from visuomotor.safety.keeper import Keeper
from visuomotor.safety.verdict import Permitted


class Interlock:
    """Asks for all of it; seconds are those of a clock that nobody can step."""

    def __init__(self, guarded: SafetyFilter, keeper: Keeper, speaking: Callable[[], int],
                 speakers: Callable[[], Sequence[str]]) -> None:
        """`speaking` tells how many publish joint_states, `speakers` which nodes they are."""
        self._filter, self._keeper = guarded, keeper
        self.heartbeat = Heartbeat(guarded.limits.heartbeat)
        self._identity = Identity(guarded.spec.name, fingerprint(guarded.spec))
        self._voice = OneVoice(speaking, speakers)

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
        return self._keeper.problem or self._identity.other or self._voice.wrong

    def told_with(self, permitted: Permitted) -> Permitted:
        """Add what is wrong to what is told, unless that tells it already."""
        if not self.alarm or self.alarm in self._filter.latch.forbids:
            return permitted
        return replace(permitted, reasons=(*permitted.reasons, self.alarm))

    def watch(self, steady: float, answered: int) -> None:
        """Latch a stop when something ceased to be as it has to be; so many joint_states have been
        answered in all."""
        self._voice.look(answered, steady)
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
