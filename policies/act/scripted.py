"""The task's own expert, by hand. It looks at the simulator's truth, which no robot has."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from visuomotor.specs.errors import BadInput
from visuomotor.specs.policy import Observation, Role, Sees
from visuomotor.specs.settings import Settings


@dataclass(frozen=True)
class ScriptedSettings(Settings):
    """Nothing to choose: the expert knows its task."""


class Scripted:
    """Passes everything on to the expert of its role, which needs the truth and no pictures."""

    privileged = True

    def __init__(self, settings: ScriptedSettings, role: Role) -> None:
        if role.expert is None:
            raise BadInput('A scripted policy needs the expert of a task, but there is no world '
                           'here that has one.')
        self.expert = role.expert()
        self.sees: Sees = {name: shape for name, shape in role.shown.items() if len(shape) != 3}

    def reset(self, rng: np.random.Generator) -> None:
        self.expert.reset(rng)

    def act(self, observation: Observation) -> NDArray[np.float64]:
        return self.expert.act(observation)

    @property
    def finished(self) -> bool:
        return self.expert.finished
