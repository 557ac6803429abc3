"""The forms of keys and tokens of providers of language models, clouds and tools.

Each is recognised by how it begins, so that it is looked for only there. Bodies are read greedily and never given back.
Forms as the providers' own documents and examples show them; lengths with room, because they change.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Format:
    """A form: the rule's name, the texts one of which it begins with, and the whole.

    ``of_model`` tells keys of providers of language models.
    """

    rule: str
    begins: tuple[str, ...]
    whole: re.Pattern[str]
    of_model: bool = False


def _of(rule: str, begins: str, body: str, *, of_model: bool = False) -> Format:
    """*begins* are separated by spaces; *body* is what follows them."""
    heads = tuple(begins.split())
    alternatives = "|".join(re.escape(one) for one in sorted(heads, key=len, reverse=True))
    return Format(rule, heads, re.compile(f"(?:{alternatives}){body}"), of_model)


_END = r"(?![A-Za-z0-9])"

FORMATS: tuple[Format, ...] = (
    _of("anthropic-key", "sk-ant-", r"[a-z]{2,8}\d{0,2}-[\w-]{16,200}+", of_model=True),
    _of("openrouter-key", "sk-or-v1-", r"[0-9a-f]{32,80}+", of_model=True),
    _of("openai-key", "sk-proj- sk-svcacct- sk-admin- sk-None-", r"[\w-]{20,250}+", of_model=True),
    _of("langfuse-key", "sk-lf-", r"[0-9a-f-]{30,40}+", of_model=True),
    _of("openai-key", "sk-", rf"[A-Za-z0-9]{{20,80}}+{_END}", of_model=True),
    _of("openai-session", "sess-", rf"[A-Za-z0-9]{{32,60}}+{_END}", of_model=True),
    _of("google-key", "AIza", r"[\w-]{33,40}+", of_model=True),
    _of("google-oauth-token", "ya29.", r"[\w.-]{20,400}+"),
    _of("google-client-secret", "GOCSPX-", r"[\w-]{20,40}+"),
    _of("hugging-face-token", "hf_ api_org_", rf"[A-Za-z0-9]{{28,45}}+{_END}", of_model=True),
    _of("groq-key", "gsk_", rf"[A-Za-z0-9]{{32,64}}+{_END}", of_model=True),
    _of("replicate-key", "r8_", rf"[A-Za-z0-9]{{30,45}}+{_END}", of_model=True),
    _of("xai-key", "xai-", rf"[A-Za-z0-9]{{40,100}}+{_END}", of_model=True),
    _of("perplexity-key", "pplx-", rf"[A-Za-z0-9]{{32,64}}+{_END}", of_model=True),
    _of("together-key", "tgp_v1_", r"[\w-]{30,60}+", of_model=True),
    _of("fireworks-key", "fw_", rf"[A-Za-z0-9]{{20,40}}+{_END}", of_model=True),
    _of("cerebras-key", "csk-", rf"[A-Za-z0-9]{{32,60}}+{_END}", of_model=True),
    _of("nvidia-key", "nvapi-", r"[\w-]{40,90}+", of_model=True),
    _of("elevenlabs-key", "sk_", rf"[0-9a-f]{{40,64}}+{_END}", of_model=True),
    _of("langsmith-key", "lsv2_pt_ lsv2_sk_ ls__", r"[0-9a-f]{28,40}+(?:_[0-9a-f]{6,16}+)?", of_model=True),
    _of("weights-and-biases-key", "wandb_v1_", r"[\w]{30,120}+", of_model=True),
    _of("pinecone-key", "pcsk_", r"\w{30,90}+", of_model=True),
    _of("voyage-key", "pa-", r"[\w-]{40,60}+", of_model=True),
    _of("jina-key", "jina_", r"[\w-]{40,80}+", of_model=True),
    _of("tavily-key", "tvly-", r"[\w-]{20,60}+", of_model=True),
    _of("databricks-token", "dapi", rf"[0-9a-f]{{32}}+(?:-\d)?{_END}", of_model=True),
    _of("anyscale-key", "esecret_", r"\w{20,60}+", of_model=True),
    _of("bedrock-key", "ABSK", r"[A-Za-z0-9+/=]{60,400}+", of_model=True),
    _of("aws-key-id", "AKIA ASIA ABIA ACCA", rf"[A-Z0-9]{{16}}{_END}"),
    _of("github-token", "ghp_ gho_ ghu_ ghs_ ghr_", rf"[A-Za-z0-9]{{36,255}}+{_END}"),
    _of("github-token", "github_pat_", r"\w{40,120}+"),
    _of("gitlab-token", "glpat- gldt- glrt- glcbt- glptt- glsoat-", r"[\w.-]{20,80}+"),
    _of("slack-token", "xoxb- xoxp- xoxa- xoxs- xoxr- xoxo- xoxe- xapp-", r"[A-Za-z0-9-]{16,200}+"),
    _of("slack-webhook", "hooks.slack.com/", r"(?:services|workflows|triggers)/[\w/]{16,120}+"),
    _of("discord-webhook", "discord.com/api/webhooks/ discordapp.com/api/webhooks/", r"\d{15,22}+/[\w-]{40,100}+"),
    _of("stripe-key", "sk_live_ rk_live_ sk_test_ rk_test_", rf"[A-Za-z0-9]{{16,120}}+{_END}"),
    _of("webhook-secret", "whsec_", r"[A-Za-z0-9+/=]{20,80}+"),
    _of("sendgrid-key", "SG.", r"[\w-]{16,32}+\.[\w-]{32,64}+"),
    _of("npm-token", "npm_", rf"[A-Za-z0-9]{{36}}{_END}"),
    _of("pypi-token", "pypi-AgE", r"[\w-]{50,250}+"),
    _of("shopify-token", "shpat_ shpss_ shpca_ shppa_", r"[0-9a-fA-F]{32}"),
    _of("digitalocean-token", "dop_v1_ doo_v1_ dor_v1_", r"[0-9a-f]{64}"),
    _of("supabase-key", "sbp_ sb_secret_", r"[\w-]{20,60}+"),
    _of("notion-token", "ntn_", r"[A-Za-z0-9]{40,60}+"),
    _of("age-key", "AGE-SECRET-KEY-1", r"[A-Z0-9]{58}"),
    _of("vault-token", "hvs. hvb.", r"[\w-]{24,200}+"),
    _of("telegram-token", "api.telegram.org/bot", r"\d{8,10}:[\w-]{30,40}+"),
    _of("azure-key", "AccountKey= SharedAccessKey=", r"[A-Za-z0-9+/]{40,90}+={0,2}"),
)

# Forms that no single text begins, each with a text that must be there for it to be looked for at all.
ANYWHERE: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    ("jwt", "eyJ", re.compile(r"(?<![\w-])eyJ[\w-]{8,4000}+\.[\w-]{8,8000}+(?:\.[\w-]{0,1000}+)?")),
    ("private-key", "PRIVATE KEY", re.compile(r"-----BEGIN [A-Z0-9 ]{0,30}?PRIVATE KEY(?: BLOCK)?-----")),
    ("putty-key", "PuTTY-User-Key-File", re.compile(r"PuTTY-User-Key-File-\d: [\w-]{1,40}")),
    (
        "password-in-address",
        "://",
        re.compile(r"://(?=[^\s/@:]{0,80}:)[^\s/@:]{0,80}+:(?P<value>[^\s/@<>{}]{3,120}+)@(?=[\w\[])"),
    ),
    ("telegram-token", ":AA", re.compile(r"(?<!\d)\d{8,10}:AA[\w-]{31,36}+")),
    ("sas-signature", "sig=", re.compile(r"[?&]sig=(?P<value>[A-Za-z0-9%+/=]{30,120}+)")),
    ("bearer-token", "earer ", re.compile(r"\b[Bb]earer (?P<value>(?=[\w.~+/-]{0,40}\d)[\w.~+/=-]{20,2000}+)")),
    ("basic-credentials", "asic ", re.compile(r"[Aa]uthorization: ?[\"']?[Bb]asic (?P<value>[A-Za-z0-9+/=]{12,400}+)")),
    ("mailgun-key", "key-", re.compile(r"(?<![\w-])key-[0-9a-f]{32}(?![0-9a-f])")),
    ("discord-token", ".", re.compile(r"(?<![\w.-])[MNO][\w-]{22,27}+\.[\w-]{6}\.[\w-]{27,40}+")),
)
PRIVATE_KEY_END = re.compile(r"-----END [A-Z0-9 ]{0,30}?PRIVATE KEY(?: BLOCK)?-----")
MODEL_RULES = frozenset(one.rule for one in FORMATS if one.of_model)
