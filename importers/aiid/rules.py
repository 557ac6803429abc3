"""Rules that read titles of the AI Incident Database in the terms of our vocabularies.

Conservative: a word has to show it. Whoever applies them says so; a rule is not a judgment of the case.
"""

from __future__ import annotations

import re

from importers.aiid.parties import Judged, Sort
from registry.domain.canonical import JsonValue


def _rows(*rows: tuple[str, str]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(rf"\b(?:{pattern})", re.IGNORECASE), term) for pattern, term in rows)


_MINORS = r"child(?:ren)?|minors?|underage|girls?|(?:middle|high) school|classmates?|teen(?:age(?:rs?|d)?)?|pupils?"
_SEXUAL = (
    r"child (?:sex(?:ual)? abuse|porn\w*)|csam|nudes?|naked|nudif\w+|undress\w*|porn\w*|sexually explicit|"
    r"sexual images?|sextortion|intimate images?"
)

# Words of the title that tell what a system was misused for.
MISUSE = _rows(
    (r"deep ?fak\w+|face[- ]?swap", "impersonation/deepfake"),
    ((r"(?:voice|audio)[- ](?:clon|deepfak|impersonat)\w*|cloned? voice|deepfake (?:audio|voice)|fake \w+ voice|"
     r"ai[- ](?:cloned )?voices?|voice ai used|imitat\w+ voices?|synthetic voices?"), "impersonation/voice"),
    (r"impersonat\w+", "impersonation"),
    ((r"scam\w*|(?:fraudulent|purported \S+ \S+ fraud|giveaway scheme)|fraud scheme|swindl\w*|extort\w*|sextort\w*|"
     r"fraudsters?|defraud\w*"), "fraud/scam"),
    (r"romance scam\w*", "fraud/romance"),
    (r"fake (?:reviews?|ratings?)", "fraud/fake_reviews"),
    (r"(?:proxy|fake) interview\w*|remote[- ]work positions?", "fraud/employment"),
    (r"disinformation|propagand\w*|fake news|influence operation\w*|psyops?|misinformation campaign\w*",
     "influence_operation/disinformation"),
    (r"fake (?:accounts?|profiles?|followers)|spamouflage|bot ?nets?|astroturf\w*", "influence_operation/astroturfing"),
    (r"phishing", "cyber/phishing"),
    (r"malware|malicious code", "cyber/malware"),
    (r"hack(?:ers?|ed|s|ing)\b|cyber ?attacks?|breached", "cyber/intrusion"),
    (r"jailbr\w+|manipulated into breaking|bypass\w* (?:safeguards?|content polic\w+|filters?)|prompt injection\w*",
     "jailbreak"),
    (r"adversarial attacks?|spoof\w*|evade\w*", "model_attack/evasion"),
    (r"hate speech campaigns?|swatt(?:ing|ed)|swat calls|online trolls", "harassment"),
    (r"used to dox|doxx\w*", "harassment/doxxing"),
    (r"isis\b", "violence/extremism"),
    (r"mass surveillance|tracking kids|spy(?:ing|ware)", "surveillance"),
    (r"cheat on (?:exam|assignments)|bogus academic", "fabrication/academic"),
    ((r"(?:fake|fabricated|fictitious|false|hallucinated|bogus) (?:(?:legal|court|case|chatgpt) )*"
     r"(?:citations?|cases|case law)"), "fabrication/legal"),
)  # fmt: skip
_MINOR_SEXUAL = re.compile(
    rf"child (?:sex(?:ual)? abuse|porn\w*)|csam|(?:{_SEXUAL}).*\b(?:{_MINORS})\b|\b(?:{_MINORS})\b.*(?:{_SEXUAL})",
    re.IGNORECASE,
)
_INTIMATE = re.compile(
    r"(?:deep ?fake|nonconsensual|non-consensual|without (?:her|their|his) consent|ai)\b.*\b(?:porn\w*|nudes?|naked|"
    r"sexually explicit)|porn\w*.*deep ?fake|nudif\w+|undress\w*",
    re.IGNORECASE,
)
# Whoever makes these means it; of what the others name, a system may also have failed to keep out.
_MEANT = ("impersonation", "fraud", "influence_operation", "cyber", "ncii", "csae", "jailbreak")
# Titles that tell of a study, of a detector, or of what let something through tell of no misuse by themselves.
_NOT_MEANT = re.compile(
    r"\b(?:detect(?:ion|or|ing)|failed to|fail(?:ure)? to|moderation|misclassif\w+|mislabel\w*|flagged|wrongly|falsely "
    r"(?:labeled|flagged)|filters?|study|recommend\w*|missed|cited|unintended)\b",
    re.IGNORECASE,
)
UNINTENDED = re.compile(
    r"\b(?:crash\w*|collid\w*|collision\w*|malfunction\w*|failed|fails?|failure|error\w*|mistak\w+|misidentif\w+|"
    r"misclassif\w+|mislabel\w*|misread\w*|erroneous\w*|wrongful\w*|wrongly|inaccura\w+|hallucinat\w*|glitch\w*|"
    r"false (?:arrest|positive|alarm)\w*|faulty|flawed|unreliable|struck|ran over|rolls over|"
    r"performs? poorly|imbalanced|unintended|accidental\w*)\b",
    re.IGNORECASE,
)

# Words of the title that tell of a harm.
HARMS = _rows(
    ((r"kill\w*|dead\b|death\w*|died|fatal\w*|injur\w+|crush\w*|struck|collid\w*|collision\w*|"
     r"(?<!flash )(?<!market )crash\w*|homicide|sexual assault|committed suicide|"
     r"suicides?\b(?! prevention)|hazardous"), "physical"),
    (r"suicides?\b(?! prevention)|trauma\w*|eating disorders?|harassed users|disturbing", "psychological"),
    ((r"(?:flash|market) crash\w*|scam\w*|fraud scheme|defraud\w*|\$\d+|financial|fined?\b|fines\b|overcharg\w*|"
     r"overspending|job loss|fired|robo-debt|extort\w*|lost jobs"), "financial"),
    (r"vehicle damage|damag\w+ (?:vehicle|car|property)|fire in a", "property"),
    ((r"wrongful\w* arrest\w*|wrongly arrest\w*|false arrest\w*|wrongfully (?:accus|detain)\w*|deport\w*|"
     r"arrested black|"
     r"right to protest|leading to (?:false|wrongful) arrest|misidentif\w+.*\barrest\w*|copyright\w*|"
      r"without (?:\w+ )?(?:permission|consent|licensing)|"
     r"violat\w+ (?:residents|users|children)\S* \w*\s?rights?"), "rights"),
    ((r"privacy|private (?:data|info\w*|conversation|photos|medical)|biometric data|data (?:leak|theft|breach|"
     r"exposure)\w*|expos\w+ (?:of )?(?:personal|private|sensitive)|"
     r"surveillance|without users?\S* consent"), "privacy"),
    (r"defam\w*|false(?:ly)? accus\w*|falsely (?:accuse|link|attribute)\w*|reputation\w*|slander\w*|false allegations",
     "reputation"),
    ((r"discriminat\w*|bias(?:es|ed)?\b|racis[tm]|sexis[tm]|racial(?:ly)?|gender(?:ed)? (?:bias|stereotyp)\w*|"
     r"stereotyp\w*|anti-?semiti\w+|disparit\w+ along|down-ranked|redlin\w+|disproportionate\w*.*(?:minorit\w+|black|"
     r"nationalit\w+|women|color|disab\w+)"), "discrimination"),
    (r"elections?|voters?|electoral|presidential (?:race|campaign)", "social_political"),
    (r"hack(?:ers?|ed|ing)\b|malware|phishing|vulnerab\w+ to (?:adversarial )?attack\w*|data theft|account compromise",
     "security"),
    ((r"misinformation|disinformation|fake news|false claims?|hallucinat\w*|misleading|conspiracy|fabricat\w+|"
     r"incorrect information|misinform\w*|false information|false legal citations"), "information"),
)  # fmt: skip
_NEAR_MISS = re.compile(r"\bnear[- ]miss\b|\bnearly (?:hit|struck|killed|collid\w+)\b", re.IGNORECASE)

# Who deploys a system to misuse it, and what sort of actor that is.
ACTORS = _rows(
    (r"scammers?|fraudsters?|fraud ring|cybercriminals?|blackmailers?|sextortionists?", "organised_crime"),
    (r"isis\b", "extremist"),
    ((r"spamouflage|dragonbridge|storm-1376|copycop|structura national|social design agency|russia-linked network|"
     r"russian state media"), "state_linked"),
    ((r"(?:unknown |unnamed )?deepfake (?:creators?|technology developers|website operators)|hackers?|unknown actors|"
     r"(?:unknown|various) social media accounts|misinformation networks|unknown perpetrators|"
     r"(?:chinese|russian|iranian|north korean) hackers|unknown hacker|users in a telegram group|"
     r"pro-russian telegram channels|political operatives|unknown political \w+|russian propagandists"), "unknown"),
    ((r"unnamed (?:male )?(?:students?|high school students|middle school students|perpetrators)|"
     r"two unnamed middle school boys"), "individual"),
)  # fmt: skip

# Who deploys a system where the title tells of a misuse: not who provides it.
MISUSERS = _rows(
    (r"government|fsb\b|federal security service|communist party|liberation army|russia\b|soviet union", "state"),
    (r"isis\b", "extremist"),
    (r"extinction rebellion|lincoln project", "activist"),
    (r"[\w ]*\b(?:party|campaign|committee|never back down)\b", "other"),
)
# What sort of thing a class is, where it is not a group of people.
_ONE = (
    r"user|employee|driver|owner|passenger|patient|pedestrian|student|worker|man|woman|officer|refugee|child|creator|"
    r"litigant|customer|teenager|motorist|bicyclist|consultant|psychiatrist|engineer|ceo|client|perpetrator"
)
CLASS_KINDS = _rows(
    (rf"(?:[\w'-]+ )*(?:{_ONE})(?: (?:of|who|injured|in|from)\b.*)?$", "individual"),
    (r"unnamed [\w -]*branch manager", "individual"),
    (
        r"democra(?:cy|tic)\b|\w* ?integrity|journalism|public trust|legal system|media discourse|[\w-]* relations$",
        "social_political",
    ),
    (
        r"[\w ]*\b(?:businesses|companies|startups|firms?|retailers|exchanges|brands|newspapers|publishers|company)\b",
        "company",
    ),
    (r"news (?:sources|sites|media)", "company"),
    (r"[\w -]*\b(?:vehicles?|truck|carriages)$", "product"),
    (r"all life on earth|rhinos", "other"),
)

# Who is harmed, as a stakeholder; and on what basis a group is treated worse.
STAKEHOLDERS = _rows(
    (r"child(?:ren)?\b|minors?\b|pupils?|teen\w*|girls\b|underage|(?:middle|high) school students?", "children"),
    ((r"workers?\b|employees?|drivers?\b|staff\b|engineers?\b|applicants?|teachers?|physicians?|nurses?|job |"
     r"officers?\b|"
     r"actors\b|artists?\b|journalists?|writers?|authors?\b|moderators|crew\b"), "workers"),
    (r"companies|businesses|firms?\b|sellers|startups|retailers|publishers|news sites", "businesses"),
    (r"governments?|police|department|ministry|officials|military|army\b|navy\b|air force|city\b", "government"),
    (r"users?\b|customers?|consumers?|buyers|patients?|passengers?|device owners|readers|viewers|players|clients",
     "consumers"),
    (r"activists|protest\w*|democracy|electoral|election", "civil_society"),
    ((r"public\b|residents|citizens|voters|people|pedestrians?|motorists|electorate|women|men\b|families|communities|"
     r"minorit\w+|students?"), "general_public"),
)  # fmt: skip
BASES = _rows(
    ((r"black|african|asian|latin|hispanic|racial|race\b|brown communities|people of color|communities of color|"
     r"dark[- ]skin\w*|bipoc|non-white|indigenous|navajo|māori"), "race"),
    ((r"women|woman|female|girls?\b|male\b|gender (?:minor|violence)\w*|underrepresented genders|men\b|"
     r"actresses"), "sex"),
    ((r"transgender|trans women|lgbtq\S*|gay|non-cisgender|gender-nonconforming|gender minorities|"
     r"non-binary"), "orientation"),
    (r"elder\w*|older|over \d+|child(?:ren)?\b|young|teen\w*|minors?\b", "age"),
    (r"disab\w+|autism", "disability"),
    (r"muslims?|jewish|sikh|christian", "religion"),
    (r"\S+-speaking|speakers|language|accent", "language"),
    (r"low-income|poor\b|poverty|underprivileged|homeless", "financial_means"),
    (r"immigra\w+|asylum seekers|refugees?|uyghur\w*|rohingya|turkic|ethnic|palestinian\w*|venezuelan|visa applicants",
     "origin"),
    (r"veterans?", "veteran"),
)  # fmt: skip
_GOVERNMENT = re.compile(
    r"\b(?:government|police|department|ministry|authority|army|navy|air force|county|parliament|court|sheriff|"
    r"military|customs|prosecutor|presidency|visas|home office|municipality)\b",
    re.IGNORECASE,
)
PRODUCTS = {
    "chatgpt": ("OpenAI", "ChatGPT"),
    "gpt-2": ("OpenAI", "GPT-2"),
    "gpt-3": ("OpenAI", "GPT-3"),
    "gpt-3.5": ("OpenAI", "GPT-3.5"),
    "gpt-4": ("OpenAI", "GPT-4"),
    "gpt-4o": ("OpenAI", "GPT-4o"),
    "dall-e": ("OpenAI", "DALL-E"),
    "sky voice assistant": ("OpenAI", "Sky"),
    "gemini": ("Google", "Gemini"),
    "google bard": ("Google", "Bard"),
    "google home": ("Google", "Home"),
    "google maps": ("Google", "Maps"),
    "google docs": ("Google", "Docs"),
    "google books": ("Google", "Books"),
    "gmail": ("Google", "Gmail"),
    "youtube": ("Google", "YouTube"),
    "waze": ("Google", "Waze"),
    "bing": ("Microsoft", "Bing"),
    "bing chat": ("Microsoft", "Bing Chat"),
    "outlook": ("Microsoft", "Outlook"),
    "copilot": ("Microsoft", "Copilot"),
    "github": ("GitHub", None),
    "alexa": ("Amazon", "Alexa"),
    "rekognition": ("Amazon", "Rekognition"),
    "claude": ("Anthropic", "Claude"),
    "grok": ("xAI", "Grok"),
    "facebook": ("Meta", "Facebook"),
    "facebook messenger": ("Meta", "Facebook Messenger"),
    "instagram": ("Meta", "Instagram"),
    "whatsapp": ("Meta", "WhatsApp"),
    "llama": ("Meta", "Llama"),
    "meta ai": ("Meta", "Meta AI"),
    "tiktok": ("ByteDance", "TikTok"),
    "wechat": ("Tencent", "WeChat"),
    "wechat pay": ("Tencent", "WeChat Pay"),
    "lensa ai": ("Prisma Labs", "Lensa AI"),
    "replika": ("Luka", "Replika"),
}  # fmt: skip


def misuse_of(title: str) -> list[JsonValue]:
    """Terms of misuse_category that the title shows, sorted, each once, the broader one only by itself."""
    if _MINOR_SEXUAL.search(title) and not _NOT_MEANT.search(title):
        return ["csae"]
    found = {term for pattern, term in MISUSE if pattern.search(title)}
    if _INTIMATE.search(title):
        found.add("ncii")
    if _NOT_MEANT.search(title):
        found = {term for term in found if term.startswith("fabrication")}
    return [*sorted(term for term in found if not any(other.startswith(f"{term}/") for other in found))]


def intent_of(title: str, categories: list[JsonValue], actors: bool) -> str | None:
    """A term of intent; ``None`` where neither the title nor who deployed it shows one."""
    if actors or any(str(one).startswith(_MEANT) for one in categories):
        return "misuse"
    return "unintended" if UNINTENDED.search(title) and not categories else None


def harms_of(title: str, categories: list[JsonValue]) -> list[str]:
    """Terms of harm_type that the title shows, or what it was misused for, in the order of the rules."""
    found = [term for pattern, term in HARMS if pattern.search(title)]
    return list(dict.fromkeys([*found, "psychological"] if "ncii" in categories else found))


def event_of(title: str) -> str:
    """A term of event_kind: what the database lists are incidents, harm done or nearly."""
    return "near_miss" if _NEAR_MISS.search(title) else "incident"


def actor_kind_of(party: Judged, name: str) -> str | None:
    """What sort of actor the deployer is, if it deploys to misuse."""
    label = party.label if party.sort in {Sort.ORGANISATION, Sort.CLASS} else name
    return next((term for pattern, term in ACTORS if pattern.search(label or "")), None)


def misuser_kind_of(party: Judged) -> str | None:
    """What sort of actor an organisation is that deploys in a misuse, where it does not provide the system."""
    if party.sort is not Sort.ORGANISATION:
        return None
    return next((term for pattern, term in MISUSERS if pattern.search(party.label or "")), None)


def target_kind_of(party: Judged) -> str | None:
    """A term of target_kind, as far as the sort of the party tells."""
    if party.sort is Sort.PERSON:
        return "individual"
    if party.sort is Sort.CLASS:
        return next((term for pattern, term in CLASS_KINDS if pattern.match(party.label or "")), "group")
    if party.sort is Sort.ORGANISATION and _GOVERNMENT.search(party.label or ""):
        return "government"
    return None


def stakeholder_of(label: str) -> str | None:
    """A term of stakeholder for a class or an organisation."""
    return next((term for pattern, term in STAKEHOLDERS if pattern.search(label)), None)


def basis_of(label: str) -> str | None:
    """A term of group_basis for a class of people."""
    return next((term for pattern, term in BASES if pattern.search(label)), None)


def system_of(name: str) -> dict[str, JsonValue]:
    """A known organisation or product as a system: who provides it, and what it is called if that is known."""
    provider, model = PRODUCTS.get(name.casefold(), (name, None))
    return {"provider": provider, "model": model} if model else {"provider": provider}
