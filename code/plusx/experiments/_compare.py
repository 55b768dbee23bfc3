"""Does a recorded experiment come out again? Its numbers against those of a new run."""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

VERDICTS = ("identical", "within rounding", "differs")


class Difference(NamedTuple):
    """A place of the results, what stands there, and how far the two lie apart.

    `units` is the distance in units of the last recorded decimal place, and infinite
    where the two are not numbers or a count differs.
    """

    place: str
    recorded: Any
    measured: Any
    units: float

    @property
    def size(self) -> str:
        """Measured minus recorded, with a sign."""
        both = self.recorded, self.measured
        return f"{both[1] - both[0]:+.6g}" if all(map(_is_number, both)) else "–"


class Comparison(NamedTuple):
    """How many values a record holds, those that differ, and the farthest of them."""

    count: int
    differing: int
    farthest: Difference

    @property
    def verdict(self) -> str:
        """One of `VERDICTS`; one unit of the last place may be rounding."""
        if not self.differing:
            return VERDICTS[0]
        return VERDICTS[1 if self.farthest.units < 1.001 else 2]


def compare(recorded: Mapping[str, Any], measured: Mapping[str, Any]) -> Comparison:
    """Compare the results of a record with those of a new run, value by value."""
    old = dict(leaves(recorded))
    new = dict(leaves(json.loads(json.dumps(measured))))
    places = [*old, *(place for place in new if place not in old)]
    found = [_difference(place, old.get(place), new.get(place)) for place in places]
    return Comparison(
        len(found),
        sum(one.units > 0 for one in found),
        max(found, key=lambda one: (one.units, _is_number(one.recorded))),
    )


def leaves(value: Any, place: str = "results") -> Iterator[tuple[str, Any]]:
    """The single values of nested mappings and lists, each with its place."""
    if isinstance(value, Mapping):
        value = list(value.items())
    elif isinstance(value, list):
        value = list(enumerate(value))
    else:
        yield place, value
        return
    for key, entry in value:
        yield from leaves(entry, f"{place}.{key}")


def describe(name: str, found: Comparison, time_s: float) -> str:
    """A comparison in one line."""
    far = found.farthest
    return (
        f"{name:<17} {found.verdict:<15} {time_s:6.0f} s  "
        f"{found.differing} of {found.count} values differ; {far.place}: "
        f"recorded {far.recorded}, measured {far.measured}, difference {far.size}"
    )


def _difference(place: str, recorded: Any, measured: Any) -> Difference:
    if recorded == measured:
        return Difference(place, recorded, measured, 0.0)
    units = float("inf")
    if _is_number(recorded) and _is_number(measured):
        exponent = min(_exponent(recorded), _exponent(measured))
        if exponent < 0:  # a whole number is a count
            units = abs(measured - recorded) / 10.0**exponent
    return Difference(place, recorded, measured, units)


def _exponent(number: float) -> int:
    """−2 for a number with two decimal places."""
    return int(Decimal(repr(number)).as_tuple().exponent)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
