"""Countries by the names that people and tables use: ISO 3166-1 alpha-2 codes and short English names, and some others.

Names: the time zone database's ``iso3166.tab`` (public domain).
"""

from __future__ import annotations

import difflib
import unicodedata

_NAMES = (
    "AD Andorra | AE United Arab Emirates | AF Afghanistan | AG Antigua & Barbuda | AI Anguilla | AL Albania | "
    "AM Armenia | AO Angola | AQ Antarctica | AR Argentina | AS Samoa (American) | AT Austria | AU Australia | "
    "AW Aruba | AX Åland Islands | AZ Azerbaijan | BA Bosnia & Herzegovina | BB Barbados | BD Bangladesh | "
    "BE Belgium | BF Burkina Faso | BG Bulgaria | BH Bahrain | BI Burundi | BJ Benin | BL St Barthelemy | "
    "BM Bermuda | BN Brunei | BO Bolivia | BQ Caribbean NL | BR Brazil | BS Bahamas | BT Bhutan | "
    "BV Bouvet Island | BW Botswana | BY Belarus | BZ Belize | CA Canada | CC Cocos (Keeling) Islands | "
    "CD Congo (Dem. Rep.) | CF Central African Rep. | CG Congo (Rep.) | CH Switzerland | CI Côte d'Ivoire | "
    "CK Cook Islands | CL Chile | CM Cameroon | CN China | CO Colombia | CR Costa Rica | CU Cuba | "
    "CV Cape Verde | CW Curaçao | CX Christmas Island | CY Cyprus | CZ Czech Republic | DE Germany | "
    "DJ Djibouti | DK Denmark | DM Dominica | DO Dominican Republic | DZ Algeria | EC Ecuador | EE Estonia | "
    "EG Egypt | EH Western Sahara | ER Eritrea | ES Spain | ET Ethiopia | FI Finland | FJ Fiji | "
    "FK Falkland Islands | FM Micronesia | FO Faroe Islands | FR France | GA Gabon | GB Britain (UK) | "
    "GD Grenada | GE Georgia | GF French Guiana | GG Guernsey | GH Ghana | GI Gibraltar | GL Greenland | "
    "GM Gambia | GN Guinea | GP Guadeloupe | GQ Equatorial Guinea | GR Greece | "
    "GS South Georgia & the South Sandwich Islands | GT Guatemala | GU Guam | GW Guinea-Bissau | GY Guyana | "
    "HK Hong Kong | HM Heard Island & McDonald Islands | HN Honduras | HR Croatia | HT Haiti | HU Hungary | "
    "ID Indonesia | IE Ireland | IL Israel | IM Isle of Man | IN India | IO British Indian Ocean Territory | "
    "IQ Iraq | IR Iran | IS Iceland | IT Italy | JE Jersey | JM Jamaica | JO Jordan | JP Japan | KE Kenya | "
    "KG Kyrgyzstan | KH Cambodia | KI Kiribati | KM Comoros | KN St Kitts & Nevis | KP Korea (North) | "
    "KR Korea (South) | KW Kuwait | KY Cayman Islands | KZ Kazakhstan | LA Laos | LB Lebanon | LC St Lucia | "
    "LI Liechtenstein | LK Sri Lanka | LR Liberia | LS Lesotho | LT Lithuania | LU Luxembourg | LV Latvia | "
    "LY Libya | MA Morocco | MC Monaco | MD Moldova | ME Montenegro | MF St Martin (French) | MG Madagascar | "
    "MH Marshall Islands | MK North Macedonia | ML Mali | MM Myanmar (Burma) | MN Mongolia | MO Macau | "
    "MP Northern Mariana Islands | MQ Martinique | MR Mauritania | MS Montserrat | MT Malta | MU Mauritius | "
    "MV Maldives | MW Malawi | MX Mexico | MY Malaysia | MZ Mozambique | NA Namibia | NC New Caledonia | "
    "NE Niger | NF Norfolk Island | NG Nigeria | NI Nicaragua | NL Netherlands | NO Norway | NP Nepal | "
    "NR Nauru | NU Niue | NZ New Zealand | OM Oman | PA Panama | PE Peru | PF French Polynesia | "
    "PG Papua New Guinea | PH Philippines | PK Pakistan | PL Poland | PM St Pierre & Miquelon | PN Pitcairn | "
    "PR Puerto Rico | PS Palestine | PT Portugal | PW Palau | PY Paraguay | QA Qatar | RE Réunion | RO Romania | "
    "RS Serbia | RU Russia | RW Rwanda | SA Saudi Arabia | SB Solomon Islands | SC Seychelles | SD Sudan | "
    "SE Sweden | SG Singapore | SH St Helena | SI Slovenia | SJ Svalbard & Jan Mayen | SK Slovakia | "
    "SL Sierra Leone | SM San Marino | SN Senegal | SO Somalia | SR Suriname | SS South Sudan | "
    "ST Sao Tome & Principe | SV El Salvador | SX St Maarten (Dutch) | SY Syria | SZ Eswatini (Swaziland) | "
    "TC Turks & Caicos Is | TD Chad | TF French S. Terr. | TG Togo | TH Thailand | TJ Tajikistan | TK Tokelau | "
    "TL East Timor | TM Turkmenistan | TN Tunisia | TO Tonga | TR Turkey | TT Trinidad & Tobago | TV Tuvalu | "
    "TW Taiwan | TZ Tanzania | UA Ukraine | UG Uganda | UM US minor outlying islands | US United States | "
    "UY Uruguay | UZ Uzbekistan | VA Vatican City | VC St Vincent | VE Venezuela | VG Virgin Islands (UK) | "
    "VI Virgin Islands (US) | VN Vietnam | VU Vanuatu | WF Wallis & Futuna | WS Samoa (western) | YE Yemen | "
    "YT Mayotte | ZA South Africa | ZM Zambia | ZW Zimbabwe"
)
_OTHERS = (
    "US USA | US United States of America | US U.S. | US U.S.A. | US America | US Vereinigte Staaten | US États-Unis"
    " | US Estados Unidos | GB UK | GB U.K. | GB United Kingdom | GB Great Britain | GB England | GB Großbritannien"
    " | GB Royaume-Uni | GB Reino Unido | DE Deutschland | DE Allemagne | DE Alemania | DE GER | FR Frankreich"
    " | FR Francia | ES Spanien | ES Espagne | ES España | IT Italien | IT Italie | IT Italia | CN PRC"
    " | CN People's Republic of China | CN Chine | RU Russian Federation | RU Russland | RU Russie | KR South Korea"
    " | KR Republic of Korea | KP North Korea | KP DPRK | TW Taiwan | IR Iran | SY Syria | VN Vietnam | CZ Czechia"
    " | TR Turkey | TR Türkiye | NL Netherlands | NL The Netherlands | NL Holland | CH Schweiz | CH Suisse"
    " | AT Österreich | BE Belgien | BE Belgique | JP Japon | BR Brasil | BR Brésil | MX México | AE UAE"
    " | CI Côte d'Ivoire | MM Burma | CV Cape Verde | SZ Swaziland | MK North Macedonia | VA Vatican | LA Laos"
    " | BO Bolivia | VE Venezuela | TZ Tanzania | MD Moldova | PS Palestine"
)


def _key(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(one for one in plain if one.isalnum())


_CODES = {
    _key(one[3:]): one[:2] for names in (_NAMES, _OTHERS) for one in (part.strip() for part in names.split("|")) if one
}
_CALLED = {part.strip()[:2]: part.strip()[3:] for part in _NAMES.split("|")}
KNOWN = frozenset(_CODES.values())


def country_of(text: str) -> str | None:
    """The code of a country that is named, or written as its code."""
    if text.upper() in KNOWN and len(text) == 2:
        return text.upper()
    return _CODES.get(_key(text[:100]))


def country_name(code: str) -> str | None:
    """The short English name of a country, by its code."""
    return _CALLED.get(code)


def nearest_country(text: str) -> str | None:
    """The code of the country whose name looks most like *text*."""
    matches = difflib.get_close_matches(_key(text[:40]), list(_CODES), n=1)
    return _CODES[matches[0]] if matches else None
