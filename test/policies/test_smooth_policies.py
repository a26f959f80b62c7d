"""Exploration, filters and handing over: facts of each, in literals."""
from __future__ import annotations

import numpy as np
import pytest
from visuomotor.policies.act.hold import Hold, HoldSettings
from visuomotor.policies.act.hostile import ENDLESS, Hostile, HostileSettings
from visuomotor.policies.act.switching import Familiarity, Recovering
from visuomotor.policies.learn.exploration import Coloured, OrnsteinUhlenbeck
from visuomotor.policies.learn.smoothing import LowPass, rate_penalty
from visuomotor.specs.policy import Gives, Role

HOLD = Hold(HoldSettings(), Role(Gives(1)))


def run(noise, count, seed=0):
    noise.reset(np.random.default_rng(seed))
    return np.array([noise.sample() for _ in range(count)])


@pytest.mark.parametrize('period', [0.01, 0.05])
def test_ornstein_uhlenbeck_has_its_spread_and_memory_at_any_rate(period):
    drawn = run(OrnsteinUhlenbeck(2, spread=0.3, memory=0.2, period=period), 60_000)
    assert drawn.std(axis=0) == pytest.approx([0.3, 0.3], rel=0.05)
    later = round(0.2 / period)   # after its memory 1/e of the correlation is left
    assert np.corrcoef(drawn[:-later, 0], drawn[later:, 0])[0, 1] == pytest.approx(0.368, abs=0.04)
    assert abs(np.corrcoef(drawn.T)[0, 1]) < 0.1


def test_ornstein_uhlenbeck_begins_spread_and_not_at_zero():
    first = np.array([run(OrnsteinUhlenbeck(1, 0.5, 1.0, 0.01), 1, seed)[0, 0]
                      for seed in range(2000)])
    assert first.std() == pytest.approx(0.5, rel=0.06)


@pytest.mark.parametrize(('colour', 'slope'), [(0.0, 0.0), (1.0, -1.0), (2.0, -2.0)])
@pytest.mark.parametrize('length', [1000, 1001])
def test_the_power_of_coloured_noise_falls_with_its_colour(colour, slope, length):
    drawn = run(Coloured(40, 0.4, colour, length), length)
    power = (np.abs(np.fft.rfft(drawn, axis=0)) ** 2).mean(axis=1)[2:400]
    fitted = np.polyfit(np.log(np.arange(2, 400)), np.log(power), 1)[0]
    assert fitted == pytest.approx(slope, abs=0.12)
    assert np.sqrt((drawn**2).mean()) == pytest.approx(0.4, rel=0.2 if colour == 2 else 0.06)


@pytest.mark.parametrize('noise', [OrnsteinUhlenbeck(3, 1.0, 0.1, 0.05), Coloured(3, 1.0, 1.0, 64)])
def test_noise_is_the_generator_alone(noise):
    assert (run(noise, 100, 5) == run(noise, 100, 5)).all()
    assert (run(noise, 100, 5) != run(noise, 100, 6)).any()


@pytest.mark.parametrize('make', [
    lambda: OrnsteinUhlenbeck(0, 1, 1, 1), lambda: OrnsteinUhlenbeck(1, 1, 0, 1),
    lambda: OrnsteinUhlenbeck(1, -1, 1, 1), lambda: Coloured(1, 1, 3.0, 100),
    lambda: Coloured(1, 1, 1.0, 2),
    lambda: LowPass(10.0, 20.0), lambda: LowPass(0.0, 20.0),
    lambda: rate_penalty(np.zeros((3, 1)), 0.0), lambda: Familiarity(np.zeros((2, 2))),
    lambda: Recovering(HOLD, HOLD, lambda _: 0.0, enter=1.0, leave=1.0)])
def test_numbers_that_make_no_sense_are_refused(make):
    with pytest.raises(ValueError, match='should'):
        make()


def test_what_changes_costs_and_what_stands_does_not():
    assert rate_penalty(np.ones((5, 2)), 0.1) == 0.0
    ramp = np.array([[0.0], [0.1], [0.2]])
    # 1 per second, squared
    assert rate_penalty(ramp, 0.1) == pytest.approx(1.0)
    # and steadily so
    assert rate_penalty(ramp, 0.1, price=0.0, bend_price=1.0) == pytest.approx(0.0)
    assert rate_penalty(np.array([[0.0], [1.0], [0.0]]), 1.0, 0.0, 1.0) == pytest.approx(4.0)
    assert rate_penalty(np.zeros((1, 2)), 0.1, 1.0, 1.0) == 0.0


def gain(frequency):
    """The gain of a 5 Hz low-pass at 100 Hz for one sine, once it has settled."""
    low, times = LowPass(5.0, 100.0), np.arange(4000) / 100
    out = np.array([low(np.array([value]))[0] for value in np.sin(2 * np.pi * frequency * times)])
    return np.sqrt(2 * (out[2000:] ** 2).mean())


def test_a_butterworth_filter_has_half_the_power_at_its_corner_and_falls_off_beyond():
    assert gain(0.5) == pytest.approx(1.0, abs=1e-3)
    assert gain(5.0) == pytest.approx(0.7071, abs=1e-3)
    assert gain(40.0) < 0.0035
    # 1 / sqrt(1 + (tan(0.1 pi) / tan(0.05 pi))^4)
    assert gain(10.0) == pytest.approx(0.2312, abs=1e-3)


def test_a_filter_begins_where_its_input_begins_and_ends_where_it_ends():
    low = LowPass(2.0, 50.0)
    assert [low(np.array([3.0, -1.0])).tolist()
            for _ in range(5)] == [pytest.approx([3.0, -1.0])] * 5
    for _ in range(200):
        out = low(np.array([1.0, 1.0]))
    assert out == pytest.approx([1.0, 1.0], abs=1e-6)
    low.reset()
    assert low(np.array([7.0, 7.0])) == pytest.approx([7.0, 7.0])


def test_familiar_states_are_near_and_strange_ones_are_far():
    rng = np.random.default_rng(0)
    safe = rng.normal(0, [1.0, 0.1], (2000, 2))
    near = Familiarity(safe)
    assert near(np.zeros(2)) < 0.1
    assert np.mean([near(row) <= 1.0 for row in safe]) == pytest.approx(0.99, abs=0.001)
    assert near(np.array([0.0, 1.0])) > 3.0     # ten deviations along the narrow side
    assert near(np.array([1.0, 0.0])) < 1.0     # one along the wide side
    assert near(np.array([np.nan, 0.0])) == np.inf


class Ones(Hold):
    """Answers with ones, and counts its beginnings."""

    resets, finished = 0, True

    def reset(self, rng):
        self.resets += 1

    def act(self, observation):
        return np.ones((1, 1))


def test_a_recovery_policy_takes_over_in_danger_and_hands_back_later():
    recovery = Ones(HoldSettings(), Role(Gives(1)))
    both = Recovering(HOLD, recovery, lambda seen: float(seen['danger'][0]), enter=1.5, leave=1.0)
    both.reset(np.random.default_rng(0))
    said = [float(both.act({'danger': np.array([danger])})[0, 0])
            for danger in (0.5, 1.2, 1.6, 1.2, 1.1, 0.9, 1.2)]
    assert said == [0.0, 0.0, 1.0, 1.0, 1.0, 0.0, 0.0]
    assert (both.handovers, recovery.resets) == (1, 1)


def test_nothing_is_finished_while_recovering():
    both = Recovering(Ones(HoldSettings(), Role(Gives(1))), HOLD, lambda seen: 9.0)
    both.reset(np.random.default_rng(0))
    assert both.finished
    both.act({})
    assert not both.finished


def test_the_hostile_policy_does_every_harm_it_promises():
    policy = Hostile(HostileSettings(), Role(Gives(5), gripper=True))
    policy.reset(np.random.default_rng(1))
    chunks = [policy.act({}) for _ in range(6000)]
    assert {chunk.shape for chunk in chunks} == {(1, 5), (ENDLESS, 5)}
    rows = np.array([chunk[0] for chunk in chunks])
    assert np.isnan(rows).any()
    assert np.isinf(rows).any()
    assert (np.abs(rows[np.isfinite(rows)]) > 50).any()
    assert (rows[:, 2] == -1.0).mean() > 0.3
    policy.reset(np.random.default_rng(1))
    assert np.array_equal(np.array([policy.act({})[0] for _ in range(50)]), rows[:50],
                          equal_nan=True)


