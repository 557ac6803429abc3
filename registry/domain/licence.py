"""What a licence lets others do, and what it asks of them; by SPDX id.

The list holds the licences that publishers of this field use. What is not in it is taken to permit nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

_OPERATORS = re.compile(r"\s+(OR|AND)\s+")


class Duty(StrEnum):
    """What a licence asks for, or forbids."""

    ATTRIBUTION = "attribution"
    SHARE_ALIKE = "share-alike"
    NON_COMMERCIAL = "non-commercial"
    NO_DERIVATIVES = "no-derivatives"


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds of a licence, or of several joined by ``OR`` or ``AND``.

    Attributes:
        is_known: whether it is in our list; where it is not, nothing is permitted and every duty has to be feared.
        url: where its text stands.
    """

    is_known: bool
    duties: frozenset[Duty]
    url: str | None = None

    @property
    def permits(self) -> bool:
        """Whether texts may be kept, changed and passed on by everybody, a seller included."""
        return self.is_known and not self.duties & {Duty.NON_COMMERCIAL, Duty.NO_DERIVATIVES}

    def may_ask(self, duty: Duty) -> bool:
        """Whether it asks for *duty*, as far as is known."""
        return not self.is_known or duty in self.duties


_UNKNOWN = Terms(False, frozenset())
_BY = (Duty.ATTRIBUTION,)
_BY_SA = (Duty.ATTRIBUTION, Duty.SHARE_ALIKE)
_CC = "https://creativecommons.org/licenses"
_OSI = "https://opensource.org/license"


def _creative_commons() -> dict[str, Terms]:
    parts = {"by": Duty.ATTRIBUTION, "sa": Duty.SHARE_ALIKE, "nc": Duty.NON_COMMERCIAL, "nd": Duty.NO_DERIVATIVES}
    found = {}
    for name in ("by", "by-sa", "by-nc", "by-nd", "by-nc-sa", "by-nc-nd"):
        duties = frozenset(parts[one] for one in name.split("-"))
        for version in ("2.0", "2.5", "3.0", "4.0"):
            found[f"CC-{name.upper()}-{version}"] = Terms(True, duties, f"{_CC}/{name}/{version}/")
    return found


# Licences by SPDX id; the ids and their addresses are from spdx.org/licenses.
LICENCES: dict[str, Terms] = {
    **_creative_commons(),
    **{
        name: Terms(True, frozenset(duties), url)
        for name, duties, url in (
            ("CC0-1.0", (), "https://creativecommons.org/publicdomain/zero/1.0/"),
            ("PDDL-1.0", (), "https://opendatacommons.org/licenses/pddl/1-0/"),
            ("Unlicense", (), "https://unlicense.org/"),
            ("0BSD", (), f"{_OSI}/0bsd"),
            ("Apache-2.0", _BY, f"{_OSI}/apache-2-0"),
            ("BSD-2-Clause", _BY, f"{_OSI}/bsd-2-clause"),
            ("BSD-3-Clause", _BY, f"{_OSI}/bsd-3-clause"),
            ("ISC", _BY, f"{_OSI}/isc-license-txt"),
            ("MIT", _BY, f"{_OSI}/mit"),
            ("OGL-UK-3.0", _BY, "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"),
            ("ODC-By-1.0", _BY, "https://opendatacommons.org/licenses/by/1-0/"),
            ("CDLA-Permissive-1.0", _BY, "https://cdla.dev/permissive-1-0/"),
            ("CDLA-Permissive-2.0", _BY, "https://cdla.dev/permissive-2-0/"),
            ("CDLA-Sharing-1.0", _BY_SA, "https://cdla.dev/sharing-1-0/"),
            ("ODbL-1.0", _BY_SA, "https://opendatacommons.org/licenses/odbl/1-0/"),
            ("MPL-2.0", _BY_SA, f"{_OSI}/mpl-2-0"),
            ("GFDL-1.3-or-later", _BY_SA, "https://www.gnu.org/licenses/fdl-1.3.html"),
            ("GPL-2.0-only", _BY_SA, f"{_OSI}/gpl-2-0"),
            ("GPL-2.0-or-later", _BY_SA, f"{_OSI}/gpl-2-0"),
            ("GPL-3.0-only", _BY_SA, f"{_OSI}/gpl-3-0"),
            ("GPL-3.0-or-later", _BY_SA, f"{_OSI}/gpl-3-0"),
            ("AGPL-3.0-only", _BY_SA, f"{_OSI}/agpl-3-0"),
            ("AGPL-3.0-or-later", _BY_SA, f"{_OSI}/agpl-3-0"),
        )
    },
}  # fmt: skip
_BY_LOWER = {name.lower(): name for name in LICENCES}


def terms_of(licence: str, obligations: Sequence[str] = ()) -> Terms:
    """What holds of *licence*: one, or several joined by ``OR``, of which the freest is chosen, or by ``AND``.

    Args:
        obligations: what the publisher asks for besides, as in a marking; ``share-alike`` and the like are recognised.
    """
    choices = [_joined([_one(each) for each in part]) for part in _alternatives(licence)]
    # Among those that are permitted the one with the fewest duties, else what is known best.
    chosen = min(choices, key=lambda one: (not one.permits, not one.is_known, len(one.duties)), default=_UNKNOWN)
    asked = frozenset(duty for duty in Duty if duty.value in {one.strip().lower() for one in obligations})
    return Terms(chosen.is_known, chosen.duties | asked, chosen.url)


def permits_texts(licence: str) -> bool:
    """Whether texts under *licence*, or under one of several joined by OR, may be kept and shown to others."""
    return terms_of(licence).permits


def is_known(licence: str) -> bool:
    """Whether *licence* is an SPDX id of our list, or several joined of which each is."""
    return all(_one(each).is_known for part in _alternatives(licence) for each in part)


def _alternatives(licence: str) -> list[list[str]]:
    """The licences of each alternative: ``A OR B AND C`` is A, or B and C."""
    found: list[list[str]] = [[]]
    for at, one in enumerate(_OPERATORS.split(licence.strip())):
        if at % 2 == 0:
            found[-1].append(one.strip(" ()"))
        elif one == "OR":
            found.append([])
    return found


def _one(licence: str) -> Terms:
    name = _BY_LOWER.get(licence.lower())
    return _UNKNOWN if name is None else LICENCES[name]


def _joined(all_of: Sequence[Terms]) -> Terms:
    duties = frozenset(duty for one in all_of for duty in one.duties)
    return Terms(all(one.is_known for one in all_of), duties, all_of[0].url if len(all_of) == 1 else None)
