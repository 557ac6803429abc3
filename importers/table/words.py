"""What columns and values of tables are called, in English and, lightly, German, French and Spanish.

Rules of this project: they propose a mapping to somebody who edits it, and never decide by themselves.
"""

from __future__ import annotations

import re

TITLE = "(title)"
SUMMARY = "(summary)"
ID = "(id)"


def _name(path: str, *patterns: str) -> tuple[str, re.Pattern[str]]:
    return path, re.compile("|".join(rf"(?:{one})" for one in patterns))


# Tried in this order; within a column's name the earliest that matches most of it is taken.
COLUMNS = (
    _name(ID, r"\buuid\b", r"\bid$", r"^id\b",
          r"\b(?:ref|reference|case|incident|ticket|report)[ .]*(?:no|number|nr|id)?\b\.?$",
          r"^(?:number|nr|key|ticket)$", r"aktenzeichen|vorgangsnummer", r"numéro|número|antwort id"),
    _name(TITLE, r"\btitle\b", r"headline", r"^(?:name|case|subject|event|incident)$",
          r"\btitel\b|überschrift|titre|título"),
    _name(SUMMARY, r"summary|abstract|synopsis", r"descri[pc]|beschreib", r"what happened", r"narrative",
          r"^(?:mo|body|text|note|notes|details?|comment)$", r"modus operandi",
          r"résumé|resumen|sachverhalt|vorfall"),
    _name("timeline.started",
          r"occurred|incident date|event date|first seen|date of (?:incident|event|occurrence)|start",
          r"passiert|tatzeit|ereignis", r"^(?:date|datum|fecha|when|ts|timestamp|time)$",
          r"\bdate\b|\bdatum\b|\bfecha\b"),
    _name("timeline.detected", r"detected|discovered|noticed|found on|entdeckt|détecté"),
    _name("timeline.disclosed", r"disclos|publi(?:shed|cation)|public (?:date|since)|veröffentlicht|publié"),
    _name("timeline.ended", r"\bend(?:ed)?\b|last seen|until"),
    _name("timeline.contained", r"contained|mitigated|resolved"),
    _name("timeline.enforced", r"enforced|banned (?:on|at)|action date"),
    _name("sources.url", r"\burls?\b|\blinks?\b|\bhref\b|\bquelle|source url|web ?(?:site|page|address)|enlace|lien"),
    _name("sources.title", r"link (?:title|text)|source (?:title|name)|article"),
    _name("sources.publisher", r"publisher|outlet|newspaper|media"),
    _name("targets.country", r"countr|\bland\b|\bpays\b|país|nation|jurisdiction"),
    _name("targets.sector", r"sector|industry|branche"),
    _name("systems.provider", r"vendor|provider|developer|manufacturer|anbieter|hersteller|fournisseur|proveedor"),
    _name("systems.model", r"\bmodels?\b|\bsystems?e?\b|\bproducts?\b|\bproducts name\b|\btools?\b|chatbot|produkt"),
    _name("systems.version", r"version"),
    _name("misuse_categories", r"misuse|abuse|offen[cs]e|missbrauch", r"categor|kategorie|catégorie",
          r"\btype\b|\btags?\b",
          r"\bpolicy\b|violation|\bharm type\b|delikt|infraction"),
    _name("severity", r"severity|schwere|gravit|gravedad|impact level"),
    _name("confidence", r"confidence|certainty"),
    _name("enforcement.action", r"action|enforcement|measure|maßnahme|mesure|\bevent\b|response"),
    _name("scale.accounts", r"accounts?"),
    _name("scale.victims_reported",
          r"(?:victims|affected|people|users) (?:count|number|reported)|number of (?:victims|people)"),
    _name("platforms", r"platforms?|channels?|plattform|kanal"),
    _name("actors.label", r"threat actor|actor name|intrusion set|group name"),
    _name("actors.kind", r"actor (?:type|kind)"),
    _name("actors.country", r"actor country|attribut"),
    _name("actors.motive", r"motiv"),
    _name("aliases", r"alias|\bcve\b|\bghsa\b|external id|other ids?|also known"),
    _name("procedure.technique", r"technique|att&ck|atlas|\bttps?\b"),
    _name("detection.by", r"detected by|found by|reported by"),
    _name("detection.method", r"detection"),
    _name("intent", r"\bintent"),
    _name("objective", r"objective|\bgoal|aim\b"),
    _name("event_kind", r"event (?:kind|type)|record type"),
    _name("affected.provider", r"vendor|provider|developer|deployer|manufacturer"),
    _name("affected.model", r"\bmodels?\b|artifacts? name|\bproducts?\b|\bpackages?\b|\bcomponents?\b"),
    _name("discovered", r"discovered|found on|reported|\bdate\b|published"),
    _name("status", r"\bstatus\b"),
    _name("fixed_in", r"fixed|patched"),
    _name("recommendation", r"recommend|empfehlung"),
    _name("contributing_factors", r"factors?|causes?"),
    _name("type", r"\btype\b|measure kind"),
    _name("provider", r"vendor|provider|company"),
    _name("url", r"\burl\b|\blink\b"),
    _name("version", r"version"),
)  # fmt: skip
# Columns that may hold people: sought in the texts, and kept nowhere.
PEOPLE = re.compile(
    r"victim|officer|credit|reporter|\bauthors?\b|analyst|submitter|editors?\b|contact|suspect|perpetrator|harmed|e-?mail|"
    r"\bperson|\bopfer\b|melder|complainant|witness|accused|defendant|plaintiff"
)
STATE = re.compile(r"status|state|stage|disposition|valid|zustand|statut|estado")
# What may stand in a column that tells which rows are no records.
NO_RECORDS = frozenset({"draft", "void", "deleted", "test", "rejected", "duplicate", "spam", "cancelled", "entwurf"})
MISUSE = (
    ("fraud/romance", r"romance|lonely|love"),
    ("fraud/employment", r"employment|it worker|job scam|fake job"),
    ("fraud/fake_reviews", r"review"),
    ("fraud/scam", r"scam|invest|pig butcher"),
    ("impersonation/voice", r"voice|stimm"),
    ("impersonation/deepfake", r"deep ?fake|face ?swap"),
    ("impersonation", r"imperson|identit|usurp|suplanta"),
    ("influence_operation/election", r"election|wahl|voter"),
    ("influence_operation/disinformation", r"disinfo|misinfo|fake news|propaganda|desinf"),
    ("influence_operation", r"influence|astroturf|information operation|coordinated"),
    ("cyber/malware", r"malware|loader|stealer|virus"),
    ("cyber/ransomware", r"ransom|extort|erpress"),
    ("cyber/phishing", r"phish|social engineering|smish"),
    ("cyber/intrusion", r"intrusion|hack|unauthori[sz]ed access|einbruch"),
    ("cyber", r"cyber|exploit"),
    ("csae", r"csae|csam|child (?:sexual|abuse)|minor"),
    ("ncii", r"ncii|intimate|nudif|revenge"),
    ("self_harm", r"self[- ]?harm|suicid|selbst"),
    ("harassment", r"harass|bully|hate|beläst|stalk"),
    ("violence/extremism", r"extremis|terror"),
    ("violence", r"violen|weapon|gewalt"),
    ("cbrn", r"cbrn|chemical|biolog|nuclear"),
    ("surveillance", r"surveil|spy|überwach"),
    ("fabrication/academic", r"academ|cheat|exam|plagiar"),
    ("fabrication/legal", r"legal|court|citation|judg"),
    ("jailbreak", r"jailbreak"),
    ("agent_hijack", r"prompt injection|hijack"),
    ("data_exfiltration", r"exfil|leak|datenabfluss|privacy breach"),
    ("credential_theft", r"stolen key|credential|api key|account takeover"),
    ("model_extraction", r"extraction|distill"),
    ("model_attack/poisoning", r"poison|backdoor"),
    ("model_attack/evasion", r"evasion|adversarial"),
    ("ip_infringement", r"copyright|\bip\b|trademark"),
    ("spam", r"spam|bulk"),
    ("fraud", r"fraud|betrug|fraude|estafa|deception"),
)
ENFORCEMENT = (
    ("account_ban", r"\bban|clos|suspend|disabl|sperr"),
    ("rate_limit", r"rate|throttl|quota"),
    ("content_filter", r"filter|classif|block"),
    ("model_update", r"model update|retrain|patch"),
    ("takedown", r"take ?down|remov"),
    ("legal", r"legal|sued|court|police"),
    ("shared_with_peers", r"shar|notified peers|referr"),
)
MEANINGS = {"misuse_categories": MISUSE, "enforcement.action": ENFORCEMENT}
