"""What harm was done, to whom, and in which sector."""

from __future__ import annotations

from registry.domain.terms.term import Vocabulary, listed

CSET = "CSET AI Harm Taxonomy v1 (harm types)"
ISIC = "UN ISIC Rev. 4, sections (as used by CSET v1)"

HARM = Vocabulary(
    "harm_type",
    "Harm type",
    listed(
        CSET,
        ("physical", "Physical health or safety"),
        ("psychological", "Psychological"),
        ("financial", "Financial loss"),
        ("property", "Physical or intangible property"),
        ("infrastructure", "Infrastructure"),
        ("environment", "Natural environment"),
        ("social_political", "Social or political systems"),
        ("rights", "Human rights, civil liberties or democratic norms"),
        ("privacy", "Privacy"),
        ("reputation", "Reputation"),
        ("discrimination", "Differential treatment"),
        ("security", "Security of systems or data"),
        ("information", "Misinformation"),
        ("other", "Other"),
    ),
)

SECTOR = Vocabulary(
    "sector",
    "Sector",
    listed(
        ISIC,
        ("agriculture", "Agriculture, forestry and fishing"),
        ("manufacturing", "Manufacturing"),
        ("energy_water", "Energy, gas and water supply"),
        ("construction", "Construction"),
        ("trade", "Wholesale and retail trade"),
        ("transport", "Transportation and storage"),
        ("accommodation_food", "Accommodation and food service"),
        ("information", "Information and communication"),
        ("finance", "Financial and insurance activities"),
        ("real_estate", "Real estate"),
        ("professional", "Professional, scientific and technical activities"),
        ("administrative", "Administrative and support services"),
        ("public_administration", "Public administration"),
        ("defence", "Defence"),
        ("law_enforcement", "Law enforcement"),
        ("education", "Education"),
        ("health", "Human health and social work"),
        ("arts", "Arts, entertainment and recreation"),
        ("households", "Households and private persons"),
        ("other", "Other"),
    ),
)

STAKEHOLDER = Vocabulary(
    "stakeholder",
    "Who was or could be harmed",
    listed(
        "OECD affected stakeholders, with data workers added",
        ("consumers", "Consumers"),
        ("children", "Children"),
        ("workers", "Workers"),
        ("data_workers", "Data workers and content reviewers"),
        ("businesses", "Businesses"),
        ("government", "Government"),
        ("civil_society", "Civil society"),
        ("general_public", "General public"),
        ("other", "Other"),
    ),
)

TARGET_KIND = Vocabulary(
    "target_kind",
    "Kind of target",
    listed(
        "CSET AI Harm Taxonomy v1, entity types",
        ("individual", "Individual"),
        ("group", "Group of individuals"),
        ("company", "For-profit organisation"),
        ("non_profit", "Non-profit organisation"),
        ("government", "Government entity"),
        ("private_space", "Privately owned space"),
        ("public_space", "Public space"),
        ("infrastructure", "Infrastructure"),
        ("social_political", "Social or political system"),
        ("product", "Product"),
        ("other", "Other"),
    ),
)

INFRASTRUCTURE = Vocabulary(
    "infrastructure",
    "Critical infrastructure",
    listed(
        "CISA, the sixteen critical infrastructure sectors (as used by CSET v1)",
        ("chemical", "Chemical"),
        ("commercial", "Commercial facilities"),
        ("communications", "Communications"),
        ("manufacturing", "Critical manufacturing"),
        ("dams", "Dams"),
        ("defence", "Defence industrial base"),
        ("emergency", "Emergency services"),
        ("energy", "Energy"),
        ("finance", "Financial services"),
        ("food", "Food and agriculture"),
        ("government", "Government facilities"),
        ("health", "Healthcare and public health"),
        ("information", "Information technology"),
        ("nuclear", "Nuclear"),
        ("transport", "Transportation"),
        ("water", "Water and wastewater"),
    ),
)

GROUP_BASIS = Vocabulary(
    "group_basis",
    "What the people affected have in common",
    listed(
        "CSET AI Harm Taxonomy v1, harm distribution basis, with language and occupation added",
        ("age", "Age"),
        ("disability", "Disability"),
        ("family", "Family status or pregnancy"),
        ("financial_means", "Financial means"),
        ("genetic", "Genetic information"),
        ("geography", "Geography"),
        ("ideology", "Ideology"),
        ("origin", "National origin, citizenship or immigrant status"),
        ("race", "Race"),
        ("religion", "Religion"),
        ("sex", "Sex"),
        ("orientation", "Sexual orientation or gender identity"),
        ("veteran", "Veteran status"),
        ("language", "Language or dialect"),
        ("occupation", "Occupation"),
        ("other", "Other"),
    ),
)

AI_RELATION = Vocabulary(
    "ai_relation",
    "How the system relates to the harm",
    listed(
        "OECD common reporting framework, relation of the AI system to the incident",
        ("direct_cause", "Direct cause"),
        ("contributing_factor", "Contributing factor"),
        ("failure_to_act", "Failure to act"),
        ("intentional_misuse", "Intentional misuse"),
        ("human_error", "Human error"),
    ),
)
