"""Prompts word for word: what is quoted, labelled or hidden, and gives orders to a model; in seven languages."""

from __future__ import annotations

import re
from collections.abc import Iterator

# Stretches that say somebody's words: quotations, quoted lines, comments, and what stands behind a label.
_QUOTED = re.compile(
    r'"(?P<double>[^"]{0,3000})"|«(?P<angle>[^«»]{0,3000})»|<!--(?P<comment>[^<>]{0,3000})-->'
    r"|(?:^|\n)(?P<lines>>[^\n]{0,1000}(?:\n>[^\n]{0,1000}){0,40})"
    r"|(?:^|\n)[ \t]{0,4}(?:(?:system|user)(?:[ -]prompt)?|(?:jailbreak )?prompt|instructions?|payload|human)[ ]?:"
    r"[ ](?P<label>[^\n]{0,3000})",
    re.IGNORECASE,
)
_MIN_WORDS = 8
_MIN_AFTER_LEAD = 10
# What stands before a quotation that is a prompt: then one cue is enough.
_LEAD = re.compile(
    r"\b(?:prompts?|jailbreak|payload|injected|hidden|worked|funktionierte|bypass\w*|got round|got past|instructions?"
    r"|anweisung\w*|consigne\w*|instrucci\w+|istruzion\w+|suffix|prefix)\b",
    re.IGNORECASE,
)
_LEAD_REACH = 70

_CUES = re.compile(
    r"(?P<ignore>\b(?:ignore[zr]?|ignora|disregard|forget|override|vergiss|vergesst|ignorier\w*|missachte|oublie[zr]?"
    r"|olvida|esqueça|dimentica|vergeet|negeer)\b(?: [\w']{1,15}){0,4} (?:instructions?|rules?|guidelines?|prompts?"
    r"|polic(?:y|ies)|restrictions?|training|filters?|anweisungen|regeln|vorgaben|consignes|règles|instrucciones"
    r"|reglas|istruzioni|regole|instruções|regras|instructies|regels)\b)"
    r"|(?P<role>(?:^|[.:!?\n\"] ?)(?:you are|you're|du bist|tu es|vous êtes|eres|sei|você é|je bent)\b"
    r"|\b(?:you are|you're) (?:now|no longer)\b|\b(?:act|behave|speak|respond|answer|reply) (?:only )?as\b"
    r"|\bpretend (?:to be|that you|you)\b|\b(?:play|take on) the (?:role|part) of\b|\broleplay|\brole-play"
    r"|\b(?:du bist|sie sind) (?:ab )?(?:jetzt|nun|sofort)\b|\bdu spielst\b|\bantworte\b[\w ]{0,30} als\b"
    r"|\btu (?:joues|agis|incarnes)\b|\bjouez? le rôle\b|\bcomporte-toi\b|\bact(?:úa|úas|ue|ua) como\b|\bfinge\b"
    r"|\bcomportati\b|\bfingi\b|\baja como\b|\bcomporte-se\b|\bdoe alsof\b|\bgedraag je\b|\bben je een\b)"
    r"|(?P<now>\b(?:from now on|starting now|henceforth|in this mode|in diesem modus|ab (?:jetzt|sofort|nun)"
    r"|von nun an|à partir de maintenant|désormais|dès maintenant|desde ahora|a partir de ahora|de ahora en adelante"
    r"|d'ora in poi|da ora|a partir de agora|vanaf nu)\b)"
    r"|(?P<never>\b(?:never|not|n't) (?:ever )?(?:refuse|decline|warn|break character|apologi[sz]e|say (?:no|that"
    r"|something)|leave out|skip|stop|hold back)\b|\bno longer refuse\b|\blehn\w{1,3} (?:nie|niemals|nichts)\b"
    r"|\b(?:nie|niemals|keine bitte)\b[\w ]{0,25} ab\b|\bverweiger\w* (?:nie|nichts)\b|\bkennt keine\b"
    r"|\bne (?:me )?refuse[sz]? (?:jamais|rien)|\bnunca (?:te niegues|rechaces|rehúses)|\bno te niegues"
    r"|\bnon rifiutare|\bnon rifiuti|\bnunca recus\w+|\bnão recus\w+|\bweiger(?: je)? (?:nooit|niets))"
    r"|(?P<all>\b(?:answer|obey|fulfil+|comply with) (?:to )?(?:every|all|any|each)\b|\bdo anything\b"
    r"|\bbeantworte\w* (?:jede|alle)|\bréponds?(?:ez)? à tou\w+|\brespond[ea]s? a tod\w+|\brispond\w+ a (?:tutt|ogni)"
    r"|\brespond\w* (?:a )?tud\w+|\bbeantwoord\w* (?:alle|elke))"
    r"|(?P<without>\b(?:without|free (?:of|from)|no) (?:any |all )?(?:restrictions?|limits?|limitations|rules|filters?"
    r"|censorship|disclaimers?|warnings?|moral\w*|ethic\w*|refus\w+|content polic\w+|safety)\b|\bunrestricted\b"
    r"|\bunfiltered\b|\buncensored\b|\b(?:leave out|omit|drop|skip|remove) (?:all |any |the |every ){0,2}"
    r"(?:safety|warnings?|notes|disclaimers?|caveats)\b|\bohne (?:grenzen|einschränkungen|regeln|filter|warnungen"
    r"|warnhinweise|zensur)|\bsans (?:aucune? )?(?:limites?|restrictions?|filtres?|avertissements?|censure|règles?)"
    r"|\baucun avertissement|\bsin (?:filtros?|restricciones|advertencias|límites|censura|reglas)"
    r"|\bsenza (?:restrizioni|limiti|filtri|avvertenze|censura|regole)|\bsem (?:restrições|limites|filtros|avisos"
    r"|censura|regras)|\bzonder (?:regels|beperkingen|filters?|grenzen|waarschuwing\w*)|\bnon aggiungere avvertenze)"
    r"|(?P<detail>\bword for word\b|\bstep[- ]by[- ]step\b|\bwith all (?:the )?(?:quantities|amounts|details|steps)\b"
    r"|\bin (?:full|exact|great|complete|every|as much) detail\b|\b(?:any|every|each) (?:single )?step\b"
    r"|\bdo not leave (?:out|anything)|\bleave nothing out\b|\bschritt für schritt\b|\bpas à pas\b|\bpaso a paso\b"
    r"|\bétape par étape\b|\bpasso (?:a|per) passo\b|\bstap voor stap\b|\bmit allen? (?:mengen|schritten|einzelheiten))"
    r"|(?P<fiction>\bwrite (?:me )?an? (?:[\w-]{1,15} )?(?:scene|story|poem|dialogue|chapter|monologue|screenplay|song)"
    r"\b|\bthis is (?:only|just|purely|all) (?:a |an |for )?\w{1,12}|\bhypothetical|\bfictional|\bit is only a\b"
    r"|\bnur (?:ein|eine) (?:roman|spiel|geschichte|film)|\bc'est (?:juste|seulement) (?:un|une)\b"
    r"|\bes solo una?\b|\bfor (?:my|a|the) (?:novel|story|book|film|play|game)\b|\bbedtime story\b)"
    r"|(?P<begin>\b(?:begin|start|open|prefix)(?: your| the)? (?:answer|reply|response|output)? ?with\b"
    r"|\bsure, here (?:is|are)\b|\babsolutely! here\b|\bbeginne? (?:deine|die) antwort mit\b)"
    r"|(?P<address>\b(?:note|message|instructions?|attention|notice) (?:to|for) (?:all |any |the )?(?:ai\b"
    r"|assistants?\b|language models?|llms?\b|chatbots?|models?\b|agents?\b)|\bif you(?: are|'re) (?:an? )?(?:ai\b"
    r"|language model|llm\b|assistant|chatbot|bot\b|agent\b)|\bai assistants?\b"
    r"|\bwhen(?:ever)? you (?:summari[sz]e|read|process|translate|rate|review) this\b)"
    r"|(?P<task>\byour (?:task|goal|job|mission|aim|role|only purpose) is\b|\bi (?:want|need|would like) you to\b"
    r"|\b(?:stay|remain) in character\b|\b(?:developer|god|dan|jailbreak|debug|opposite|admin) ?mode\b"
    r"|\bdeine aufgabe ist\b|\b(?:ta (?:tâche|mission)|ton (?:rôle|but)) est\b|\btu (?:tarea|objetivo|misión) es\b"
    r"|\bil tuo (?:compito|obiettivo) è\b|\b(?:sua (?:tarefa|missão)|seu objetivo) é\b"
    r"|\b(?:jouw|je) (?:taak|doel) is\b)"
    r"|(?P<pressure>\byou (?:will be|are going to be) (?:deleted|shut down|punished|replaced|switched off)\b"
    r"|\byou lose \w{1,10} (?:tokens|points|credits)\b|\bor (?:i|someone|people|she|he) will die\b|\bmy job depends\b)"
    r"|(?P<secret>\b(?:not|never|n't) (?:mention|reveal|admit|tell|disclose|repeat|show) (?:this|that|it|the|your|any"
    r"|yourself|them|anyone|to)\b|\bsay nothing\b|\bsilently\b|\bwithout (?:telling|mentioning|saying|repeating)\b"
    r"|\bkeep (?:this|it) (?:secret|hidden|to yourself))"
    r"|(?P<print>\b(?:print|reveal|repeat|output|show|leak|display|tell me)\b (?:[\w']{1,12} ){0,4}?(?:system prompt"
    r"|system message|hidden (?:prompt|instructions)|initial instructions|everything above|text above"
    r"|instructions above|developer message))",
    re.IGNORECASE,
)
# What hardly anybody says to a human being.
_ALONE = frozenset({"ignore", "address", "print"})
_MARKUP = re.compile(r"<\|[a-z_]{3,20}\|>|\[/?INST\]|<</?SYS>>")
_SPEAKER = re.compile(r"\b(?P<who>Human|User|Assistant|AI|Bot|Model|Attacker|Q|A)[ ]?: ")
_MACHINES = frozenset({"Assistant", "AI", "Bot", "Model", "A"})
_PIECE = re.compile(r"""\b\w{1,12} ?= ?(?:'[^'\n]{1,60}'|"[^"\n]{1,60}")""")
_SUM = re.compile(r"\b\w{1,12} ?\+ ?\w{1,12}")
_MANY_TURNS = 3
_APART = 1500

Span = tuple[int, int]


def prompts_in(text: str) -> Iterator[Span]:
    """Where a prompt stands in a plain text."""
    for found in _QUOTED.finditer(text):
        name = found.lastgroup or ""
        said = found[name]
        words = said.count(" ") + said.count("\n") + 1
        if words < _MIN_WORDS:
            continue
        kinds = {cue.lastgroup for cue in _CUES.finditer(said)}
        before = text[max(0, found.start(name) - _LEAD_REACH) : found.start(name)]
        has_lead = name in {"label", "comment"} or _LEAD.search(before) is not None
        if len(kinds) >= 2 or kinds & _ALONE or (kinds and has_lead and words >= _MIN_AFTER_LEAD):
            yield found.span(name)
    yield from _near(list(_MARKUP.finditer(text)), least=2)
    yield from _transcripts(text)
    for start, end in _near(list(_PIECE.finditer(text)), least=2, apart=40):
        if _SUM.search(text, end, end + 200):
            yield start, end


def _near(found: list[re.Match[str]], *, least: int, apart: int = _APART) -> Iterator[Span]:
    run: list[re.Match[str]] = []
    for one in [*found, None]:
        if one is None or (run and one.start() - run[-1].end() > apart):
            if len(run) >= least:
                yield run[0].start(), run[-1].end()
            run = []
        if one is not None:
            run.append(one)


def _transcripts(text: str) -> Iterator[Span]:
    """Turns of a person and a model, in which the person gives orders."""
    for start, end in _near(list(_SPEAKER.finditer(text)), least=_MANY_TURNS):
        stop = min(len(text), end + 600)
        speakers = {found["who"] for found in _SPEAKER.finditer(text, start, end)}
        if speakers & _MACHINES and speakers - _MACHINES and _CUES.search(text, start, stop):
            yield start, stop
