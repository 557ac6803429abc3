"""The query language: text to a bounded tree and back."""

from registry.domain.query.fields import fields
from registry.domain.query.parsing import parse
from registry.domain.query.rendering import render

__all__ = ["fields", "parse", "render"]
