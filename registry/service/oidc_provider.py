"""Asking an OpenID provider: its description, its keys, and the token for a code. What it says is checked in full.

Descriptions and keys are remembered for an hour, in this process; keys are read anew, once, for a key that is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from registry.domain.errors import CommonsError, Unauthenticated
from registry.ports import Registry
from registry.ports.outbound import FetchRequest, FetchResponse
from registry.settings.sign_in import OidcProvider

# Signatures by keys that the provider alone holds. Neither "none" nor those by a shared secret are among them.
ALGORITHMS = ["RS256", "PS256", "ES256", "ES384", "Ed25519", "EdDSA"]
_KEY_TYPES = frozenset({"RSA", "EC", "OKP"})
_REMEMBERED = timedelta(hours=1)
_LEEWAY_SECONDS = 60
_MAX_BYTES = 200_000

_known: dict[tuple[str, str], tuple[datetime, Any]] = {}


@dataclass(frozen=True, slots=True)
class Description:
    """What is needed of a provider's own description."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    tells_issuer: bool


def describe(registry: Registry, provider: OidcProvider) -> Description:
    """The provider's description of itself.

    Raises:
        Unauthenticated: it cannot be read, or is another issuer's.
    """
    said = _remembered(registry, provider.issuer.rstrip("/") + "/.well-known/openid-configuration")
    names = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
    found: dict[str, Any] = {name: said.get(name) for name in names} if isinstance(said, dict) else {}
    scheme = urlsplit(provider.issuer).scheme
    is_sound = all(isinstance(one, str) and one.startswith(f"{scheme}://") for one in found.values())
    if not found or not is_sound or found["issuer"] != provider.issuer:
        raise refused()
    return Description(**found, tells_issuer=said.get("authorization_response_iss_parameter_supported") is True)


def token_for(
    registry: Registry, provider: OidcProvider, code: str, *, verifier: str, nonce: str, back: str
) -> Mapping[str, Any]:
    """What the ID token for *code* says, once it is known to be the provider's, for us, for this attempt and of now.

    Raises:
        Unauthenticated: the code is not taken, or the token is anything else.
    """
    described = describe(registry, provider)
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
    user = (quote(provider.client_id, safe=""), quote(provider.secret, safe=""))
    answer = _asked(registry, described.token_endpoint, form=form, basic=user).json()
    token = answer.get("id_token") if isinstance(answer, dict) else None
    if not isinstance(token, str):
        raise refused()
    read = _read(registry, described, token)
    expected = {
        "iss": {"essential": True, "value": provider.issuer},
        "aud": {"essential": True, "value": provider.client_id},
    }
    params = {"nonce": nonce, "client_id": provider.client_id, "access_token": answer.get("access_token")}
    try:
        claims = CodeIDToken(read.claims, read.header, expected, params)
        claims.validate(now=int(registry.clock.now().timestamp()), leeway=_LEEWAY_SECONDS)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise refused() from error
    if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 255:
        raise refused()
    return dict(claims)


def refused() -> Unauthenticated:
    """The one answer to whatever goes wrong with a provider."""
    return Unauthenticated("signing in by your organisation did not work", hint="try again, or use your password")


def _read(registry: Registry, described: Description, token: str) -> jwt.Token:
    """The token, if one of the provider's keys has signed it."""
    for fresh in (False, True):
        try:
            return jwt.decode(token, _keys(registry, described, fresh=fresh), algorithms=ALGORITHMS)
        except (JoseError, ValueError, TypeError) as error:
            failure = error
    raise refused() from failure


def _keys(registry: Registry, described: Description, *, fresh: bool) -> KeySet:
    said = _remembered(registry, described.jwks_uri, fresh=fresh)
    keys = said.get("keys") if isinstance(said, dict) else None
    fitting = [one for one in keys or () if isinstance(one, dict) and one.get("kty") in _KEY_TYPES]
    return KeySet.import_key_set({"keys": fitting})


def _remembered(registry: Registry, url: str, *, fresh: bool = False) -> Any:
    now = registry.clock.now()
    key = (str(registry.settings.data_dir), url)
    known = _known.get(key)
    if fresh or known is None or not timedelta() <= now - known[0] < _REMEMBERED:
        known = (now, _asked(registry, url).json())
        _known[key] = known
    return known[1]


def _asked(
    registry: Registry, url: str, *, form: Mapping[str, str] | None = None, basic: tuple[str, str] | None = None
) -> FetchResponse:
    parts = urlsplit(url)
    try:
        port = parts.port or {"http": 80}.get(parts.scheme, 443)
        answer = registry.outbound.fetch(
            FetchRequest(
                url,
                method="GET" if form is None else "POST",
                ports=frozenset({port}),
                plain_http=parts.scheme == "http",
                form=form,
                basic=basic,
                types=frozenset({"application/json", "application/jwk-set+json"}),
                max_bytes=_MAX_BYTES,
                timeout_seconds=10.0,
                redirects=0,
            )
        )
    except (CommonsError, ValueError) as error:
        raise refused() from error
    if not answer.is_ok:
        raise refused()
    return answer
