"""The products of a CSAF document, by the ids under which its vulnerabilities speak of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from importers import fitting
from importers.entry import Entry
from registry.domain.canonical import JsonValue

_MAX_PRODUCTS = 20_000
_RANGE_CATEGORIES = frozenset({"product_version", "product_version_range"})


@dataclass(frozen=True, slots=True)
class Product:
    """What the branches above a product say of it."""

    vendor: str | None = None
    name: str | None = None
    version: str | None = None

    @property
    def system(self) -> dict[str, JsonValue]:
        """As an affected system."""
        told = {"provider": self.vendor, "model": self.name, "version_range": self.version}
        return {key: value for key, value in told.items() if value}


def read_products(entry: Entry) -> dict[str, Product]:
    """Every product of the tree, at most 20,000, by its id; relationships stand for their first product."""
    tree = entry.part("product_tree")
    found: dict[str, Product] = {}
    open_: list[tuple[Entry, Product]] = [(tree, Product())]
    while open_ and len(found) < _MAX_PRODUCTS:
        place, above = open_.pop()
        for branch in place.objects("branches"):
            here = _below(branch, above)
            _keep(branch, "product", here, found)
            open_.append((branch, here))
    for product in tree.objects("full_product_names"):
        _keep_named(product, Product(), found)
    for relation in tree.objects("relationships"):
        product = relation.part("full_product_name")
        first = found.get(relation.line("product_reference") or "", Product())
        if len(found) < _MAX_PRODUCTS:
            _keep_named(product, first, found)
    return found


def _below(branch: Entry, above: Product) -> Product:
    category, name = branch.line("category"), branch.line("name")
    if category == "vendor":
        return Product(fitting.label(branch, "product_tree", name), above.name, above.version)
    if category == "product_name":
        return Product(above.vendor, fitting.label(branch, "product_tree", name), above.version)
    if category in _RANGE_CATEGORIES:
        version = (name or "").removeprefix("vers:")
        return Product(above.vendor, above.name, fitting.label(branch, "product_tree", version))
    return above


def _keep(branch: Entry, field: str, here: Product, found: dict[str, Product]) -> None:
    if isinstance(branch.fields.get(field), Mapping):
        _keep_named(branch.part(field), here, found)


def _keep_named(product: Entry, here: Product, found: dict[str, Product]) -> None:
    id_ = product.line("product_id")
    if id_ is None:
        product.note("MISSING", "product_tree: a product without product_id was left out")
        return
    name = here.name or fitting.label(product, "product_tree", product.line("name"))
    found.setdefault(id_, Product(here.vendor, name, here.version))
