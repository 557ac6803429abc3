"""Clocks of rules on reporting, each with its source and with what recording here does not do."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from registry.domain.actor import ANONYMOUS
from registry.domain.deadline import BUSINESS_DAYS, DISCHARGES_NOTHING, Nature
from registry.service import deadlines
from web.pages.caching import page
from web.site import site_of

_NATURES = {Nature.LAW: "Law", Nature.AGREEMENT: "Agreement", Nature.PROPOSAL: "Proposal, no law"}


async def clocks(request: Request) -> Response:
    """The same table for everybody."""
    found = deadlines.clocks(site_of(request).registry, ANONYMOUS)
    return page(
        request,
        "clocks.html",
        regimes=found,
        natures=_NATURES,
        notice=DISCHARGES_NOTHING,
        business_days=BUSINESS_DAYS,
    )
