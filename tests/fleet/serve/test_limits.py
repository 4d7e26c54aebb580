"""How often: a bucket that fills with time, for each token and each terminal."""

from __future__ import annotations

from agent.fleet.serve.limits import Buckets, Rate

RATE = Rate(per_s=2.0, burst=10.0)


class Time:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_then_the_rate() -> None:
    time = Time()
    buckets = Buckets(time)
    assert [buckets.wait_s("a", RATE) for _ in range(10)] == [0.0] * 10
    assert buckets.wait_s("a", RATE) == 0.5
    time.now += 0.5
    assert buckets.wait_s("a", RATE) == 0.0
    assert buckets.wait_s("a", RATE) > 0


def test_each_has_its_own() -> None:
    buckets = Buckets(Time())
    assert buckets.wait_s("a", RATE, 10) == 0.0
    assert buckets.wait_s("b", RATE) == 0.0


def test_what_is_refused_costs_nothing() -> None:
    time = Time()
    buckets = Buckets(time)
    buckets.wait_s("a", RATE, 10)
    for _ in range(100):
        buckets.wait_s("a", RATE)
    time.now += 0.5
    assert buckets.wait_s("a", RATE) == 0.0


def test_more_than_a_burst_may_pass_once_the_bucket_is_full_and_is_paid_for_afterwards() -> None:
    time = Time()
    buckets = Buckets(time)
    assert buckets.wait_s("a", RATE, 30) == 0.0
    assert buckets.wait_s("a", RATE) == (1 + 20) / 2
    time.now += 15
    assert buckets.wait_s("a", RATE, 10) == 0.0


def test_whoever_does_not_come_any_more_is_forgotten() -> None:
    time = Time()
    buckets = Buckets(time)
    for number in range(5000):
        buckets.wait_s(str(number), RATE)
        time.now += 2
    assert len(buckets._left) < 4000
