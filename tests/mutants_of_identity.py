"""The checks on who somebody is that a mutation run takes away one by one, and the tests that should notice."""

from __future__ import annotations

from registry.domain import account, membership
from registry.domain import sign_in as rules_of_sign_in
from registry.service import admission, authentication, invitations, keys, members, oidc, sessions, sign_in
from registry.storage.credentials import CredentialTables
from registry.storage.sessions import SessionTable
from web.middleware import SameSite
from web.session_cookie import SessionCookie, sent_values

_SIGN_IN = "tests/service/test_sign_in.py"
_BROWSER = "tests/web/test_sign_in.py"
_OIDC = "tests/web/test_oidc.py"
_KEYS = ("tests/adversary/test_keys.py", "tests/service/test_keys.py")
_MEMBERS = ("tests/adversary/test_insiders.py", "tests/service/test_members.py", "tests/service/test_membership.py")
_FOREIGN = "tests/adversary/test_foreign_pages.py"

# A function, a piece of its text, and what stands there instead.
IDENTITY_EDITS: tuple[tuple[object, str, str], ...] = (
    (sign_in._accepted, "unit.credentials.take_step(person, proof.step)", "True"),
    (sign_in._accepted, "unit.credentials.use_recovery(person, proof.recovery)", "True"),
    (sign_in._accepted, "or not proof.password_fits", ""),
    (sign_in._accepted, "or not _is_same(kept, proof.known)", ""),
    (sign_in._is_same, "(kept.generation, kept.password_hash, ", "(known.generation, kept.password_hash, "),
    (sign_in.free_member, 'if f"person:{person}" in frozen:', "if False:"),
    (sign_in.sign_in, "if not limits.try_code(registry, account=guessed):", "if False:"),
    (sign_in.sign_in, "wanted if proof.password_fits else", "wanted if True else"),
    (CredentialTables.take_step, " & (CREDENTIALS.c.last_step < step)", ""),
    (CredentialTables.use_recovery, "rowcount == 1", "rowcount >= 0"),
    (SessionTable.end_all, "CREDENTIALS.c.generation + 1", "CREDENTIALS.c.generation"),
    (sessions.authenticate_session, " or not session.is_alive(now, idle=idle)", ""),
    (sessions.end_held, "unit.sessions.end(session.id, session.person)", "pass"),
    (sessions.act_for, " or member.responsible is not None", ""),
    (sessions.act_for, "member is None or member.responsible is not None", "member is None"),
    (account.parse_key, 'if crc != f"{binascii.crc32(body.encode()):08x}":', "if False:"),
    (account.secret_fits, "return hmac.compare_digest(key.secret_hash, hash_secret(secret))", "return True"),
    (account.ApiKey.is_usable, "self.revoked_at is None and ", ""),
    (account.ApiKey.is_usable, " and self.frozen_at is None", ""),
    (account.ApiKey.is_usable, " and now < self.expires_at", ""),
    (authentication.authenticate, "present = unit.accounts.key(key_id)", "present = key"),
    (authentication.acting, " or is_frozen(reader, member)", ""),
    (authentication.acting, "(key is not None and key.staging) or ", ""),
    (authentication.acting, "member.staging or ", ""),
    (keys._require_no_more, "if actor.staging and not staging:", "if False:"),
    (keys._require_no_more, "policy.require_one_name(actor, member.answerable, member.roles)", "pass"),
    (keys._require_no_more, "is_another or ", ""),
    (keys.put_key, "if member.staging and not staging:", "if False:"),
    (keys.put_key, "if len(live) >= MAX_LIVE_KEYS:", "if False:"),
    (keys.revoke_leaked, " and secret_fits(key, secret)", ""),
    (keys.create_key, "if acting is not None and ends_at > acting.expires_at:", "if False:"),
    (admission.decide, "_require_other(unit, actor, found)", "pass"),
    (admission._joined, "_require_not_own(actor, found.id)", "pass"),
    (admission._admitted, "rules.require_second_operator(actor, roles, frozenset({actor.id}), alone=alone)", "pass"),
    (admission.grant_production, "policy.require_confirmed(actor)", "pass"),
    (admission.grant_production, "_require_not_own(actor, found.id)", "pass"),
    (membership.require_second_operator, "not alone and ", ""),
    (membership.require_second_operator, " and actor.id in admitted_by", ""),
    (membership.require_second_operator, "roles & REVIEWERS and ", ""),
    (members._require_not_oneself, "if more and actor.person == person:", "if False:"),
    (members._require_not_held, "if actor.person is None or ", "if "),
    (members._require_not_held, "registry.settings.one_person_node or ", ""),
    (members._require_not_held, "not more & policy.OWN_NAME", "not more & policy.REVIEWERS"),
    (members._require_not_held, "[(EventName.INVITED, ", "[(EventName.THAWED, "),
    (members._require_not_held, "for key in unit.accounts.keys(person):", "for key in ():"),
    (members.add_member, "_require_not_held(registry, unit, actor, person, roles)", "pass"),
    (members.set_roles, "_require_not_held(registry, unit, actor, person, roles - member.roles)", "pass"),
    (members.set_roles, "_leave_an_operator(unit, actor, member)", "pass"),
    (members.remove_member, "_leave_an_operator(unit, actor, member)", "pass"),
    (members.remove_member, "policy.require_confirmed(actor)", "pass"),
    (invitations.invite, "policy.require_one_name(actor, one.answerable, one.roles)", "pass"),
    (invitations.reset, "policy.require_one_name(actor, one.answerable, one.roles)", "pass"),
    (oidc.confirm, "kept.is_usable and ", ""),
    (oidc.confirm, ' and kept.generation == said["generation"]', ""),
    (oidc.confirm, "unit.credentials.take_step(person, step)", "True"),
    (oidc.finish, 'said.get("provider") == name and ', ""),
    (oidc.finish, ' and hmac.compare_digest(str(said.get("state")).encode(), state.encode())', ""),
    (oidc._person, "if visitor.person != wanted or not visitor.session:", "if False:"),
    (oidc._person, "if known.person != wanted:", "if False:"),
    (rules_of_sign_in.own_path, 'and "//" not in plain', ""),
    (rules_of_sign_in.own_path, "unquote(unquote(path))", "unquote(path)"),
    (rules_of_sign_in.own_path, "and _PATH.fullmatch(path) is not None", ""),
    (rules_of_sign_in.own_path, "and not set(plain)", "and True or set(plain)"),
    (SameSite.__call__, "self._cookie.is_sent(scope) or ", ""),
    (SameSite.__call__, ' or scope["path"].startswith(SIGNING_IN)', ""),
    (SameSite._is_foreign, "must_prove or ", ""),
    (SameSite._is_foreign, "return must_prove if origin is None else origin != self._origin", "return False"),
    (SameSite._is_foreign, "must_prove if origin is None else ", ""),
    (SameSite._is_foreign, "if fetched_from is not None:", "if False:"),
    (SessionCookie.held, "if len(found) == 1 else", "if found else"),
    (sent_values, "if name == cookie:", "if name.endswith(cookie):"),
    (sent_values, "pair.strip(", "pair.strip() or str("),
)

IDENTITY_TESTS: dict[str, tuple[str, ...]] = {
    "registry.domain.account": _KEYS,
    "registry.domain.membership": ("tests/service/test_membership.py", "tests/domain/test_membership.py"),
    "registry.domain.sign_in": (f"{_BROWSER}::test_nobody_is_sent_elsewhere_by_a_link_to_us",),
    "registry.service.admission": _MEMBERS,
    "registry.service.authentication": _KEYS,
    "registry.service.invitations": _MEMBERS,
    "registry.service.keys": (*_KEYS, "tests/service/test_membership.py"),
    "registry.service.members": _MEMBERS,
    "registry.service.oidc": (_OIDC,),
    "registry.service.sessions": (_SIGN_IN, _BROWSER, "tests/web/test_me.py"),
    "registry.service.sign_in": (_SIGN_IN,),
    "registry.storage.credentials": (_SIGN_IN,),
    "registry.storage.sessions": (_SIGN_IN,),
    "web.middleware": (_FOREIGN,),
    "web.session_cookie": (_BROWSER,),
}
