"""The figures of `visuomotor bench graph`. The chain, lock-step speed, and pictures between
processes."""
from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
from visuomotor.benchmarks.chain import SIZE, BareChain, Chain, make_video
from visuomotor.benchmarks.figures import Figure, percentiles
from visuomotor.benchmarks.frames import listen
from visuomotor.benchmarks.steps import GraphSpeed, paired, paired_face
from visuomotor.worlds import gym_env

TURN = 50    # pictures or actions between two looks at the floor
Rates = list[tuple[list[float], list[float]]]


def chain(pictures: int, domain: int) -> list[Figure]:
    """(a) In turns, so that a busy moment hits both."""
    taken: list[float] = []
    floor: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        video = make_video(Path(folder) / 'noise.avi', SIZE, SIZE, 40)
        ours = Chain(video, domain)
        ours.run(TURN)
        bare = BareChain(ours.seen, domain + 1)
        for _ in range(max(1, pictures // TURN)):
            taken += ours.run(TURN)
            floor += [bare.once() for _ in range(TURN)]
        ours.close()
        bare.close()
    return percentiles('picture → proposal → command → driver', taken, floor, 1.5)


def speed(actions: int) -> list[Figure]:
    """(b) The graph and the gymnasium face, each in turns with a replay of its own PyBullet
    calls."""
    turns = max(1, actions // TURN)
    return [rate('lock-step graph, actions a second', graph_rates(turns), 0.5),
            rate('gymnasium face, actions a second', face_rates(turns), 0.95)]


def graph_rates(turns: int) -> Rates:
    rates = []
    with tempfile.TemporaryDirectory() as folder:
        running = GraphSpeed(Path(folder), seed=1)
        for _ in range(turns):
            running.to_next_episode()
            rates.append(paired(running.world, running.run, 1, TURN))
        running.close()
    return rates


def face_rates(turns: int) -> Rates:
    gym_env.register()
    environment: Any = gymnasium.make('visuomotor/Grasp-v0', robot='iiwa7')
    rates = [paired_face(environment, TURN) for _ in range(turns)]
    environment.close()
    return rates


def rate(name: str, pairs: Rates, bound: float) -> Figure:
    """Actions of all turns by the seconds of all turns."""
    ours, floor = (float(1 / np.mean(1 / np.ravel([pair[side] for pair in pairs])))
                   for side in (0, 1))
    return Figure(name, ours, floor, '/s', bound, at_most=False)


def arrivals(frames: int, domain: int) -> Figure:
    """(c) Every picture of a stretch has to arrive."""
    heard = listen(frames, domain)
    return Figure('640×480 RGB at 30 Hz between processes, arrived', heard.count,
                  heard.count + heard.missing, 'pictures', 1.0, at_most=False)
