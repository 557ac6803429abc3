"""An OpenID provider on loopback, small and obedient: it can be told to lie in every way that tests think of."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from registry.ports import Clock

CLIENT, SECRET = "commons", "a secret that both know"


@dataclass
class Provider:
    """What it knows, and how it lies. ``twist`` changes claims before they are signed."""

    clock: Clock
    issuer: str = ""
    subject: str = "ada-at-acme"
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "first"}))
    twist: Callable[[dict[str, Any]], None] = lambda _claims: None
    sign: Callable[[Provider, dict[str, Any]], str] | None = None
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def app(self) -> Starlette:
        """Its application."""
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._description),
                Route("/keys", self._keys),
                Route("/token", self._token, methods=["POST"]),
            ]
        )

    def authorize(self, address: str) -> dict[str, str]:
        """What a person's browser is sent back with who goes to *address* and signs in there."""
        said = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert {"code", "S256", CLIENT} <= set(said.values())
        code = f"code-{len(self.codes)}"
        self.codes[code] = said
        return {"code": code, "state": said["state"], "iss": self.issuer}

    async def _description(self, request: Request) -> JSONResponse:
        self.asked.append(request.url.path)
        return JSONResponse(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "authorization_response_iss_parameter_supported": True,
            }
        )

    async def _keys(self, request: Request) -> JSONResponse:
        self.asked.append(request.url.path)
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})

    async def _token(self, request: Request) -> JSONResponse:
        said = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        basic = base64.b64decode(request.headers["authorization"].removeprefix("Basic ")).decode()
        begun = self.codes.pop(said["code"], None)
        challenge = (
            base64.urlsafe_b64encode(hashlib.sha256(said["code_verifier"].encode()).digest()).decode().rstrip("=")
        )
        is_right = begun is not None and (begun["code_challenge"], begun["redirect_uri"]) == (
            challenge,
            said["redirect_uri"],
        )
        if not is_right or begun is None or basic != f"{CLIENT}:{SECRET.replace(' ', '%20')}":
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(self.clock.now().timestamp())
        claims: dict[str, Any] = {
            "iss": self.issuer, "sub": self.subject, "aud": CLIENT, "iat": now, "exp": now + 300,
            "nonce": begun["nonce"], "email": "ada@acme.example", "email_verified": True, "amr": ["pwd", "otp"],
        }  # fmt: skip
        self.twist(claims)
        token = self.sign(self, claims) if self.sign else signed(self, claims)
        return JSONResponse({"access_token": "x", "token_type": "Bearer", "id_token": token})


def signed(provider: Provider, claims: dict[str, Any]) -> str:
    """As it should be."""
    return jwt.encode({"alg": "RS256", "kid": provider.key.kid}, claims, provider.key)


def unsigned(_provider: Provider, claims: dict[str, Any]) -> str:
    """With the algorithm "none"."""
    head, body = (_part(one) for one in ({"alg": "none"}, claims))
    return f"{head}.{body}."


def signed_by_the_public_key(provider: Provider, claims: dict[str, Any]) -> str:
    """HS256 with the public key, which everybody has, as the shared secret."""
    head = f"{_part({'alg': 'HS256', 'kid': provider.key.kid})}.{_part(claims)}"
    tag = hmac.new(provider.key.as_pem(private=False), head.encode(), hashlib.sha256).digest()
    return f"{head}.{base64.urlsafe_b64encode(tag).decode().rstrip('=')}"


def signed_by_another(_provider: Provider, claims: dict[str, Any]) -> str:
    """With the key of somebody else, under the same name."""
    return jwt.encode({"alg": "RS256", "kid": "first"}, claims, RSAKey.generate_key(2048, {"kid": "first"}))


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


def _part(value: Any) -> str:
    return base64.urlsafe_b64encode(_json(value)).decode().rstrip("=")
