"""What detect-secrets recognises besides: the patterns of chosen plugins, offline and without its settings.

Left out are those that guess by entropy, which alarm at every hash; those whose time grows faster than the text; and
those of which ``formats`` holds a newer form. Texts are read in windows, so that no pattern can cost more than these.
"""

from __future__ import annotations

from collections.abc import Iterator

from detect_secrets.plugins.artifactory import ArtifactoryDetector
from detect_secrets.plugins.aws import AWSKeyDetector
from detect_secrets.plugins.azure_storage_key import AzureStorageKeyDetector
from detect_secrets.plugins.base import RegexBasedDetector
from detect_secrets.plugins.cloudant import CloudantDetector
from detect_secrets.plugins.github_token import GitHubTokenDetector
from detect_secrets.plugins.gitlab_token import GitLabTokenDetector
from detect_secrets.plugins.ibm_cloud_iam import IbmCloudIamDetector
from detect_secrets.plugins.mailchimp import MailchimpDetector
from detect_secrets.plugins.private_key import PrivateKeyDetector
from detect_secrets.plugins.pypi_token import PypiTokenDetector
from detect_secrets.plugins.sendgrid import SendGridDetector
from detect_secrets.plugins.slack import SlackDetector
from detect_secrets.plugins.softlayer import SoftlayerDetector
from detect_secrets.plugins.square_oauth import SquareOAuthDetector
from detect_secrets.plugins.stripe import StripeDetector
from detect_secrets.plugins.telegram_token import TelegramBotTokenDetector
from detect_secrets.plugins.twilio import TwilioKeyDetector

from registry.domain.screening.finding import Code, Match

# Each with texts one of which must be there for it to be asked.
_PLUGINS: tuple[tuple[RegexBasedDetector, tuple[str, ...]], ...] = (
    (ArtifactoryDetector(), ("AKC",)),
    (AWSKeyDetector(), ("AKIA", "ASIA", "ABIA", "ACCA", "aws", "AWS", "A3T")),
    (AzureStorageKeyDetector(), ("AccountKey=",)),
    (CloudantDetector(), ("cloudant",)),
    (GitHubTokenDetector(), ("ghp_", "gho_", "ghu_", "ghs_", "ghr_")),
    (GitLabTokenDetector(), ("glpat-", "gldt-", "glft-", "glsoat-", "glrt-", "GR1348941", "glcbt-", "glagent-")),
    (IbmCloudIamDetector(), ("iam", "ibm", "IBM", "cloud")),
    (MailchimpDetector(), ("-us",)),
    (PrivateKeyDetector(), ("BEGIN ",)),
    (PypiTokenDetector(), ("pypi-",)),
    (SendGridDetector(), ("SG.",)),
    (SlackDetector(), ("xox", "hooks.slack.com")),
    (SoftlayerDetector(), ("softlayer",)),
    (SquareOAuthDetector(), ("sq0csp-",)),
    (StripeDetector(), ("k_live_",)),
    (TelegramBotTokenDetector(), (":",)),
    (TwilioKeyDetector(), ("AC", "SK")),
)
_WINDOW = 4096
_OVERLAP = 256


def library_secrets(text: str) -> Iterator[Match]:
    """Secrets that the plugins know, placeholders among them."""
    for plugin, signs in _PLUGINS:
        if any(sign in text for sign in signs):
            rule = plugin.secret_type.lower().replace(" ", "-")
            for start in range(0, max(len(text) - _OVERLAP, 1), _WINDOW - _OVERLAP):
                yield from _in_window(plugin, rule, text[start : start + _WINDOW], start)


def _in_window(plugin: RegexBasedDetector, rule: str, window: str, at: int) -> Iterator[Match]:
    for pattern in plugin.denylist:
        for found in pattern.finditer(window):
            # Where a name is assigned to, the plugins put the value into a group.
            group = pattern.groups if pattern.groups and len(found[pattern.groups] or "") >= 12 else 0
            start, end = found.span(group)
            if end - start >= 12:
                yield Match(at + start, at + end, Code.SECRET_DETECTED, rule)
