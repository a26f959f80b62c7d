"""Runs episodes: reset, run, judge, store, again.

in   reward          what the detector saw        world/truth      what the simulator knows (noted beside)
     action/policy   its word that it is done     safety/status    an episode that is held still is aborted
     episode/stored  the recorder's word
out  episode         where the run is (latched)   reset            asks the reset node (action)
     run_episodes    starts a run (action)        episode/label    a person's verdict (service)
"""
from __future__ import annotations

from dataclasses import replace
from typing import Any

from visuomotor.action import Reset, RunEpisode
from visuomotor.msg import EpisodeOutcome, EpisodeStatus, EpisodeStored, Proposal, Reward, SafetyStatus, WorldTruth
from visuomotor.nodes._ros import qos
from visuomotor.nodes._ros.convert import seconds, stamp
from visuomotor.nodes._ros.goals import Asking, Serving
from visuomotor.nodes._ros.node import Node
from visuomotor.nodes._ros.params import declare
from visuomotor.nodes._ros.run import run
from visuomotor.nodes.supervisor import report
from visuomotor.nodes.supervisor.machine import AT_REST, Machine
from visuomotor.nodes.supervisor.settings import SupervisorSettings
from visuomotor.specs.codes import Phase
from visuomotor.specs.task import load_task
from visuomotor.srv import Label


class SupervisorNode(Node):
    """Speaks for the state machine in machine.py."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__('supervisor', **kwargs)
        self.settings = declare(self, SupervisorSettings)
        self.machine = Machine(self.settings)
        self.asked = 0      # attempt of the newest reset that was asked for
        self.said = 0.0     # when the newest status was published

    def open(self) -> None:
        horizon = self.settings.horizon or load_task(self.settings.task).horizon
        self.machine = Machine(replace(self.settings, horizon=horizon))
        self.status = self.publisher(EpisodeStatus, 'episode', qos.LATCHED)
        self.subscription(Reward, 'reward', self.on_reward, qos.EVENT)
        self.subscription(WorldTruth, 'world/truth', self.on_truth, qos.STATE)
        self.subscription(Proposal, 'action/policy', self.on_proposal, qos.COMMAND)
        self.subscription(SafetyStatus, 'safety/status', self.on_safety, qos.LATCHED)
        self.subscription(EpisodeStored, 'episode/stored', self.on_stored, qos.EVENT)
        self.service(Label, 'episode/label', self.on_label)
        self.reset = Asking(self, Reset, 'reset')
        self.runs = Serving(self, RunEpisode, 'run_episodes',
                            refuse=self.refuse, begin=self.on_run, cancel=self.on_cancel)
        self.timer(1.0 / self.settings.rate, self.on_tick)

    def start(self) -> None:
        if self.settings.autorun:
            self.machine.run(self.settings.episodes, self.settings.seed)

    def halt(self) -> None:
        self.reset.withdraw()
        self.machine.interrupt('the supervisor was deactivated')
        self.publish()
        self.answer()

    # What is heard.
    def on_reward(self, message: Reward) -> None:
        when = seconds(message.header.stamp)
        self.machine.hear_reward(message.value, message.success_probability, message.evidence, when)

    def on_truth(self, message: WorldTruth) -> None:
        self.machine.hear_truth(message.success, message.failed, seconds(message.header.stamp))

    def on_proposal(self, message: Proposal) -> None:
        if message.terminate:
            self.machine.hear_finished(seconds(message.observation_stamp), self.now)

    def on_safety(self, message: SafetyStatus) -> None:
        reason = message.stop_reason if message.stopped else '; '.join(message.reasons)
        self.machine.hear_safety(message.level == SafetyStatus.STOP, message.stopped, message.armed, reason, self.now)

    def on_stored(self, message: EpisodeStored) -> None:
        self.machine.hear_stored(message.number, message.stored, message.file, message.message)

    def on_label(self, request: Label.Request, response: Label.Response) -> Label.Response:
        response.labelled, response.message = self.machine.label(request.number, request.result, request.labelled_by)
        if response.labelled:
            self.publish()
        return response

    # What is asked.
    def refuse(self, request: RunEpisode.Goal) -> str:
        return '' if self.machine.phase in AT_REST else 'a run is under way already; cancel it first'

    def on_run(self, request: RunEpisode.Goal) -> None:
        self.machine.run(request.episodes, request.seed)

    def on_cancel(self) -> None:
        self.machine.stop('the run was cancelled')

    def on_reset(self, attempt: int, result: Reset.Result | None) -> None:
        ready, message = (result.ready, result.message) if result else (False, 'the reset node refused; see its log')
        self.machine.reset_done(attempt, ready, message)

    # What follows.
    def on_tick(self) -> None:
        changed = self.machine.tick(self.now)
        self.seek_reset()
        if changed or self.now - self.said >= self.settings.say_every:
            self.publish()
        if changed and self.machine.phase in AT_REST:
            self.answer()

    def seek_reset(self) -> None:
        wanted = self.machine.attempt if self.machine.phase == Phase.RESETTING else 0
        if wanted == self.asked:
            return
        if not wanted:
            self.reset.withdraw()
        elif self.reset.ready:
            goal = Reset.Goal(seed=self.machine.seed, scene=True)
            self.reset.ask(goal, lambda result: self.on_reset(wanted, result))
        else:
            return  # the reset node is not there yet; the machine's time-out counts
        self.asked = wanted

    def publish(self) -> None:
        now = self.said = self.now
        message = EpisodeStatus(robot=self.settings.robot, task=self.settings.task, policy=self.settings.policy,
                                started=stamp(self.machine.started), **report.status(self.machine))
        message.header.stamp = stamp(now)
        if self.machine.outcome:
            message.outcome = EpisodeOutcome(**report.outcome(self.machine.outcome))
        self.status.publish(message)
        self.runs.feedback(RunEpisode.Feedback(status=message))

    def answer(self) -> None:
        succeeded, result = report.summary(self.machine)
        self.runs.finish(succeeded, RunEpisode.Result(**result))


def main() -> None:
    run(SupervisorNode)
