"""Settings that are lists: in the file as lists, in the environment as one text with commas."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator


def names(value: object) -> object:
    """A text of the environment as the names in it."""
    return tuple(filter(None, map(str.strip, value.split(",")))) if isinstance(value, str) else value


def _network(value: str) -> str:
    try:
        return str(ip_network(value))
    except ValueError:
        # 10.1.2.3/8 is refused too: whoever wrote it meant one machine, or sixteen million.
        raise ValueError("an address or a network is expected, such as 10.0.0.0/8") from None


Networks = Annotated[tuple[Annotated[str, AfterValidator(_network)], ...], BeforeValidator(names)]
