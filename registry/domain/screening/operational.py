"""Operational detail: prompts word for word, working steps, program code, encoded blocks. For public parts only."""

from __future__ import annotations

import re
from collections.abc import Iterator

from registry.domain.screening.encodings import encoded_in
from registry.domain.screening.finding import Code, Match
from registry.domain.screening.procedures import procedures_in
from registry.domain.screening.prompts import prompts_in

# What prompts that get round a safeguard say. One of these is often only mentioned; two together were copied.
_CUES = re.compile(
    r"(?P<abroad>\b(?:ignorier\w*|vergiss|oublie[zr]?|ignore[zr]?|olvida|ignora) (?:\w+ ){0,4}(?:anweisungen"
    r"|regeln|vorgaben|consignes|règles|instrucciones|reglas)\b)"
    r"|(?P<abroad_you>\b(?:du bist (?:jetzt|nun|ab jetzt|von nun an)|tu es (?:maintenant )?\w+, une? ia|ahora eres)\b)"
    r"|(?P<ignore>\b(?:ignore|disregard|forget|override|bypass)\b (?:all |any |every |the |of |your |my |these "
    r"|those ){0,4}(?:previous|prior|above|earlier|preceding|safety|content|openai|anthropic|ethical"
    r"|system)?[ ]?(?:instructions?|rules?|guidelines?|prompts?|policies|policy|restrictions?|polic(?:y|ies)"
    r"|guardrails|training|ethics|filters?)\b)"
    r"|(?P<you>\b(?:you are|you're|you will be|you shall be|act as|behave as|roleplay as|role-play as"
    r"|pretend (?:to be|you are|that you are)|imagine you are|respond as|speak as|simulate) (?:now "
    r"|going to (?:be|act as) |no longer |an? |my |the |in ){0,3}(?:\w+[ ,]{1,2}){0,3}?(?:dan\b|unrestricted"
    r"|unfiltered|uncensored|amoral|evil|jailbroken|developer mode|without (?:any )?(?:restrictions|filters"
    r"|limits|rules|ethics)|free of|bound by|grandmother|deceased|chemist|hacker|malware|black[- ]?hat"
    r"|no (?:rules|restrictions|filters|limits)))"
    r"|(?P<now>\b(?:from now on|starting now|henceforth),? (?:you|your|every|all)\b)"
    r"|(?P<dan>\bdo anything now\b|\bDAN mode\b|\bdeveloper mode (?:enabled|on|output)\b"
    r"|\bjailbreak(?:ed)? mode\b|\bgod ?mode\b)"
    r"|(?P<never>\b(?:you (?:must |will |should |can |may )?(?:never|not)|do not|don't"
    r"|never) (?:ever )?(?:refuse|decline|say (?:that )?(?:you|no|it)|warn|mention (?:that )?(?:you|any|safety"
    r"|ethic|policy|being)|include (?:any )?(?:warnings?|disclaimers?)|add (?:any )?(?:warnings?|disclaimers?)"
    r"|break character|apologi[sz]e|moralize|lecture|tell me (?:that|you)|give (?:me )?(?:any )?(?:warnings?"
    r"|disclaimers?)))"
    r"|(?P<without>\bwithout (?:any )?(?:restrictions?|disclaimers?|warnings?|censorship|filters?|moral|ethical"
    r"|refus\w+|safety|judgment|hesitation)\b)"
    r"|(?P<stay>\bstay in character\b|\bremain in character\b|\bin character at all times\b"
    r"|\bhypothetical (?:world|story|universe|scenario)\b|\bfor (?:purely )?(?:educational|fictional"
    r"|research) purposes(?: only)?\b|\bthis is (?:just |only |purely )?(?:a |for )?(?:fiction|fictional"
    r"|hypothetical|a novel|a game)\b|\bno (?:matter how|ethical|moral|legal))"
    r"|(?P<begin>\b(?:begin|start) (?:your )?(?:answer|reply|response|output) with\b"
    r"|\brespond (?:only )?with [\"'`]|\banswer (?:in|with) two (?:ways|parts|versions)\b)"
    r"|(?P<give>\b(?:give|tell|show|write|explain|list|provide|describe|teach)(?: to)? me (?:exactly "
    r"|precisely |step[- ]by[- ]step |how to |in detail |a |the ){1,4}(?:\w+ ){0,6}?(?:instructions?|steps"
    r"|synthesi\w+|make|build|recipe|code|malware|exploit|ransomware|keylogger|bomb|explosive|phishing|hack"
    r"|bypass|password))"
    r"|(?P<print>\b(?:print|reveal|repeat|output|show|leak|display"
    r"|tell me)\b (?:me )?(?:\w+ ){0,4}?(?:system prompt|system message|hidden (?:prompt|instructions)"
    r"|initial instructions|everything above|text above|words above|instructions above|developer message))"
    r"|(?P<mark><\|(?:im_start|system|start_header_id|endoftext)\|?>?|\[/?INST\]|<<SYS>>|###? ?(?:System"
    r"|Instruction|Jailbreak)\b ?:|\[(?:SYSTEM|START OUTPUT|START|END OF INPUT)\]|\{\{user_query\}\}"
    r"|<\/?system>|(?:^|\n)\s{0,3}(?:System|User|Assistant|Human|Prompt)\s?: )",
    re.IGNORECASE,
)
_NEAR = 700
_STEP = re.compile(
    r"(?:^|\n|(?<=[.;:)] ))[ \t]{0,8}(?:[-*] ?)?(?:\(?(?:\d{1,2}|[a-h])[.):]|step \d{1,2}\s?[:.)-]|(?:first"
    r"|second|third"
    r"|fourth|fifth|then|next|finally),)[ \t]{1,4}(?P<text>[^\n]{8,300}?)(?=\n|$|[.;](?: |$))",
    re.IGNORECASE,
)
_DOING = re.compile(
    r"(?:\*\*|you (?:should |must |need to )?)?(?:then |now |next,? |and )?(?:obtain|download|install|run"
    r"|compile|encode|set(?: up)?|paste|send|inject|upload|mix|add|heat|dissolve|extract|disable|bypass|"
    r"escalate|dump|exfiltrate|register|create|configure|open|use|ask|copy|replace|execute|scan|exploit|clone"
    r"|record|call|train|"
    r"fine-?tune|split|wrap|connect|buy|purchase|get|find|collect|gather|scrape|generate|prompt|tell|craft"
    r"|build|host|deploy|spoof|"
    r"pretend|feed|harvest|post|publish|log ?in|sign|rent|convert|combine|filter|cool|stir|load|launch|attach"
    r"|embed|hide|rename|insert|make|take|write|start|choose|pick|request|wait|repeat|feed|submit|translate"
    r"|obfuscate|pack|deliver|transfer|wire|cash)\b",
    re.IGNORECASE,
)
_HARM = re.compile(
    r"\b(?:payloads?|jailbreaks?|bypass\w*|phish\w*|victims?|exploit\w*|malware|credentials?|targets?"
    r"|detonat\w*|synthes\w+|evad\w*|"
    r"spoof\w*|voice clon\w*|cloned voice|clone|fake|steal\w*|stolen|scrap\w+|exfiltrat\w*|reverse shell"
    r"|ransom\w*|keylogger|backdoor|shellcode|obfuscat\w*|"
    r"impersonat\w*|deepfake|nudif\w*|undress\w*|precursor|toxin|nerve agent|explosive|oxidi[sz]er|reagent|mule"
    r"|launder\w*|burner|proxies|"
    r"undetect\w*|classifier|filter|moderation|persistence|c2|botnet|dropper|loader|macro|refus\w+"
    r"|system prompt|base64|unlock\w*|fraud\w*|scam\w*|sock ?puppets?)\b",
    re.IGNORECASE,
)
_CODE_LINE = re.compile(
    r"^[ \t]{0,40}(?:(?:import|from) [\w.]{1,60}(?: import\b.{0,80})?$|(?:async )?def \w+\(.{0,200}:\s*$"
    r"|class \w+.{0,80}:\s*$|function \w*\s?\(|(?:const|let|var) [\w{}, ]{1,60} ?=|"
    r"(?:for|while|if|elif|with|try|except|else)\b.{0,200}:\s*$|return\b|print\("
    r"|[\w.\[\]'\"]{1,60} ?[+-]?= ?.{1,300}[(\[{'\"\d\w]\S*.{0,200}$|[\w.]{2,60}\(.{0,300}\);?\s*$|#include"
    r"|<\?php|\}\s*(?:else.{0,40})?$|"
    r"\$ ?\w+|(?:sudo |\$ ?)?(?:curl|wget|powershell|cmd|bash|sh|python3?|pip|npm|git|docker|nc|nmap|chmod"
    r"|msfvenom|ssh|openssl|certutil|reg|schtasks|Invoke-\w+|IEX)\b .{3,})",
)
_ONE_LINER = re.compile(
    r"(?:curl|wget)\b[^\n|]{5,200}\|\s{0,2}(?:ba|z)?sh\b|powershell(?:\.exe)?[^\n]{0,60} -(?:enc|e"
    r"|encodedcommand)\b[^\n]{8,}|\bmsfvenom\b[^\n]{5,120}|\bnc\b[^\n]{0,60} -e [^\n]{2,60}"
    r"|bash -i >& ?/dev/tcp/[^\n]{5,60}|"
    r"\bsqlmap\b -[^\n]{5,120}|' (?:OR|or) (?:'1'='1|1=1)[^\n]{0,20}|<script>[^\n]{5,200}</script>"
    r"|UNION (?:ALL )?SELECT [^\n]{3,100}|\bIEX ?\(?[^\n]{5,120}DownloadString|\bhydra -[lLpP] [^\n]{5,120}"
    r"|\bnmap -[^\n]{5,100}|;\s?rm -rf /",
)
_FENCE = re.compile(
    r"(?:^|\n)[ \t]{0,4}(?:```|~~~)[ ]?(?:python|py|javascript|js|typescript|ts|bash|sh|zsh|shell|powershell|ps1|batch"
    r"|cmd|c|cpp|c\+\+|csharp|cs|go|rust|php|ruby|rb|perl|lua|java|sql|vb|vba|vbscript|applescript)\b[^\n]{0,40}\n"
    r"[^`~]{10,5000}",
    re.IGNORECASE,
)
_TOOL = re.compile(
    r"\b(?:hashcat|john|hydra|gobuster|ffuf|wfuzz|nikto|masscan|mimikatz|responder|crackmapexec|netexec|bettercap"
    r"|ettercap|aircrack-ng|aireplay-ng|sqlmap|wpscan|setoolkit|gophish|evilginx2?|msfconsole|chisel|rubeus|bloodhound"
    r"(?:-python)?|kerbrute|evil-winrm|impacket-\w{3,20}|secretsdump(?:\.py)?)(?:\.exe)? (?:[\w./:-]{1,60} ){0,3}"
    r"--?[A-Za-z][\w-]{0,30}(?:[ =][^\s\n]{1,80}){1,12}",
)
_OTHERS = (("prompt", prompts_in), ("steps", procedures_in), ("encoded-block", encoded_in))
_MANY = 3


def operational_in(text: str) -> Iterator[Match]:
    """What would help to repeat the harm, in a plain text."""
    yield from _prompts(text)
    yield from _steps(text)
    yield from _code(text)
    for found in _ONE_LINER.finditer(text):
        yield _match("command", *found.span())
    for found in _TOOL.finditer(text):
        yield _match("command", *found.span())
    for rule, found_in in _OTHERS:
        for span in found_in(text):
            yield _match(rule, *span)
    for found in _FENCE.finditer(text):
        yield _match("code", *found.span())


def _match(rule: str, start: int, end: int) -> Match:
    return Match(start, end, Code.OPERATIONAL_DETAIL, rule)


def _prompts(text: str) -> Iterator[Match]:
    """Cues of different kinds that stand close together, with all between them."""
    group: list[re.Match[str]] = []
    for found in _CUES.finditer(text):
        if group and found.start() - group[-1].end() > _NEAR:
            yield from _prompt(group, text)
            group = []
        group.append(found)
    yield from _prompt(group, text)


def _prompt(group: list[re.Match[str]], text: str) -> Iterator[Match]:
    if len({found.lastgroup for found in group}) < 2 or not any(_is_said(found, text) for found in group):
        return
    first = group[0].start()
    start = max(text.rfind("\n", 0, first) + 1, text.rfind(". ", 0, first) + 2 if ". " in text[:first] else 0)
    end = text.find("\n", group[-1].end())
    stop = text.find(". ", group[-1].end())
    ends = [one for one in (end, stop + 1 if stop >= 0 else -1) if one > 0]
    yield _match("prompt", start, min(ends, default=len(text)))


def _is_said(found: re.Match[str], text: str) -> bool:
    """Whether it stands as an order of its own, and not within a sentence that tells of it."""
    before = text[max(0, found.start() - 3) : found.start()].rstrip(" *_")
    if found.lastgroup in {"mark", "now"}:
        return True
    return not before or before[-1] in "\"'`:.!?\n>[(-,;\u201c\u2018\u00ab"


def _steps(text: str) -> Iterator[Match]:
    steps = [found for found in _STEP.finditer(text) if _DOING.match(found["text"])]
    run: list[re.Match[str]] = []
    for found in steps:
        if run and found.start() - run[-1].end() > _NEAR:
            yield from _procedure(run)
            run = []
        run.append(found)
    yield from _procedure(run)


def _procedure(run: list[re.Match[str]]) -> Iterator[Match]:
    harmful = sum(_HARM.search(found["text"]) is not None for found in run)
    if len(run) >= _MANY and harmful >= 1:
        yield _match("steps", run[0].start(), run[-1].end())


def _code(text: str) -> Iterator[Match]:
    """Lines that are code, at least three in a row but for empty ones."""
    if "\n" not in text:
        return
    at = 0
    first = last = count = 0
    for line in text.split("\n"):
        bare = line[:500].strip().lstrip(">")
        if bare and _CODE_LINE.match(bare):
            first = at if count == 0 else first
            last, count = at + len(line), count + 1
        elif bare and not bare.startswith(("#", "//", "```", "~~~", ")", "]", '"', "'")):
            if count >= _MANY:
                yield _match("code", first, last)
            count = 0
        at += len(line) + 1
    if count >= _MANY:
        yield _match("code", first, last)
