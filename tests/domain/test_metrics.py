"""Figures are written as Prometheus reads them, whatever stands in a label."""

from __future__ import annotations

from registry.domain.metrics import Figure, text_of


def test_figures_of_one_name_stand_together_under_one_head() -> None:
    figures = [Figure("a", "A.", 1, {"x": "1"}), Figure("b", "B.", 0.5), Figure("a", "A.", True, {"x": "2"})]

    assert text_of(figures).splitlines() == [
        "# HELP incident_commons_a A.",
        "# TYPE incident_commons_a gauge",
        'incident_commons_a{x="1"} 1',
        'incident_commons_a{x="2"} 1',
        "# HELP incident_commons_b B.",
        "# TYPE incident_commons_b gauge",
        "incident_commons_b 0.5",
    ]


def test_a_label_ends_no_line_and_no_quotation() -> None:
    text = text_of([Figure("a", "A\\\n.", -3, {"x": 'b"\\\nc'})])

    assert text == (
        "# HELP incident_commons_a A\\\\\\n.\n# TYPE incident_commons_a gauge\n"
        'incident_commons_a{x="b\\"\\\\\\nc"} -3\n'
    )
