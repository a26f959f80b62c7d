"""The safety filter: one answer to every joint state, a function of values and of what it commanded
before. Invariant: every motion that it commands has a stored, jerk-limited braking run to
standstill inside the joint limits, the workspace, and clear of the arm itself and its surroundings.
A request that would lose it is bent or not followed."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
from visuomotor.robots.collision import CollisionScene
from visuomotor.robots.kinematics import Kinematics
from visuomotor.safety import latch as latches
from visuomotor.safety import state_check
from visuomotor.safety.clearance import Clearance
from visuomotor.safety.follow import Follower
from visuomotor.safety.latch import Latch
from visuomotor.safety.limit_check import LimitCheck
from visuomotor.safety.limits import Limits
from visuomotor.safety.motion import JerkLimited
from visuomotor.safety.profile import Motion
from visuomotor.safety.request import JointRequest, RequestDecoder
from visuomotor.safety.sources import Sources
from visuomotor.safety.state_check import ContactDetector, Reflex, low, squeezed
from visuomotor.safety.verdict import Permitted, tightest
from visuomotor.specs.codes import Mode, StopCategory, Verdict
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import FloatArray, State, Target


class SafetyFilter:
    """Stands between every source of motion and one robot."""

    def __init__(self, spec: RobotSpec, kinematics: Kinematics | None, limits: Limits, *,
                 armed: bool = False, scene: CollisionScene | None = None,
                 latch: Latch | None = None, feels: bool = True) -> None:
        self.spec = spec
        self.kinematics = kinematics
        self.limits = limits
        self.scene = scene    # what stands around
        self.feels = feels    # whether contact, heat and tilt are answered
        self.sources = Sources(spec, limits)
        self.motion = JerkLimited(spec, limits)
        self.check = LimitCheck(spec, kinematics, limits)
        self.requests = RequestDecoder(spec, kinematics, limits, self.check)
        self.clearance = Clearance(scene) if scene else None
        self.follower = Follower(self.motion, self.check, self.clearance, limits)
        self.contact = ContactDetector(spec, limits)
        self.reflex = Reflex(spec, limits) if spec.legs and feels else None
        self.latch = latch or Latch(armed=armed)
        self.keep: Callable[[Latch], None] = lambda latch: None  # so that a stop outlives us
        self.state: State | None = None
        self.received = -np.inf   # s, when the newest state came
        self._gripper = 0.0
        self._begun = False
        self._again = ''          # why motion begins again from the measured state
        self._followed: tuple[int, Mode] | None = None
        self._held = self.motion.now.position   # commanded when the stop was called
        self._seen = dict.fromkeys(scene.moving if scene else (), -np.inf)  # s, bodies placed
        self._touched = ''        # the last contact
        self._until = -np.inf     # s, when the arm has given way to it

    def anew(self) -> SafetyFilter:
        """Return an armed filter of the same robot and surroundings that remembers nothing."""
        return SafetyFilter(self.spec, self.kinematics, self.limits, armed=True, scene=self.scene,
                            feels=self.feels)

    # Stop and arm.
    def stop(self, reason: str, category: StopCategory = StopCategory.BRAKE) -> None:
        """Latch a stop, until somebody arms. The first one stands, with its place."""
        if not self.latch.stopped:
            self.latch = latches.stop(self.latch, reason, category)
            self._held = self.motion.now.position
            self.keep(self.latch)

    def arm(self, reason: str, now: float) -> str:
        """Permit motion again from where the robot is, and forget what was asked; or say why."""
        self.latch, why_not = latches.arm(self.latch, reason, self.state, self.state_age(now),
                                          self.limits.state_age, self.spec)
        if not why_not:
            self.keep(self.latch)
            self._again = f'armed: {reason.strip()}'
            self.sources.clear()
        return why_not

    def place(self, body: str, pose: FloatArray, now: float) -> None:
        """Note where a body that fixtures move with is: x y z, quaternion x y z w, base frame."""
        if self.clearance and body in self._seen:
            self._seen[body] = now
            self.clearance.place(body, pose)

    # One cycle.
    def state_age(self, now: float) -> float:
        """Seconds since the newest joint_states were received; infinite when none ever were."""
        return now - self.received

    def silence(self, now: float) -> str:
        """Say that joint_states are missing (the driver then brakes by itself); '' if they come."""
        if self.state is None:
            return 'no joint_states have come yet'
        age = self.state_age(now)
        return '' if 0.0 <= age <= self.limits.state_age else f'no joint_states for {age:.2f} s'

    def step(self, state: State, now: float) -> Permitted:
        """Answer one state, received at `now`: where the joints should be a beat later, and why."""
        permitted = self._decide(state, now)
        self.contact.sent(permitted.target.position)
        return permitted

    def _decide(self, state: State, now: float) -> Permitted:
        if unusable := state_check.unusable(state, now, self.limits):
            return self._halt((unusable,))
        broken = self._again or state_check.broken_off(state, self.state, self.spec, self.limits)
        self._note(state, now)
        if broken:
            return self._begin(state, broken)
        if self.latch.forbids:
            return self._stand(self.latch.forbids)
        if lost := self._lost(now):
            return self._halt((lost,))
        if self.reflex:
            return self._walk(state, now, self.reflex)
        if self.feels and (why := self.contact.contact(state)):
            self._touched, self._until = why, state.stamp + self.limits.contact_pause
            self.sources.clear()
        if state.stamp < self._until:
            return self._give_way(state)
        return self._follow(state.stamp, now)

    def _lost(self, now: float) -> str:
        """Say which moving body has not been heard of; '' when all have."""
        for body, seen in self._seen.items():
            if not 0.0 <= now - seen <= self.limits.body_age:
                return f'no pose of {body} for {self.limits.body_age:g} s: where it is nobody knows'
        return ''

    def _note(self, state: State, now: float) -> None:
        if self.state is not None and state.stamp < self.state.stamp:
            self.sources.clear()
            self._until = -np.inf
        self.state, self.received = state, now

    def _begin(self, state: State, why: str) -> Permitted:
        """Begin where the robot is, so that nothing jumps. One found in motion is braked."""
        self._again = ''
        moving = np.abs(state.velocity) > latches.STILL * self.spec.velocity
        self.motion.restart(state.position, np.where(moving, state.velocity, 0.0))
        self.requests.forget()
        self.contact.forget()
        if self.reflex:
            self.reflex.forget()
        self._followed = None
        if not self._begun:
            self._begun = True
            self._gripper = min(max(state.gripper, 0.0), 1.0)
        return self._answer(self.motion.now, Verdict.STOP, (f'begins where the robot is: {why}',))

    def _halt(self, reasons: tuple[str, ...], verdict: Verdict = Verdict.STOP) -> Permitted:
        """Brake along the stored way out and hold."""
        self.requests.forget()
        self._followed = None
        return self._answer(self.motion.brake(), verdict, reasons)

    def _stand(self, why: str) -> Permitted:
        """Stop as the latch says: brake and stay, or go back to where the stop was called."""
        if self.latch.category is StopCategory.HOLD:
            return self._go_to(self._held, why)
        if self.reflex and self.latch.stopped and not self.motion.time_to_stop:
            return self._reflexively(self.reflex.lie_down(self.motion.now.position), why)
        return self._halt((why,))

    def _give_way(self, state: State) -> Permitted:
        """Relax after contact: want to be where the arm was pushed to."""
        return self._go_to(np.clip(state.position, self.check.lower, self.check.upper),
                           self._touched)

    def _go_to(self, place: FloatArray, why: str) -> Permitted:
        going = self.motion.toward(place)
        if going is None or not self.follower.keeps_way_out(going):
            return self._halt((why,))
        return self._answer(self.motion.take(going), Verdict.STOP, (why,))

    def _walk(self, state: State, now: float, reflex: Reflex) -> Permitted:
        """A legged robot that leans or overheats lies down, and stands up slowly to go on."""
        if state.imu is None:
            return self._halt(('no attitude: imu is missing or old',))
        lean = state_check.lean_of(state.imu)
        if why := state_check.tilted(lean, self.limits) or self.contact.hot(state):
            return self._reflexively(reflex.lie_down(self.motion.now.position), f'{why}: lies down')
        rising = reflex.stand_up(self.motion.now.position, low(state, lean, self.limits))
        if rising is not None:
            return self._reflexively(rising, 'stands up slowly')
        return self._follow(state.stamp, now)

    def _reflexively(self, speeds: FloatArray, why: str) -> Permitted:
        self.requests.forget()
        self._followed = None
        granted = self.follower.grant(JointRequest(speeds))
        return self._answer(granted.motion, Verdict.STOP, (why, *granted.reasons))

    def _follow(self, stamp: float, now: float) -> Permitted:
        heard, silent = self.sources.winner(stamp)
        if heard is None:
            return self._halt((silent,)) if silent else self._halt((), Verdict.PASS)
        proposal = heard.proposal
        if self._followed != (proposal.source, proposal.mode):
            self.requests.forget()
            self._followed = (proposal.source, proposal.mode)
        request = self.requests.make(proposal, stamp, self.motion.now.position)
        permitted = (self._grant(request) if request
                     else self._halt((f'no target of {heard.name} is due',)))
        return replace(permitted, source=proposal.source, mode=int(proposal.mode),
                       asked=request.asked if request else np.zeros(0),
                       observed=proposal.observed, policy_hash=proposal.policy_hash,
                       proposal_age=now - heard.received)

    def _grant(self, request: JointRequest) -> Permitted:
        self._grip(request.gripper)
        granted = self.follower.grant(request)
        return self._answer(granted.motion, granted.verdict, granted.reasons)

    def _grip(self, wanted: float | None) -> None:
        if wanted is not None and self.spec.gripper is not None:
            stride = self.spec.gripper.speed * self.motion.dt
            if self.state and squeezed(self.state, self.spec, self.limits):
                wanted = min(wanted, self.state.gripper)
            self._gripper += min(max(min(max(wanted, 0.0), 1.0) - self._gripper, -stride), stride)

    def _answer(self, motion: Motion, verdict: Verdict, reasons: tuple[str, ...]) -> Permitted:
        refusals = self.sources.told()
        if refusals:
            verdict = max(verdict, Verdict.CLIP)
        gripper = self._gripper if self.spec.gripper is not None else None
        measure = partial(tightest, motion, self.check, self.motion, self.clearance,
                          self.motion.time_to_stop)
        return Permitted(Target(motion.position, motion.velocity, gripper), verdict,
                         (*reasons, *refusals), measure)
