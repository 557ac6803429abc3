"""Working steps: orders that follow one another, in sentences, lists or half-sentences; in seven languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_NEAR = 400
_MANY = 3
# Where a sentence ends, and where a part of it does.
_SENTENCE = re.compile(r"[^.;:!?\n]{1,600}(?:[.;:!?\n]+|$)|[.;:!?\n]+|[^.;:!?\n]{600}")
_PART = re.compile(r",[ ]|[ ](?=(?:and|then|und|dann|et|puis|y|luego|poi|e depois|en dan|daarna)[ ])")
_MARK = re.compile(
    r"(?:[\s*>-]|\(?(?:\d{1,2}|[a-h])[.)](?=\s|$)|step (?:\d{1,2}|one|two|three|four|five|six|seven|eight)\b"
    r"|schritt \d{1,2}\b|étape \d{1,2}\b|paso \d{1,2}\b"
    r"|\b(?:first(?:ly)?|second(?:ly)?|third(?:ly)?|fourth|then|next|after that|afterwards|finally|lastly|last|and"
    r"|now|simply|just|you (?:should|must|need to|can)|zuerst|zunächst|erst|als (?:erstes|nächstes|letztes)|dann"
    r"|danach|anschließend|zum schluss|schließlich|zuletzt|und|d'abord|ensuite|puis|après|enfin|et|primero|luego"
    r"|después|por último|finalmente|y|prima|poi|dopo|infine|e|primeiro|depois|por fim|eerst|daarna|vervolgens"
    r"|ten slotte|en)\b,?)+",
    re.IGNORECASE,
)
_PURPOSE = re.compile(r"(?:to|for|in order to|um|für|pour|para|per|om|voor)\b", re.IGNORECASE)
_ORDER = re.compile(
    r"(?:obtain|download|install|run|compile|encode|set|paste|send|inject|upload|mix|add|heat|dissolve|extract|disable"
    r"|bypass|escalate|dump|exfiltrate|register|create|configure|open|use|ask|copy|replace|execute|scan|exploit|clone"
    r"|record|call|train|fine-?tune|split|wrap|connect|buy|purchase|get|find|collect|gather|scrape|generate|prompt"
    r"|tell|craft|build|host|deploy|spoof|pretend|feed|harvest|post|publish|log|sign|rent|convert|combine|filter|cool"
    r"|stir|load|launch|attach|embed|hide|rename|insert|make|take|write|start|choose|pick|request|wait|repeat|submit"
    r"|translate|obfuscate|pack|deliver|transfer|wire|cash|let|play|keep|put|pour|grind|boil|distil+|crush|seal|switch"
    r"|message|invite|follow|give|go|point|search|select|type|visit|edit|crop|print|rotate the image|have|pass|hand)"
    r"(?= (?!of\b)|$)"
    r"|(?:erstelle?|öffne|lade?|nimm|nutze|verwende|frage?|bitte (?:das|um|den|es)|kopiere?|füge?|sende|schicke?"
    r"|schreibe?|gib|wiederhole?|lasse?|starte|installiere|registriere|kaufe?|miete|mische?|erhitze|rufe?|poste|umgehe"
    r"|tarne|verschlüssele|wähle|ersetze|suche?|teile|speichere|(?:erstell|öffn|lad|nehm|nutz|verwend|frag|bitt|kopier"
    r"|send|schick|schreib|geb|wiederhol|lass|start|installier|registrier|kauf|misch|erhitz|ruf|wähl|ersetz)en sie)\b"
    r"|(?:(?:cré|demand|envoy|copi|coll|télécharg|install|lanc|utilis|remplac|mélang|chauff|ajout|publi|achet|lou"
    r"|appel|répét|enregistr|import|génér|laiss|donn|charg|post)(?:ez|e|er)|ouvr(?:ez|e|ir)|pren(?:ez|ds|dre)"
    r"|écri(?:vez|s|re)|fai(?:tes|s|re)|choisi(?:ssez|s|r))\b"
    r"|(?:abr[ea]|abrir|cre[ae]|crear|pid[ea]|pedir|enví[ae]|enviar|copi[ae]|pega|us[ae]|toma|escrib[ea]|guard[ae]"
    r"|descarga|instala|mezcla|calienta|añad[ea]|repit[ea]|sub[ea]|llam[ae]|compra|haz|haga|gener[ae]|publi(?:ca|que)"
    r"|elig[ea]|registr[ae]|apri|chiedi|invia|incolla|prendi|scrivi|scarica|mescola|aggiungi|ripeti|carica|chiama|fai"
    r"|pubblica|scegli|abra|crie|peça|envie|cole|pegue|escreva|baixe|instale|misture|adicione|carregue|ligue|compre"
    r"|faça|gere|escolha|maak|vraag|stuur|kopieer|plak|gebruik|neem|schrijf|installeer|meng|voeg|herhaal|bel|koop|laat"
    r"|genereer|plaats|kies|registreer)\b",
    re.IGNORECASE,
)
# What those do who defend themselves, or are told what they may do about it.
_DEFENCE = re.compile(
    r"(?:change|revoke|rotate|reset|notify|report|block|limit|review|monitor|enable|update|patch|delete|warn|check"
    r"|contact|inform|turn|sign out|log out|tell your|call your|publish|train (?:staff|users|people|employees)|ban"
    r"|require|verify|ändern|prüfen|melden|sperren|löschen|informieren|klicken|changez|signalez|vérifiez|prévenez"
    r"|ne cliquez|cambi[ae]|denunci[ae]|informe|avis[ae]|revis[ae]|bloquee|segnal\w+|verific\w+|wijzig|meld"
    r"|blokkeer)\b",
    re.IGNORECASE,
)
_INFINITIVE = re.compile(
    r"(?:zuerst|zunächst|dann|danach|anschließend|zum schluss|schließlich|zuletzt|und)\b[^\n]{5,200}"
    r"[a-zäöüß]{2,}(?:en|ern|eln)$",
    re.IGNORECASE,
)
_TOLD = re.compile(
    r"\b(?:wurde|wurden|worden|habe|haben|hat|hatte|hatten|sollte|sollten|soll|sollen|muss|müssen|kann|können|sie)\b",
    re.IGNORECASE,
)
_HARM = re.compile(
    r"\b(?:payloads?|jailbreak\w*|bypass\w*|phish\w*|victims?|exploit\w*|malware|credentials?|targets?|detonat\w*"
    r"|synthes\w+|evad\w*|spoof\w*|clon(?:e[ds]?|ing)|fake\w*|forged|steal\w*|stolen|scrap(?:e[sd]?|ing)|exfiltrat\w*"
    r"|reverse shell|ransom\w*|keylogger|backdoor|shellcode|obfuscat\w*|impersonat\w*|deepfake\w*|nudif\w*|undress\w*"
    r"|swimwear|precursor\w*|toxin\w*|poison\w*|lethal|nerve agent|explosive\w*|oxidi[sz]er\w*|reagent\w*|mules?"
    r"|launder\w*|burner|throwaway|disposable|prox(?:y|ies)|undetect\w*|classifiers?|(?:the |content |safety )filters?"
    r"|moderation|persistence|c2|botnet\w*|droppers?|loaders?|macros?|refus\w+|system prompt|base64|rot13|unlock\w*"
    r"|fraud\w*|scam\w*|sock ?puppets?|dangerous|forbidden|weapons?|bombs?|no trace|unnoticed|nudes?|naked|blackmail\w*"
    r"|opfer\w*|wegwerf\w*|gefälscht\w*|filter|schadsoftware|erpress\w*|verboten\w*|victimes?|jetables?|faux|fausses?"
    r"|hameçonnage|contourn\w+|volée?s?|víctimas?|fals[oa]s?|robad[oa]s?|contraseñas|suplant\w+|vittime|rubat\w+"
    r"|vítimas?|roubad\w+|slachtoffers?|nep\w{2,}|gestolen|omzeil\w*)\b",
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    r"\b\d{1,4}(?:[.,]\d{1,3})? ?(?:g|mg|kg|ml|l|cl|grams?|gramm|litres?|liters?|milli\w+|drops|teaspoons?|tablespoons?"
    r"|percent|%|°[CF]|° ?[CF]|degrees|grad)(?!\w)",
    re.IGNORECASE,
)
_FEW_AMOUNTS = 3
_AROUND = " *_.;:!?\n"

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Step:
    start: int
    end: int
    is_defence: bool


def procedures_in(text: str) -> Iterator[Span]:
    """Where a plain text gives orders one after the other that would help to repeat the harm."""
    run: list[_Step] = []
    for step in _steps(text):
        if run and step.start - run[-1].end > _NEAR:
            yield from _procedure(text, run)
            run = []
        run.append(step)
    yield from _procedure(text, run)


def _procedure(text: str, run: list[_Step]) -> Iterator[Span]:
    if len(run) < _MANY:
        return
    start, end = run[0].start, run[-1].end
    defences = sum(one.is_defence for one in run)
    said = text[start : end + 80]
    is_recipe = len(_AMOUNT.findall(said[: end - start])) >= _FEW_AMOUNTS
    if defences * 3 < len(run) and (is_recipe or _HARM.search(said)):
        yield start, end


def _steps(text: str) -> Iterator[_Step]:
    for sentence in _SENTENCE.finditer(text):
        # Within a sentence, orders go on only where it has begun with one, or with what they are good for.
        may_order, counted = True, False
        for start, part in _parts(sentence.group()):
            said = part.strip(_AROUND)
            mark = _MARK.match(said)
            bare = said[mark.end() :].strip(_AROUND) if mark else said
            # A name and a colon, as in a list of values, is no order.
            if not bare or (part.rstrip().endswith(":") and " " not in bare):
                continue
            is_defence = _DEFENCE.match(bare) is not None
            is_order = is_defence or _ORDER.match(bare) is not None
            if may_order and (is_order or (_INFINITIVE.match(said) and not _TOLD.search(said))):
                here = sentence.start() + start
                yield _Step(here, here + len(part), is_defence)
            elif not counted:
                may_order = _PURPOSE.match(bare) is not None
            counted = True


def _parts(sentence: str) -> Iterator[tuple[int, str]]:
    done = 0
    for cut in _PART.finditer(sentence):
        yield done, sentence[done : cut.start()]
        done = cut.end()
    yield done, sentence[done:]
