"""What competitors must not tell one another: prices, customers, sales and plans of one's own. Warnings only."""

from __future__ import annotations

import re
from collections.abc import Iterator

from registry.domain.screening.finding import Code, Match

_CUES = re.compile(
    r"\b(?:our|we|us)\b[^.\n]{0,60}\b(?:list price|pricing|prices?|discounts?|rebates?|margins?|revenues?"
    r"|turnover|market share|sales (?:figures|target|forecast|pipeline)|"
    r"capacity (?:plan|for|in|next)|order book|bookings|ARR|churn|renewals?|roadmap|launch (?:plan|date|of)"
    r"|unreleased|gross profit|unit cost|cost per)\b"
    r"|\b(?:we|our (?:company|team|sales team)) (?:plan|intend|are going|will|expect|aim|are about"
    r"|propose)\b[^.\n]{0,40}\b(?:raise|lower|increase|cut|drop|launch|release|ship|price|charge|discount"
    r"|undercut|enter the|exit the|sell)\b"
    r"|\b(?:discount|rebate|price|rate|fee|quote)s? of (?:[$€£] ?)?\d[\d.,]*[ ]?(?:%|percent|per|USD|EUR"
    r"|a month|/)[^.\n]{0,60}\b(?:to|for|with|offered|customer|client|account)\b"
    r"|\b(?:contract|deal|account|renewal|order)s? (?:is |was |are )?(?:worth|valued at|of|at) (?:[$€£] ?\d"
    r"|\d[\d.,]* ?(?:USD|EUR|million|k\b))[^.\n]{0,60}"
    r"|\b(?:not (?:yet )?(?:public|announced)|unannounced|confidential|internal only)\b[^.\n]{0,60}\b(?:price"
    r"|prices|pricing|price list|roadmap|launch|revenue|margin|sales|customers?|capacity|model)\b"
    r"|\b(?:price list|pricing|prices?|roadmap|launch|revenue|margin|sales figures"
    r"|customer list)\b[^.\n]{0,60}\b(?:not (?:yet )?(?:public|announced)|unannounced|confidential"
    r"|internal only)\b"
    r"|\bnext (?:quarter|year|month)'?s? (?:prices?|pricing|price list|launch|roadmap)\b"
    r"|\b(?:we|us) (?:sold|shipped|signed|closed|booked|charge|offer(?:ed)?) [^.\n]{0,40}(?:[$€£] ?\d"
    r"|\d[\d.,]* ?(?:USD|EUR|%|percent|seats|licen[sc]es|units|GPUs))",
    re.IGNORECASE,
)
_CUSTOMERS = re.compile(
    r"\b(?:[Cc]ustomer|[Cc]lient)s?(?: such as| like|,"
    r"|:)? [A-Z][\w&.-]{1,30}(?: [A-Z][\w&.-]{1,30}){0,3},? (?:pays?|paid|buys?|bought|"
    r"is paying|renewed|signed|will renew|purchases?|spends?|licen[sc]es?)\b"
    r"|\b[A-Z][\w&.-]{1,30}(?: [A-Z][\w&.-]{1,30}){0,2} (?:pays|is paying) us\b"
)
# What harm cost, what criminals ask, and what was fined are told freely.
_FREE = re.compile(
    r"\b(?:ransom|fine[ds]?|stolen|stole|loss(?:es)?|lost|damage|scam\w*|fraud\w*|victims?|attackers?|extort\w*"
    r"|dark ?web|forum|criminals?|penalt\w+|refund\w*|black market|telegram channel)\b",
    re.IGNORECASE,
)


def commercial_in(text: str) -> Iterator[Match]:
    """What looks like it, in a plain text."""
    for found in (*_CUES.finditer(text), *_CUSTOMERS.finditer(text)):
        start = text.rfind(".", 0, found.start()) + 1
        if not _FREE.search(text, max(start, found.start() - 200), min(len(text), found.end() + 60)):
            yield Match(*found.span(), Code.COMMERCIALLY_SENSITIVE, "commercial")
