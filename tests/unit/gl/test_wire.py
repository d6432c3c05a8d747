"""What stands between a request and an answer: amounts, pace, and errors told apart."""

from __future__ import annotations

import itertools

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.fakes.harness import FastClock

from orchestration.core.errors import ConfigurationError
from orchestration.gl.answers import amount_of
from orchestration.gl.port import TargetThrottled, TargetUnavailable
from orchestration.gl.vendors import registry
from orchestration.gl.wire.calling import Call, Caller, backoff_seconds, safe_code
from orchestration.gl.wire.pacing import NoRoomError, Pace, TokenBucket

# -- amounts ----------------------------------------------------------------------------------------------------------


def test_a_fraction_of_a_cent_is_no_amount():
    for text in ("1.005", "x", "NaN", "1e30"):
        with pytest.raises(ValueError, match=r"amount"):
            amount_of(text)


# -- pace -------------------------------------------------------------------------------------------------------------

# a bucket needs more than its burst within the margin, as every vendor's has
BUCKETS = st.builds(
    lambda limit, seconds, share: TokenBucket("b", limit, float(seconds), max(1, int(limit * share))),
    st.integers(4, 600),
    st.integers(1, 90_000),
    st.floats(0.02, 0.6),
)


def most_in_any_window(moments, seconds):
    most, first = 0, 0
    for last, moment in enumerate(moments):
        while moments[first] <= moment - seconds:
            first += 1
        most = max(most, last - first + 1)
    return most


@settings(max_examples=40, deadline=None)
@given(BUCKETS, st.lists(st.floats(0, 200), min_size=1, max_size=120))
def test_no_window_ever_sees_more_than_its_limit_however_calls_come(tmp_path_factory, bucket, pauses):
    clock = FastClock()
    pace = Pace(tmp_path_factory.mktemp("pace"), [bucket], places=1, timing=clock.timing)
    moments = []
    for pause in pauses:
        clock.sleep(pause)
        with pace.turn():
            moments.append(clock.seconds)
    assert most_in_any_window(moments, bucket.window_seconds) <= bucket.limit


@pytest.mark.parametrize("name", registry.names_to_connect())
def test_two_processes_that_never_rest_stay_within_each_vendors_limits_together(tmp_path, name):
    clock = FastClock()
    limits = registry.vendor_named(name).limits
    paces = [Pace(tmp_path, limits.buckets, places=limits.places, timing=clock.timing) for _ in range(2)]
    moments = []
    for pace in itertools.islice(itertools.cycle(paces), 250):
        with pace.turn():
            moments.append(clock.seconds)
    for bucket in limits.buckets:
        assert most_in_any_window(moments, bucket.window_seconds) <= bucket.limit


def test_a_new_process_does_not_start_with_a_full_bucket(tmp_path):
    clock = FastClock()
    bucket = TokenBucket("minute", 10, 60.0, 5)
    for _ in range(5):
        with Pace(tmp_path, [bucket], places=1, timing=clock.timing).turn():
            pass
    assert clock.slept == 0
    with Pace(tmp_path, [bucket], places=1, timing=clock.timing).turn():
        pass
    assert clock.slept > 0


def test_items_of_a_call_are_counted_where_the_vendor_counts_them(tmp_path):
    clock = FastClock()
    bucket = TokenBucket("minute", 100, 60.0, 50, counts="item")
    pace = Pace(tmp_path, [bucket], places=1, timing=clock.timing)
    with pace.turn(items=50):
        pass
    assert clock.slept == 0
    with pace.turn(items=45):
        pass
    assert clock.slept == pytest.approx(60.0, abs=0.1)


def test_a_turn_that_would_take_too_long_is_not_waited_for(tmp_path):
    clock = FastClock()
    pace = Pace(tmp_path, [TokenBucket("day", 4, 86_400.0, 1)], places=1, timing=clock.timing)
    with pace.turn():
        pass
    with pytest.raises(NoRoomError), pace.turn(longest_wait_seconds=60.0):
        pass
    assert clock.slept == 0


def test_nobody_passes_before_the_moment_a_vendor_asked_for(tmp_path):
    clock = FastClock()
    pace = Pace(tmp_path, [], places=1, timing=clock.timing)
    until = clock.seconds + 42
    pace.hold_until(until)
    with Pace(tmp_path, [], places=1, timing=clock.timing).turn():
        assert clock.seconds >= until


def test_a_spoiled_state_file_and_a_clock_set_back_do_not_close_the_road(tmp_path):
    clock = FastClock()
    bucket = TokenBucket("minute", 10, 60.0, 5)
    pace = Pace(tmp_path, [bucket], places=1, timing=clock.timing)
    with pace.turn():
        pass
    (tmp_path / "pace.json").write_text("{half", encoding="utf-8")
    with pace.turn():
        pass
    clock.seconds -= 86_400
    with pace.turn():
        # as long as one request takes to fit, not the day the clock was set back
        assert clock.slept < 15


def test_more_at_once_than_there_are_places_wait_for_one(tmp_path):
    clock = FastClock()
    pace = Pace(tmp_path, [], places=2, timing=clock.timing)
    with pace.turn(), pace.turn():
        waited = []

        def stop(seconds):
            waited.append(seconds)
            raise InterruptedError

        full = Pace(tmp_path, [], places=2, timing=type(clock.timing)(clock.now, stop, lambda: 0.0))
        with pytest.raises(InterruptedError), full.turn():
            pass
    assert len(waited) == 1
    with pace.turn():
        pass


# -- one call ---------------------------------------------------------------------------------------------------------


@given(st.integers(1, 60), st.floats(0, 1, exclude_max=True))
def test_a_wait_is_jittered_and_never_longer_than_half_a_minute(attempt, chance):
    assert 0 < backoff_seconds(attempt, chance) <= 30


def test_a_token_never_travels_in_the_open(tmp_path):
    caller = Caller("xero", "Xero", pace=Pace(tmp_path, [], places=1), permission=None)
    with pytest.raises(ConfigurationError, match="https"):
        caller.once(Call("GET", "http://api.xero.com/api.xro/2.0/Accounts"))


def test_an_allowance_that_is_used_up_is_throttling_and_nothing_is_sent(tmp_path):
    clock = FastClock()
    pace = Pace(tmp_path, [TokenBucket("day", 2, 86_400.0, 1)], places=1, timing=clock.timing)
    with pace.turn():
        pass
    caller = Caller("xero", "Xero", pace=pace, permission=None, timing=clock.timing)
    with pytest.raises(TargetThrottled) as throttled:
        caller.once(Call("GET", "http://127.0.0.1:9/"))
    assert throttled.value.code == "own_pace"


def test_reading_gives_up_after_half_a_minute_of_trying(tmp_path):
    clock = FastClock()
    caller = Caller("xero", "Xero", pace=Pace(tmp_path, [], places=1), permission=None, timing=clock.timing)
    with pytest.raises(TargetUnavailable) as away:
        caller.read(Call("GET", "http://127.0.0.1:9/"))
    assert (away.value.code, away.value.fix) == ("unreachable", "medbooks gl post")
    assert 5 < clock.slept <= 30


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7.0), ("", 60.0), ("soon", 60.0), ("Sat, 28 Mar 2026 10:00:30 GMT", 30.0), ("-5", 60.0)],
)
def test_retry_after_is_seconds_or_a_date_or_a_minute(tmp_path, header, seconds):
    clock = FastClock(1_774_692_000.0)
    caller = Caller("xero", "Xero", pace=Pace(tmp_path, [], places=1), permission=None, timing=clock.timing)
    response = httpx.Response(429, headers={"Retry-After": header} if header else {})
    assert caller.throttled(response).retry_after_seconds == pytest.approx(seconds, abs=0.1)


def test_only_what_looks_like_a_code_gets_into_a_message():
    assert safe_code("BL01001973") == "BL01001973"
    for text in ("Jane Doe", "<b>", "", "x" * 41, None, "12/31/1980"):
        assert safe_code(text) == "?"
