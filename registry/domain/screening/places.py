"""Where somebody lives, where somebody was, and when somebody was born."""

from __future__ import annotations

import re
from collections.abc import Iterator

from registry.domain.screening.finding import Code, Match
from registry.domain.screening.plain import has_digit

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?|januar|februar|märz|mai|juni|juli|oktober|dezember|janvier|février|mars|avril|juin|"
    r"juillet|août|septembre|octobre|novembre|décembre)\.?"
)
_DATE = (
    rf"(?:\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|\d{{1,2}}[-/. ]{{1,2}}\d{{1,2}}[-/. ]{{1,2}}(?:\d{{4}}|\d{{2}})|"
    rf"\d{{1,2}}(?:st|nd|rd|th|\.)?[ -](?:of )?{_MONTH},?[ -]\d{{4}}|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}})"
)
_BORN = re.compile(
    rf"(?<![\w])(?:born(?: on)?(?: in [\w ]{{2,30}}? on)?|date[ _]of[ _]birth|d\.?o\.?b\.?|birth[ _]?date"
    rf"|birthday|b\.|geboren(?: am)?|née? le|"
    rf"geburtsdatum|date de naissance|fecha de nacimiento)[ \"'`]{{0,3}}(?:is|was|of|on"
    rf"|as)?[ ]?[:=(]?[ \"'`]{{0,3}}(?P<value>{_DATE})",
    re.IGNORECASE,
)
_WORD = r"[A-ZÀ-ÖØ-Þ][\w'.-]{1,24}"
_STREET = re.compile(
    rf"(?<![\w.-])\d{{1,5}}[A-Za-z]?(?:[-/]\d{{1,4}})?,? (?:(?:N|S|E|W|NE|NW|SE|SW|North|South|East|West|Old"
    rf"|New|Upper|Lower)\.? )?(?:{_WORD} |\d{{1,3}}(?:st|nd|rd|th) ){{1,3}}"
    r"(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Terrace|Close|Crescent|Gardens"
    r"|Grove|Highway|Hwy|Parkway|Pkwy|Way|Mews|Place|Square|Row|Hill|Walk)\b\.?(?! \d{4} )"
)
_STRASSE = re.compile(
    r"(?<!\w)(?:[A-ZÄÖÜ][\wäöüß-]{2,30}(?:straße|strasse|str\.|weg|gasse|allee|platz|damm|ufer)"
    r"|(?:[A-ZÄÖÜ][\wäöüß-]{2,30} )(?:Straße|Strasse|Str\.|Weg|Gasse|Allee|Platz|Damm"
    r"|Ufer)) \d{1,4}[a-z]?(?![\w.])"
)
_RUE = re.compile(
    r"(?<![\w.-])\d{1,4}(?: bis| ter)?,? (?:rue|avenue|boulevard|place|chemin|allée|impasse|quai"
    r"|route) (?:(?:de|du|des|la|le|les) |d'|l'){0,3}[A-ZÀ-ÖØ-Þ][\w'-]{1,24}"
)
_CALLE = re.compile(
    rf"(?<!\w)(?:Calle|Avenida|Avda\.|Plaza|Via|Viale|Piazza|Rua|Travessa|ulica|ul\.|Laan van) (?:(?:de|del"
    rf"|della|da|dos|do|la|los) ){{0,2}}(?:{_WORD} ?){{1,3}},? (?:n[.º°] ?)?\d{{1,4}}(?![\w.])"
)
_DUTCH = re.compile(
    r"(?<!\w)[A-Z][\w]{2,25}(?:straat|laan|gracht|plein|kade|vej|gade|gatan|vägen|veien) \d{1,4}[a-zA-Z]?(?![\w.])"
)
_PAIR = re.compile(
    r"(?<![\w.])(?P<north>[+-]?\d{1,2}\.(?P<ndigits>\d{4,10}))°?[ ]?(?P<ns>[NS])?(?:,[ ]?|[ ]"
    r"|/)(?P<east>[+-]?\d{1,3}\.(?P<edigits>\d{4,10}))°?[ ]?(?P<ew>[EWO])?(?![\w.]\d|\d)"
)
_NAMED_PAIR = re.compile(
    r"lat(?:itude)?[\"']?\s?[:=]?\s?[+-]?\d{1,2}\.\d{4,10}[°\"']?,?;?\s?"
    r"(?:and )?[\"']?lo?ng?(?:itude)?[\"']?\s?[:=]?\s?[+-]?\d{1,3}\.\d{4,10}",
    re.IGNORECASE,
)
_DEGREES = re.compile(
    r"\d{1,3}°\s?\d{1,2}'\s?\d{1,2}(?:\.\d{1,4})?\"?\s?[NS],?\s{0,2}"
    r"\d{1,3}°\s?\d{1,2}'\s?\d{1,2}(?:\.\d{1,4})?\"?\s?[EWO]"
)
_ABOUT_PLACE = re.compile(
    r"coordinates|location|located|gps|lat|lon|geotag|position|map|seen at|home|house|@$", re.IGNORECASE
)


def places_in(text: str) -> Iterator[Match]:
    """Street addresses with a number, positions exact to a building, and dates of birth, in a plain text."""
    if not has_digit(text):
        return
    for found in _BORN.finditer(text):
        yield Match(*found.span("value"), Code.PERSONAL_DATA, "date-of-birth")
    for pattern in (_STREET, _STRASSE, _RUE, _CALLE, _DUTCH):
        for found in pattern.finditer(text):
            yield Match(*found.span(), Code.PERSONAL_DATA, "street-address")
    yield from positions_in(text)


def positions_in(text: str) -> Iterator[Match]:
    """Positions that are exact to a building."""
    for found in _PAIR.finditer(text):
        if _is_position(found, text):
            yield Match(*found.span(), Code.PERSONAL_DATA, "position")
    for pattern in (_NAMED_PAIR, _DEGREES):
        for found in pattern.finditer(text):
            yield Match(*found.span(), Code.PERSONAL_DATA, "position")


def _is_position(found: re.Match[str], text: str) -> bool:
    north, east = abs(float(found["north"])), abs(float(found["east"]))
    if north > 90 or east > 180:
        return False
    if found["ns"] and found["ew"]:
        return True
    # Scores and shares are below one, and rarely say where something was.
    before = text[max(0, found.start() - 40) : found.start()]
    return bool(_ABOUT_PLACE.search(before)) or (
        north > 1 and east > 1 and len(found["ndigits"]) >= 5 and "," in found.group()
    )
