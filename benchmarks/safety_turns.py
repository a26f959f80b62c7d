"""What a cycle of the safety filter costs beside that of another commit: two processes that take
turns on the same wishes, so that a busy machine is busy for both."""
from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
from visuomotor.benchmarks.figures import Figure
from visuomotor.specs import paths
from visuomotor.specs.errors import BadInput

TURN = 100   # cycles
MOST = 1.1   # times that of the other commit
# It has to run on any commit, so it leans on what a filter has always had.
WORKER = '''
import sys, time
import numpy as np
from visuomotor.robots import collision_pairs
from visuomotor.robots.collision import CollisionScene
from visuomotor.robots.kinematics import Kinematics
from visuomotor.safety.filter import SafetyFilter
from visuomotor.safety.limits import limits_for
from visuomotor.specs.codes import Mode
from visuomotor.specs.robot import load_robot
from visuomotor.specs.task import load_task
from visuomotor.specs.values import Proposal, State
robot, task = sys.argv[1:3]
spec, rng, now, beat = load_robot(robot), np.random.default_rng(0), 100.0, 0
scene = CollisionScene(spec, load_task(task).fixtures, collision_pairs.load(spec).touching)
filtered = SafetyFilter(spec, Kinematics(spec), limits_for(spec), armed=True, scene=scene)
place, speed, still = np.array(spec.home), np.zeros(len(spec.joints)), np.zeros(len(spec.joints))
for line in sys.stdin:
    spent = []
    for _ in range(int(line)):
        now += 1.0 / spec.control_hz
        if beat % 50 == 0:
            mode = (Mode.CARTESIAN_TWIST, Mode.JOINT_VELOCITY, Mode.JOINT_POSITION)[beat // 50 % 3]
            row = {Mode.CARTESIAN_TWIST: rng.uniform(-0.25, 0.25, 6),
                   Mode.JOINT_VELOCITY: rng.uniform(-0.5, 0.5, len(still)),
                   Mode.JOINT_POSITION: spec.home + rng.uniform(-0.4, 0.4, len(still))}[mode]
        if beat % 5 == 0:
            filtered.sources.hear(Proposal(mode, np.zeros(1), row[None], observed=now), now)
        beat += 1
        began = time.perf_counter()
        answer = filtered.step(State(now, place, speed, still), now)
        spent.append(time.perf_counter() - began)
        if answer.target is not None:
            place, speed = answer.target.position, answer.target.velocity
    print(*spent, flush=True)
'''


def figure(robot: str, task: str, commit: str, cycles: int) -> Figure:
    """Compare p50 of a cycle with that of another commit."""
    spent: list[list[float]] = [[], []]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        here = surroundings(overlay(paths.CONFIG.resolve().parent, folder))
        workers = [stack.enter_context(subprocess.Popen(
            [sys.executable, '-c', WORKER, robot, task], text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, env=environment))
            for environment in (here, stack.enter_context(elsewhere(commit)))]
        for _ in range(cycles // TURN):
            for worker, times in zip(workers, spent, strict=True):
                times += turn(worker)
        for worker in workers:
            worker.terminate()
    ours, theirs = (float(np.median(times)) * 1e6 for times in spent)
    return Figure(f'{robot}: a cycle, p50, against {commit}', ours, theirs, 'us', MOST)


@contextmanager
def elsewhere(commit: str) -> Iterator[dict[str, str]]:
    """Yield the environment in which `visuomotor` is that of another commit, without messages."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        check_out(commit, folder / 'source')
        yield surroundings(overlay(folder / 'source', folder / 'package'))


def surroundings(package: Path) -> dict[str, str]:
    return {**os.environ, 'PYTHONPATH': str(package)}


def turn(worker: subprocess.Popen[str]) -> list[float]:
    """Let one filter live through some cycles; return the seconds of each."""
    assert worker.stdin
    assert worker.stdout
    print(TURN, file=worker.stdin, flush=True)
    times = [float(word) for word in worker.stdout.readline().split()]
    if not times:
        raise BadInput('The filter of that commit ended; does its safety/filter.py still have '
                       'step(state, now) and sources.hear(proposal, now)?')
    return times


def check_out(commit: str, folder: Path) -> None:
    """Lay the files of a commit into a folder."""
    folder.mkdir()
    here = paths.CONFIG.resolve().parent
    packed = subprocess.run(['git', '-C', str(here), 'archive', commit], capture_output=True,
                            check=False)
    if packed.returncode:
        raise BadInput(f"'{commit}' should be a commit of the checkout in {here}, but git says: "
                       f'{packed.stderr.decode().strip()}.')
    subprocess.run(['tar', '-x', '-C', str(folder)], input=packed.stdout, check=True)


def overlay(source: Path, folder: Path) -> Path:
    """Make a package `visuomotor` of the rooms of a checkout; the messages are not needed."""
    package = folder / 'visuomotor'
    package.mkdir(parents=True)
    (package / '__init__.py').touch()
    for room in source.resolve().iterdir():
        if (room / '__init__.py').exists() or room.name in ('config', 'urdf'):
            (package / room.name).symlink_to(room)
    return folder
