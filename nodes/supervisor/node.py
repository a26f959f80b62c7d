"""Runs episodes: reset, run, judge, store, again.

in   reward          what the detector saw        world/truth      what the simulator knows
     action/policy   its word that it is done     safety/status    what is held still is aborted
     episode/stored  the recorder's word
out  episode         where the run is (latched)   reset            asks the reset node (action)
     run_episodes    starts a run (action)        episode/label    a person's verdict (service)
"""
from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from visuomotor.action import Reset, RunEpisode
from visuomotor.msg import EpisodeStatus, EpisodeStored, Proposal, Reward, SafetyStatus, WorldTruth
from visuomotor.nodes._ros import convert, qos
from visuomotor.nodes._ros.goals import GoalClient, GoalServer
from visuomotor.nodes._ros.node import Node
from visuomotor.nodes._ros.params import declare
from visuomotor.nodes._ros.run import run
from visuomotor.nodes.supervisor import report
from visuomotor.nodes.supervisor.machine import AT_REST, Machine
from visuomotor.nodes.supervisor.settings import SupervisorSettings
from visuomotor.specs.codes import Phase
from visuomotor.specs.errors import short
from visuomotor.specs.task import load_task
from visuomotor.srv import Label


class SupervisorNode(Node):
    """Speaks for the state machine in machine.py."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__('supervisor', **kwargs)
        self.settings = declare(self, SupervisorSettings)

    def open(self) -> None:
        horizon = self.settings.horizon or load_task(self.settings.task).horizon
        self.machine = Machine(replace(self.settings, horizon=horizon))
        self.asked = 0         # attempt of the newest reset asked for
        self.published = 0.0   # when the status was
        self.status = self.publisher(EpisodeStatus, 'episode', qos.LATCHED)
        self.subscription(Reward, 'reward', self.on_reward, qos.EVENT)
        self.subscription(WorldTruth, 'world/truth', self.on_truth, qos.STATE)
        self.subscription(Proposal, 'action/policy', self.on_proposal, qos.COMMAND)
        self.subscription(SafetyStatus, 'safety/status', self.on_safety, qos.LATCHED)
        self.subscription(EpisodeStored, 'episode/stored', self.on_stored, qos.EVENT)
        self.service(Label, 'episode/label', self.on_label)
        self.reset = GoalClient(self, Reset, 'reset')
        self.runs = GoalServer(self, RunEpisode, 'run_episodes',
                               refuse=lambda goal: self.machine.refusal,
                               begin=lambda goal: self.machine.run(goal.episodes, goal.seed),
                               cancel=lambda: self.machine.stop('the run was cancelled'))
        self.timer(1.0 / self.settings.rate, self.on_tick)

    def start(self) -> None:
        if self.settings.autorun:
            self.machine.run(self.settings.episodes, self.settings.seed)

    def halt(self) -> None:
        self.reset.withdraw()
        self.machine.interrupt('the supervisor was deactivated')
        self.publish()
        self.answer()

    # Callbacks.
    def on_reward(self, message: Reward) -> None:
        when, seen = convert.seconds(message.header.stamp), short(message.evidence)
        self.machine.on_reward(message.value, message.success_probability, seen, when)

    def on_truth(self, message: WorldTruth) -> None:
        when = convert.seconds(message.header.stamp)
        self.machine.on_truth(message.success, message.failed, when)

    def on_proposal(self, message: Proposal) -> None:
        if message.terminate:
            self.machine.on_finished(convert.seconds(message.observation_stamp), self.now)

    def on_safety(self, message: SafetyStatus) -> None:
        reason = message.stop_reason if message.stopped else '; '.join(message.reasons)
        self.machine.on_safety(message.level == message.STOP, message.stopped, message.armed,
                               short(reason), self.now)

    def on_stored(self, message: EpisodeStored) -> None:
        self.machine.on_stored(message.number, message.stored, message.file, short(message.message))

    def on_label(self, request: Label.Request, response: Label.Response) -> Label.Response:
        response.labelled, response.message = self.machine.label(
            request.number, request.result, short(request.labelled_by))
        if response.labelled:
            self.publish()
        return response

    def on_reset(self, attempt: int, result: Reset.Result | None) -> None:
        why = short(result.message) if result else 'the reset node refused; see its log'
        self.machine.on_reset(attempt, bool(result and result.ready), why)

    def on_tick(self) -> None:
        ending = self.machine.outcome if self.machine.phase == Phase.STORING else None
        self.machine.missing = self.missing() if not self.machine.attempt else ''
        changed = self.machine.tick(self.now)
        self.seek_reset()
        if changed or self.now - self.published >= self.settings.status_period:
            self.publish()
        if changed and ending and self.settings.log_episodes:
            self.get_logger().info(report.ended(self.machine.outcomes.outcomes[ending.number]))
        if changed and self.machine.phase in AT_REST:
            self.answer()

    # What follows.
    def missing(self) -> str:
        """Say which node is not there yet; a run begins when all are."""
        silent = [topic for topic in self.settings.awaits
                  if not self.count_publishers(self.resolve_topic_name(topic))]
        return f'waiting for somebody to publish {", ".join(silent)}' if silent else ''

    def seek_reset(self) -> None:
        wanted = self.machine.wanted_reset
        if wanted == self.asked or (wanted and not self.reset.ready):
            return  # while the reset node is not there, the machine's time-out counts
        self.asked = wanted
        if wanted:
            goal = Reset.Goal(seed=self.machine.seed, scene=True)
            self.reset.ask(goal, partial(self.on_reset, wanted))
        else:
            self.reset.withdraw()

    def publish(self) -> None:
        self.published = self.now
        message = convert.episode_status(
            self.published, robot=self.settings.robot, task=self.settings.task,
            policy=self.settings.policy, **report.status(self.machine))
        self.status.publish(message)
        self.runs.feedback(RunEpisode.Feedback(status=message))

    def answer(self) -> None:
        succeeded, result = report.summary(self.machine)
        self.runs.finish(succeeded, RunEpisode.Result(**result))
        if self.machine.phase == Phase.FAULT and self.settings.log_episodes:
            self.get_logger().error(f'FAULT: {result["message"]}')
        elif self.machine.phase == Phase.FINISHED and self.settings.log_episodes:
            self.get_logger().info(f'Finished: {result["message"]}')
        if self.settings.ends and self.machine.phase != Phase.IDLE:
            self.exit_code = int(self.machine.phase == Phase.FAULT)


def main() -> None:
    run(SupervisorNode)
