"""The safety filter: one answer to every joint state, a function of values and of what it commanded
before. Without a target an answer commands nothing: the robot holds by itself. Invariant: every
motion that it commands has a stored, jerk-limited braking run to standstill inside the joint
limits, the workspace, and clear of the arm itself and its surroundings. A request that would lose
it is bent or not followed."""
from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
from visuomotor.robots.collision import CollisionScene
from visuomotor.robots.kinematics import Kinematics
from visuomotor.safety import latch as latches
from visuomotor.safety import state_check
from visuomotor.safety.bodies import MovingBodies
from visuomotor.safety.clearance import Clearance
from visuomotor.safety.contact import ContactDetector
from visuomotor.safety.fingers import Fingers
from visuomotor.safety.follow import Follower
from visuomotor.safety.give_way import GiveWay
from visuomotor.safety.handful import total
from visuomotor.safety.latch import Latch
from visuomotor.safety.limit_check import LimitCheck
from visuomotor.safety.limits import Limits
from visuomotor.safety.motion import JerkLimited
from visuomotor.safety.profile import Motion
from visuomotor.safety.request import JointRequest, RequestDecoder
from visuomotor.safety.sources import Sources
from visuomotor.safety.state_check import EAGER, Heat, Reflex, low
from visuomotor.safety.verdict import Permitted, tightest
from visuomotor.safety.whereabouts import Whereabouts, misplaced
from visuomotor.specs.codes import Mode, StopCategory, Verdict
from visuomotor.specs.robot import RobotSpec
from visuomotor.specs.values import SAME_MOMENT, FloatArray, State, Target


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
        self.bodies = MovingBodies(self.clearance, limits) if self.clearance else None
        self.follower = Follower(self.motion, self.check, self.clearance, limits)
        self.whereabouts = Whereabouts(spec, limits)
        self.contact = ContactDetector(spec, limits, kinematics)
        self.give_way = GiveWay(limits, self.contact)
        self.heat = Heat(spec, limits)
        self.fingers = Fingers(spec, limits)
        self.reflex = Reflex(spec, limits) if spec.legs and feels else None
        self.latch = latches.restored(latch) if latch else Latch(armed=armed)
        self.keep: Callable[[Latch], None] = lambda latch: None  # so that a stop outlives us
        self._last = self._silent()
        self._followed: tuple[int, Mode] | None = None
        self._held = self.motion.now.position   # commanded when the stop was called

    def anew(self) -> SafetyFilter:
        """Return an armed filter of the same robot and surroundings that remembers nothing."""
        return SafetyFilter(self.spec, self.kinematics, self.limits, armed=True, scene=self.scene,
                            feels=self.feels)

    # Stop and arm. Seconds are those of a clock that nobody can step.
    def stop(self, reason: str, category: StopCategory = StopCategory.BRAKE) -> None:
        """Latch a stop, until somebody arms. The first one stands, with its place."""
        before, self.latch = self.latch, latches.stop(self.latch, reason, category)
        if not before.stopped:
            self._held = self.motion.now.position
        if self.latch != before:
            self.keep(self.latch)

    def fail(self, why: str) -> None:
        """Latch a stop and command nothing until somebody arms: what was decided nobody knows."""
        self.stop(why)
        self.whereabouts.lose(why)

    def arm(self, reason: str, at: float) -> str:
        """Permit motion again from where the robot is, and forget what was asked; or say why."""
        known = self.whereabouts
        self.latch, why_not = latches.arm(self.latch, reason, known.state, known.age(at),
                                          self.limits.state_age, self.spec)
        if not why_not:
            self.keep(self.latch)
            self.sources.hand(False)   # who still holds the switch says so again
            self.sources.clear()
            self._forget()
            self.give_way.forgive()
            if known.state and self._gap(known.state):
                known.lose('it is not where it was commanded')
            known.vouched = True
        return why_not

    def place(self, body: str, pose: FloatArray, at: float) -> None:
        """Note where a body that fixtures move with is: x y z, quaternion x y z w, base frame."""
        if self.bodies:
            self.bodies.place(body, pose, at)

    # One cycle.
    @property
    def state(self) -> State | None:
        """The newest one that is believed."""
        return self.whereabouts.state

    def silence(self, at: float) -> str:
        """Say that joint_states are missing; '' if they come."""
        return self.whereabouts.silence(at)

    def begin(self, state: State, at: float) -> None:
        """Take it from who put the robot there that it is, so that the next step moves on."""
        self.whereabouts.trust.believe(state, at)
        self._begin(state, at, 'put there')
        self.whereabouts.time.begin(state.stamp - self.motion.beat, at)

    def step(self, state: State, now: float, steady: float | None = None) -> Permitted:
        """Answer one state: where the joints should be a beat after it, and why.

        It was received at `now` of the graph's clock, and at `steady` of one that nobody can step.
        """
        at = now if steady is None else steady
        if why := self.whereabouts.doubt(state, now, at):
            return self._doubt(why, state, at)
        return self._found(state, at) if self.whereabouts.lost else self._go_on(state, at)

    def _go_on(self, state: State, at: float) -> Permitted:
        """Live through the time that passed since the state that was answered last."""
        passed = self.whereabouts.time.passed(state.stamp, at)
        if not passed:
            return replace(self._last, target=None,   # what was commanded holds
                           reasons=(*self._last.reasons, 'this moment was answered already'))
        if not self.whereabouts.time.affords(passed):
            return self._hurried(state, passed)
        return self._live(state, passed, partial(self._decide, state, at))

    def _live(self, state: State, passed: float, decide: Callable[[float], Permitted]) -> Permitted:
        """Decide in steps of a beat at most, each for its own moment."""
        beat = self.motion.beat
        self.whereabouts.time.spend(passed)
        steps = max(1, math.ceil(passed / beat - 0.01))
        self.motion.step = beat if abs(passed - beat) < SAME_MOMENT else passed / steps
        for left in reversed(range(steps)):
            self._last = decide(state.stamp - left * self.motion.step)
            self.contact.sent(self.motion.now.position)
        return self._last

    def _hurried(self, state: State, passed: float) -> Permitted:
        """Wait for the clock to come up with a stamp; one that is far ahead of it is no time."""
        why = 'joint_states run ahead of time'
        if passed > self.limits.state_gap:
            self.whereabouts.lose(why)
        return self._silent(why)

    def _doubt(self, why: str, state: State, at: float) -> Permitted:
        """Brake along the stored way out for states that tell nothing, as long as they come in
        time. Nothing is commanded at rest, nor after a pause: then the robot brakes by itself."""
        late = self.whereabouts.time.quiet(at) > self.limits.state_gap + SAME_MOMENT
        if self.motion.time_to_stop and not (self.whereabouts.lost or late):
            passed = self.whereabouts.time.passed(state.stamp, at)
            if passed and self.whereabouts.time.affords(passed):
                return self._live(state, passed, lambda stamp: self._halt((why,)))
        return self._silent(why)

    def _decide(self, state: State, at: float, stamp: float) -> Permitted:
        self.fingers.ease(state, self.motion.step)
        # under a stop a hand may lead the arm away, but nothing may be pressed
        speeding = self.motion.now.acceleration
        if self.feels and (why := self.contact.contact(state, speeding, self.latch.armed)):
            self._touch(why, state, at)
        if self.latch.forbids:
            return self._stand(state, at, self.latch.forbids)
        if self.bodies and (unseen := self.bodies.unseen(at)):
            return self._halt((unseen,))
        if self.reflex:
            return self._walk(state, stamp, at, self.reflex)
        if self._presses(state, at):
            return self._let_go(state, self.give_way.why)
        self.follower.stray = self.contact.stray(state.position)
        if away := self.follower.escape():
            return self._reflexively(away[0], ', '.join(away[1]))
        return self._follow(state, stamp, at)

    def _touch(self, why: str, state: State, at: float) -> None:
        self.sources.clear()
        if again := self.give_way.touch(why, state, at, self.latch.stopped):
            self.stop(again)

    def _presses(self, state: State, at: float) -> bool:
        return self.give_way.presses(state, at, self.motion.now.position, self.latch.stopped)

    # Beginning, and being lost.
    def _found(self, state: State, at: float) -> Permitted:
        """A new story of where the robot is moves nothing while a stop stands, the driver still
        obeys the old one or the robot moves, nor into what no motion may enter. Who arms takes it
        from where it stands."""
        known = self.whereabouts
        if known.begun and self.latch.forbids:
            return self._silent(self.latch.forbids, f'{known.lost}: nothing is commanded until '
                                                    'somebody arms')
        if wait := known.awaits(state, at):
            return self._silent(f'{known.lost}: nothing is commanded {wait}')
        if known.begun and not known.vouched and (wrong := misplaced(
                state.position, self.check, self.clearance)):
            self.stop(f'{known.lost}, and is where it may not be: {wrong}')
            return self._silent(self.latch.forbids)
        return self._begin(state, at, known.lost)

    def _begin(self, state: State, at: float, why: str) -> Permitted:
        """Begin where the robot is, so that nothing jumps."""
        self.motion.restart(state.position)
        self._forget()
        if self.reflex:
            self.reflex.forget()
        if not self.whereabouts.begun:
            self.fingers.begin(state)
        self.whereabouts.begin(state.stamp, at)
        self._held = self.motion.now.position
        self.sources.clear()
        self.contact.sent(self.motion.now.position)
        self._last = self._answer(self.motion.now, Verdict.STOP,
                                  (f'begins where the robot is: {why}',))
        return self._last

    def _forget(self) -> None:
        """Forget what led here: it is over."""
        self.requests.forget()
        self.contact.forget()
        self.follower.stray = None
        self._followed = None
        self.give_way.forget()
        self.heat.forget()

    def _silent(self, *reasons: str) -> Permitted:
        """Command nothing."""
        return Permitted(None, Verdict.STOP, (*reasons, *self.sources.told()))

    def _gap(self, state: State) -> str:
        """Say how far the robot is from where it is commanded, when that is far."""
        apart = np.abs(state.position - self.motion.now.position)
        worst = int(apart.argmax())
        if apart[worst] <= self.limits.contact_error:
            return ''
        return f'{self.spec.names[worst]} is {apart[worst]:.2f} rad from where it is commanded'

    def _halt(self, reasons: tuple[str, ...], verdict: Verdict = Verdict.STOP) -> Permitted:
        """Brake along the stored way out and hold."""
        self.requests.forget()
        self._followed = None
        return self._answer(self.motion.brake(), verdict, reasons)

    def _stand(self, state: State, at: float, why: str) -> Permitted:
        """Stop as the latch says: brake and stay, or go back to where the stop was called. What is
        touched is let go."""
        if self._presses(state, at):
            return self._let_go(state, why)
        reasons = tuple(filter(None, (why, self._gap(state))))
        if self.latch.category is StopCategory.HOLD:
            if self.contact.stray(state.position) is not None and len(reasons) > 1:
                self.stop('', StopCategory.BRAKE)   # somebody moves it, and means to
            return self._go_to(self._held, reasons)
        if self.reflex and self.latch.stopped and not self.motion.time_to_stop:
            return self._reflexively(self.reflex.lie_down(self.motion.now.position), why)
        return self._halt(reasons)

    def _let_go(self, state: State, why: str) -> Permitted:
        """Give way to contact. Who is pressed follows what presses and not the command, so only the
        way of the command is looked at; where that is not free it is bent."""
        self.follower.stray = None
        place = np.clip(self.give_way.goal, self.check.lower, self.check.upper)
        going = self.motion.toward(place, together=False)
        if going is None or not self.follower.keeps_way_out(going):
            return self._reflexively(EAGER * (place - self.motion.now.position), why)
        return self._answer(self.motion.take(going), Verdict.STOP, (why,))

    def _go_to(self, place: FloatArray, reasons: tuple[str, ...]) -> Permitted:
        going = self.motion.toward(place)
        if going is None or not self.follower.keeps_way_out(going):
            return self._halt(reasons)
        return self._answer(self.motion.take(going), Verdict.STOP, reasons)

    def _walk(self, state: State, stamp: float, at: float, reflex: Reflex) -> Permitted:
        """A legged robot that leans or overheats lies down, and stands up slowly to go on."""
        if state.imu is None or (blind := state_check.no_attitude(state.imu)):
            return self._halt((blind if state.imu else state_check.no_attitude(None),))
        lean = state_check.lean_of(state.imu)
        if why := state_check.tilted(lean, self.limits) or self.heat.hot(state):
            return self._reflexively(reflex.lie_down(self.motion.now.position), f'{why}: lies down')
        rising = reflex.stand_up(self.motion.now.position, low(state, lean, self.limits))
        if rising is not None:
            return self._reflexively(rising, 'stands up slowly')
        return self._follow(state, stamp, at)

    def _reflexively(self, speeds: FloatArray, why: str) -> Permitted:
        self.requests.forget()
        self._followed = None
        granted = self.follower.grant(JointRequest(speeds))
        return self._answer(granted.motion, Verdict.STOP, (why, *granted.reasons))

    def _follow(self, state: State, stamp: float, at: float) -> Permitted:
        heard, silent = self.sources.winner(stamp, at)
        if heard is None:
            return self._halt((silent,)) if silent else self._halt((), Verdict.PASS)
        proposal = heard.proposal
        if self._followed != (proposal.source, proposal.mode):
            self.requests.forget()
            self._followed = (proposal.source, proposal.mode)
        request = self.requests.make(proposal, stamp + self.motion.beat, self.motion.now.position,
                                     self.motion.step)
        permitted = (self._grant(request, state) if request
                     else self._halt((f'no target of {heard.name} is due',)))
        return permitted.answering(proposal, request.asked if request else np.zeros(0),
                                   at - heard.received)

    def _grant(self, request: JointRequest, state: State) -> Permitted:
        self.fingers.move(request.gripper, state, self.motion.step)
        granted = self.follower.grant(request)
        return self._answer(granted.motion, granted.verdict, granted.reasons)

    def _answer(self, motion: Motion, verdict: Verdict, reasons: tuple[str, ...]) -> Permitted:
        gripper = self.fingers.commanded
        if not math.isfinite(total(motion.position) + total(motion.velocity) + (gripper or 0.0)):
            self.fail('a command was no number')   # the last fence: it is never sent
            return self._silent(self.latch.forbids)
        refusals = self.sources.told()
        if refusals:
            verdict = max(verdict, Verdict.CLIP)
        measure = partial(tightest, motion, self.check, self.motion, self.clearance,
                          self.motion.time_to_stop)
        return Permitted(Target(motion.position, motion.velocity, gripper), verdict,
                         (*reasons, *refusals), measure)
