"""How long a stop takes from being called to the first command that brakes, and to rest: with the
safety node and a driver as programs, on a quiet machine and on a busy one."""
from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from visuomotor.benchmarks.figures import markdown
from visuomotor.benchmarks.safety_programs import Programs, happens, wait
from visuomotor.msg import Command
from visuomotor.specs.codes import Source
from visuomotor.srv import Stop

BUSY = 'while True: pass'
WRITES = '''
import os, sys
block = os.urandom(1 << 20)
while True:
    with open(sys.argv[1], 'wb') as file:
        for _ in range(16):
            file.write(block)
            os.fsync(file.fileno())
'''
FLOOD = '''
import signal, sys, time
from visuomotor.nodes._ros import environment
environment.prepare()
import numpy as np
from visuomotor.graph import compose
from visuomotor.msg import Proposal
from visuomotor.nodes._ros import qos
from rclpy.node import Node
signal.signal(signal.SIGTERM, lambda *_: sys.exit())
rate, sent = float(sys.argv[1]), 0
context = compose.new_context()
node = Node('flood', context=context, use_global_arguments=False, start_parameter_services=False)
voice = node.create_publisher(Proposal, 'action/policy', qos.COMMAND)
message = Proposal(source=1, mode=2, width=7, times=[0.0], targets=[0.0] * 7)
print('ready', flush=True)
began = time.monotonic()
try:
    while True:
        while sent < rate * (time.monotonic() - began):
            voice.publish(message)
            sent += 1
        time.sleep(0.001)
finally:
    print(sent / (time.monotonic() - began), flush=True)
'''
LOADS = ('idle', 'four busy loops', 'two writers that fsync', 'a flood on action/policy')
RATE, FLOODERS = 35_000, 2     # messages a second, and processes that share them
IDLE, LOADED = 2.0, 5.0        # beats, p99 of the first command that brakes
FULL = 0.9                     # part of the speed limit
PATIENCE = 20.0                # s, for one stop
HEADINGS = ('load', 'times', 'to the first braking command, p50 and p99, ms', 'beats, p99',
            'to rest, p50 and p99, ms', 'unanswered', 'never at speed',
            'wanted', 'holds')


@dataclass
class Latencies:
    """Seconds from the call, under one load."""

    load: str
    beat: float
    braked: list[float] = field(default_factory=list)
    rested: list[float] = field(default_factory=list)
    unanswered: int = 0
    unmoved: int = 0     # times that the arm did not come to full speed before
    rate: float = 0.0    # messages a second that a flood really was

    @property
    def most(self) -> float:
        return IDLE if self.load == LOADS[0] else LOADED

    @property
    def beats(self) -> float:
        return float(np.percentile(self.braked, 99)) / self.beat if self.braked else np.inf

    @property
    def holds(self) -> bool:
        return self.beats <= self.most and not self.unanswered + self.unmoved

    def row(self) -> tuple[str, ...]:
        def both(values: list[float]) -> str:
            return ', '.join(f'{np.percentile(values or [np.inf], q) * 1e3:.1f}' for q in (50, 99))
        rate = f' ({self.rate:,.0f} /s)' if self.rate else ''
        return (self.load + rate, str(len(self.braked)), both(self.braked), f'{self.beats:.1f}',
                both(self.rested), str(self.unanswered), str(self.unmoved),
                f'≤ {self.most:g} beats', 'yes' if self.holds else 'NO')


@contextmanager
def loaded(seen: Latencies, domain: int, folder: Path) -> Iterator[None]:
    """Put one load on the machine for a while."""
    words = {LOADS[1]: [[BUSY]] * 4,
             LOADS[2]: [[WRITES, str(folder / f'load_{number}')] for number in range(2)],
             LOADS[3]: [[FLOOD, str(RATE / FLOODERS)]] * FLOODERS}.get(seen.load, [])
    flood = seen.load == LOADS[3]
    environment = Programs.surroundings(domain)
    programs = [subprocess.Popen([sys.executable, '-c', *one], env=environment, text=True,
                                 stdout=subprocess.PIPE if flood else None) for one in words]
    try:
        for program in programs:
            if program.stdout:
                program.stdout.readline()
        yield
    finally:
        for program in programs:
            program.terminate()
        told = [program.communicate()[0] for program in programs]
        seen.rate = sum(float(line) for line in told if line)


def one_stop(programs: Programs, seen: Latencies) -> None:
    """Swing at full speed, call a stop, and look at the commands that come."""
    ear, limit = programs.ear, programs.ear.spec.velocity[0]
    ear.asks = 1.0
    if not happens(lambda: bool(ear.commands)
                   and abs(ear.commands[-1][1].velocity[0]) > FULL * limit, PATIENCE):
        seen.unmoved += 1
        return
    reason = f'bench {len(seen.braked)}'
    since = len(ear.commands)
    called = time.monotonic()
    ear.stop.call_async(Stop.Request(reason=reason))

    def braking() -> list[float]:
        return [at for at, command in ear.commands[since:] if command.verdict == Command.STOP
                and any(reason in why for why in command.reasons)]

    def at_rest() -> list[float]:
        return [at for at, command in ear.commands[since:]
                if at >= first and not np.any(np.abs(command.velocity) > 1e-6)]
    if not happens(lambda: bool(braking()), PATIENCE):
        seen.unanswered += 1
        return
    first = braking()[0]
    seen.braked.append(first - called)
    if not happens(lambda: bool(at_rest()), PATIENCE):
        seen.unanswered += 1
        return
    seen.rested.append(at_rest()[0] - called)


def run(times: int, domain: int, tell: Callable[[str], None],
        loads: tuple[str, ...] = LOADS) -> list[Latencies]:
    """Stop so many times under each load."""
    found = []
    with tempfile.TemporaryDirectory(dir='.') as name, Programs(
            domain, Path(name), 'fake', Source.RESET) as stage:
        stage.begin('driver')
        stage.begin('safety')
        for load in loads:
            seen = Latencies(load, 1.0 / stage.ear.spec.control_hz)
            with loaded(seen, domain, Path(name)):
                for _ in range(times):
                    one_stop(stage, seen)
                    stage.ear.asks = np.nan
                    wait(0.1)
                    stage.arm()
            found.append(seen)
            tell('  '.join(seen.row()))
    return found


def table(seen: list[Latencies]) -> str:
    """Return the table for docs/benchmarks.md."""
    return markdown([one.row() for one in seen], HEADINGS)
