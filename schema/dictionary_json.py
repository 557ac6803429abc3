"""The data dictionary for programs: the same fields, types and terms as ``schema.dictionary`` writes for people."""

from __future__ import annotations

import re

from registry.domain import terms
from registry.domain.canonical import JsonValue
from registry.domain.content.base import Model
from registry.domain.content.kinds import PUBLIC
from registry.domain.content.marking import Marking
from registry.domain.dump import shape
from registry.domain.export.columns import COLUMNS
from schema.dictionary import closed_vocabularies, fields_of, first_line, models_within

_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


def dump_dictionary() -> dict[str, JsonValue]:
    """What stands in the files of a dump: fields of lines, columns, tables, the content of each kind, and terms."""
    kinds: tuple[type[Model], ...] = (*PUBLIC.values(), Marking)
    models = [each for model in kinds for each in (model, *models_within(model))]
    objects = sorted({one for one in models if one not in kinds}, key=lambda one: one.__name__)
    return {
        "line": [
            {"name": one.name, "type": one.type, "of": one.of, "description": one.description} for one in shape.LINE
        ],
        "columns": [
            *({"name": one.name, "several": one.is_list, "description": one.description} for one in COLUMNS.values()),
            *({"name": name, "several": False, "description": said} for name, said in shape.GONE_COLUMNS.items()),
        ],
        "tables": [_table(one) for one in shape.TABLES],
        "content": {kind.value: _fields(model) for kind, model in PUBLIC.items()},
        "marking": _fields(Marking),
        "objects": {one.__name__: {"description": first_line(one), "fields": _fields(one)} for one in objects},
        "closed_vocabularies": {
            one.__name__: [each.value for each in one] for one in closed_vocabularies(list(dict.fromkeys(models)))
        },
        "open_vocabularies": {
            one.name: [{"code": each.code, "label": each.label} for each in one.terms] for one in terms.ALL
        },
    }


def _fields(model: type[Model]) -> JsonValue:
    return [
        {
            "name": one.name,
            "type": _LINK.sub(r"\1", one.type).replace("`", ""),
            "required": one.required,
            "description": one.description,
        }
        for one in fields_of(model)
    ]


def _table(table: shape.Table) -> JsonValue:
    return {
        "name": table.name,
        "description": table.description,
        "key": list(table.key),
        "columns": [
            {
                "name": cell.name,
                "type": cell.type,
                "form": cell.form or None,
                "required": cell.required,
                "references": cell.references,
                "description": cell.description,
            }
            for cell in table.cells
        ],
    }
