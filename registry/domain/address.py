"""Web addresses brought to one form, so that the same article is recognised however somebody copied its address.

Only hashes of the form are kept: an address may hold a name, and erasure must be able to forget it.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import SplitResult, parse_qsl, quote, unquote_to_bytes, urlencode, urlsplit

MAX_ADDRESS = 8000
_MAX_HOST = 253
_DISGUISES_AT_MOST = 5

# Parameters that tell a site who sent the reader, and nothing about what is read.
_TRACKING = frozenset(
    {"fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "ttclid", "twclid", "igshid"}
    | {"igsh", "li_fat_id", "epik", "srsltid", "mc_cid", "mc_eid", "mkt_tok", "vero_id", "vero_conv", "oly_anon_id"}
    | {"oly_enc_id", "_hsenc", "_hsmi", "hsctatracking", "__hstc", "__hssc", "s_cid", "cmpid", "ncid", "smid", "smtyp"}
    | {"ref_src", "ref_url", "guccounter", "guce_referrer", "guce_referrer_sig", "at_medium", "at_campaign", "wt_mc"}
    | {"_ga", "_gl", "rb_clickid", "wickedid"}
)
_TRACKING_STARTS = ("utm_", "pk_", "mtm_", "hsa_")
_AMP_VALUES = {"amp": {"", "1", "true"}, "outputtype": {"amp"}}

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_HOST_AND_PORT = re.compile(r"[A-Za-z0-9.-]+\.[A-Za-z0-9-]+:\d{1,5}(?:[/?#]|$)")
_WEB = re.compile(r"https?://", re.IGNORECASE)
# Copies that name the address of the original within their own.
_COPIES = (
    re.compile(r"https?://web\.archive\.org/web/\d+[a-z_]*/(https?:/{1,2}.+)", re.IGNORECASE | re.DOTALL),
    re.compile(r"https?://(?:www\.)?google\.[a-z.]{2,6}/amp/(?:s/)?(.+)", re.IGNORECASE | re.DOTALL),
    re.compile(r"https?://[a-z0-9-]+\.cdn\.ampproject\.org/[a-z]/(?:s/)?(.+)", re.IGNORECASE | re.DOTALL),
)
_AMP_PATH = re.compile(r"/amp$|\.amp(?=\.html?$|$)", re.IGNORECASE)
_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_SAFE_IN_PATH = "/:@!$&'()*+,;=~-._"


def normalised(address: str) -> str:
    """The form of *address* in which addresses are compared; the same again for what is in it already.

    Scheme and host in lower case, https, without ``www.``, user, usual port, fragment, tracking parameters, AMP marks
    and a slash at the end; the query sorted; the host in ASCII; of a copy in an archive, the original. What is no web
    address comes back without blanks around it. Never raises; time grows with the length only.
    """
    text = _unwrapped(_visible(address[:MAX_ADDRESS]))
    for _ in range(_DISGUISES_AT_MOST):
        text = _form(text)
        if _original(text) is None:
            break
        text = _unwrapped(text)
    return text


def is_address(text: str) -> bool:
    """Whether somebody who typed *text* means one web address."""
    words = text.split()
    return len(words) == 1 and bool(_WEB.match(words[0]) or re.match(r"www\.[^.]", words[0], re.IGNORECASE))


def address_key(address: str) -> bytes:
    """What an address is found by: SHA-256 over its form, 32 bytes; it cannot be read from it."""
    return _hash("address", normalised(address))


def alias_key(alias: str) -> bytes:
    """What the id of a thing elsewhere is found by, whatever its case and blanks."""
    return _hash("alias", " ".join(unicodedata.normalize("NFKC", alias).casefold().split()))


def _hash(sort: str, text: str) -> bytes:
    return hashlib.sha256(f"{sort}\0{text}".encode("utf-8", "surrogatepass")).digest()


def _visible(text: str) -> str:
    """Without blanks around it, and without what is not seen: line breaks, zero-width signs, marks of direction."""
    if text.isascii() and text.isprintable():
        return text.strip()
    return "".join(one for one in text.strip() if unicodedata.category(one) not in {"Cc", "Cf", "Cs"}).strip()


def _unwrapped(text: str) -> str:
    """The address of the original, of a copy of a copy too; with its scheme."""
    text = _with_scheme(text)
    while (original := _original(text)) is not None:
        text = _with_scheme(original)
    return text


def _with_scheme(text: str) -> str:
    if _SCHEME.match(text) and not _HOST_AND_PORT.match(text):
        return text
    return f"https://{text.lstrip('/')}"


def _form(text: str) -> str:
    if not _WEB.match(text):
        return text
    try:
        parts = urlsplit(text)
        host = _host(parts)
    except ValueError:
        return text
    if not host:
        return text
    query = _query(parts.query)
    return f"https://{host}{_path(parts.path)}{'?' if query else ''}{query}"


def _original(text: str) -> str | None:
    for copy in _COPIES:
        found = copy.fullmatch(text)
        if found:
            # Archives write a single slash behind the scheme now and then.
            return re.sub(r"^(https?:)/+", r"\1//", found[1], flags=re.IGNORECASE)
    return None


def _host(parts: SplitResult) -> str:
    """Raises ``ValueError`` for a port that is none."""
    host = (parts.hostname or "").rstrip(".")
    port = parts.port
    if ":" in host:
        host = f"[{host}]"
    elif not host.isascii() and len(host) <= _MAX_HOST:
        host = _in_ascii(host)
    for start in ("www.", "amp."):
        rest = host.removeprefix(start)
        host = rest if "." in rest else host
    return host if port in {None, 80, 443} else f"{host}:{port}"


def _in_ascii(host: str) -> str:
    folded = unicodedata.normalize("NFKC", host).casefold().replace("\u3002", ".")
    try:
        return folded.encode("idna").decode("ascii").rstrip(".")
    except UnicodeError:
        return folded


def _path(path: str) -> str:
    steps: list[str] = []
    for step in _encoded(path).split("/"):
        if step == "..":
            del steps[-1:]
        elif step != ".":
            steps.append(step)
    kept = "/".join(steps).rstrip("/")
    while (plain := _AMP_PATH.sub("", kept).rstrip("/")) != kept:
        kept = plain
    return f"/{kept.lstrip('/')}" if kept else ""


def _encoded(text: str) -> str:
    """Percent-encoded where it must be and nowhere else."""
    plain = unquote_to_bytes(_PERCENT.sub("%25", text).encode("utf-8", "surrogatepass"))
    # An encoded slash is no step of the path.
    return "%2F".join(quote(piece, safe=_SAFE_IN_PATH) for piece in _pieces(text, plain))


def _pieces(text: str, plain: bytes) -> Iterator[bytes]:
    if "%2f" not in text.lower():
        yield plain
        return
    for piece in re.split("%2f", _PERCENT.sub("%25", text), flags=re.IGNORECASE):
        yield unquote_to_bytes(piece.encode("utf-8", "surrogatepass"))


def _query(query: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True, encoding="utf-8", errors="replace")
    return urlencode(sorted((name, value) for name, value in pairs if not _is_tracking(name.lower(), value.lower())))


def _is_tracking(name: str, value: str) -> bool:
    return name in _TRACKING or name.startswith(_TRACKING_STARTS) or value in _AMP_VALUES.get(name, ())
