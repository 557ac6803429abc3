"""Markings: closed unless opened, and never wider within than without."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from registry.domain.content.base import validate
from registry.domain.content.marking import Marking, is_under_embargo
from registry.domain.errors import InvalidInput
from registry.domain.vocabulary import Tlp
from tests.clocks import START


def test_what_is_not_marked_is_closed() -> None:
    marking = Marking()

    assert (Tlp.RED, Tlp.RED, None, None) == (
        marking.tlp,
        marking.restricted_tlp,
        marking.audience,
        marking.embargo_until,
    )


@pytest.mark.parametrize(("tlp", "restricted"), list(product(Tlp, Tlp)), ids=str)
def test_the_restricted_part_is_at_least_as_close(tlp: Tlp, restricted: Tlp) -> None:
    said: dict[str, Any] = {"tlp": tlp, "restricted_tlp": restricted}
    if list(Tlp).index(restricted) >= list(Tlp).index(tlp):
        assert restricted is validate(Marking, said).restricted_tlp
    else:
        with pytest.raises(InvalidInput):
            validate(Marking, said)


@pytest.mark.parametrize("tlp", Tlp)
def test_only_red_has_no_audience(tlp: Tlp) -> None:
    said: dict[str, Any] = {"tlp": tlp, "audience": "cert"}
    if tlp is Tlp.RED:
        with pytest.raises(InvalidInput):
            validate(Marking, said)
    else:
        assert "cert" == validate(Marking, said).audience


def test_an_embargo_ends_at_its_instant() -> None:
    marking = Marking.model_validate({"embargo_until": START})

    assert is_under_embargo(marking, START - timedelta(seconds=1))
    assert not is_under_embargo(marking, START)
    assert not is_under_embargo(Marking(), START)
