"""The settings that say when something stands out, and what follows then."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field

from registry.domain.alert import AlertKind
from registry.domain.anomaly import Thresholds
from registry.settings.lists import names


class AlertSettings(BaseModel):
    """An hour stands out above what its subject never went beyond twice over, and above the numbers here."""

    monitor_seconds: float = Field(
        60.0, gt=0, le=600, description="Pause between two looks at what was done; also how long counts are kept back."
    )
    alert_requests: int = Field(500, ge=1, description="Requests an hour of one key that never raise an alert.")
    alert_cost: int = Field(200_000, ge=1, description="Cost of queries an hour of one key that never raises an alert.")
    alert_restricted: int = Field(
        30, ge=1, description="Restricted parts that a person may read in an hour without an alert."
    )
    alert_edits: int = Field(
        30, ge=1, description="Records that a person may revise or take down in an hour without an alert."
    )
    alert_new_factor: int = Field(
        4, ge=1, le=100, description="How many times these numbers hold for a key that is not known for a day yet."
    )
    alert_peak_factor: float = Field(
        2.0, ge=1, le=100, description="How many times its greatest hour of four weeks a key may reach."
    )
    alert_spreads: float = Field(
        4.0, ge=1, le=100, description="How many standard deviations above its mean a key may reach."
    )
    alert_failures_address: int = Field(
        30, ge=1, description="Wrong keys or sign-ins an hour from one address that raise an alert."
    )
    alert_failures_account: int = Field(
        10, ge=1, description="Wrong keys or sign-ins an hour for one account that raise an alert."
    )
    alert_spray_accounts: int = Field(
        5, ge=2, description="Accounts tried from one address in an hour that raise an alert."
    )
    alert_known_networks: int = Field(
        2,
        ge=1,
        le=100,
        description="A key that came from more networks than these is one that moves: a new one is none.",
    )
    alert_two_places_minutes: int = Field(
        5, ge=1, le=60, description="Minutes that a key is used from two networks at once before that raises an alert."
    )
    auto_freeze: Annotated[tuple[AlertKind, ...], BeforeValidator(names)] = Field(
        (),
        description="Kinds of alerts that freeze the key or person they are about at once; in the environment with "
        "commas. Only two_places, volume, mass_reads and mass_edits have any effect.",
    )
    event_address_days: int = Field(90, ge=1, le=730, description="Days until the network address goes from an event.")

    @property
    def thresholds(self) -> Thresholds:
        """What the detectors ask."""
        return Thresholds(
            requests=self.alert_requests,
            cost=self.alert_cost,
            restricted=self.alert_restricted,
            edits=self.alert_edits,
            new_factor=self.alert_new_factor,
            peak_factor=self.alert_peak_factor,
            spreads=self.alert_spreads,
            failures_address=self.alert_failures_address,
            failures_account=self.alert_failures_account,
            spray_accounts=self.alert_spray_accounts,
            known_networks=self.alert_known_networks,
            two_places_minutes=self.alert_two_places_minutes,
        )
