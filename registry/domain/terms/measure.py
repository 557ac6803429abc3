"""What a mitigation is and when it applies."""

from __future__ import annotations

from registry.domain.terms.term import Vocabulary, listed

MITIGATION_TYPE = Vocabulary(
    "mitigation_type",
    "Type of mitigation",
    listed(
        "Joint recommendation of LLM providers, with ATLAS mitigation categories",
        ("rate_limit", "Rate limit"),
        ("content_filter", "Content filter"),
        ("application_approval", "Approval before production access"),
        ("anomaly_monitoring", "Monitoring for anomalous activity"),
        ("human_feedback_training", "Training with human feedback"),
        ("evaluation", "Evaluation"),
        ("data_curation", "Data curation"),
        ("access_control", "Access control"),
        ("model_hardening", "Model hardening"),
        ("supply_chain", "Supply-chain assurance"),
        ("user_training", "Training of people"),
        ("policy", "Policy"),
        ("product_change", "Product change"),
        ("technical", "Other technical measure"),
        ("legal", "Legal action"),
        ("other", "Other"),
    ),
)

MITIGATION_CATEGORY = Vocabulary(
    "mitigation_category",
    "Category of mitigation",
    listed(
        "MITRE ATLAS mitigation categories, with process and legal added",
        ("policy", "Policy"),
        ("technical_ml", "Technical, in the model"),
        ("technical_cyber", "Technical, around the model"),
        ("process", "Process"),
        ("legal", "Legal"),
    ),
)

LIFECYCLE = Vocabulary(
    "lifecycle_stage",
    "Stage of the system's life",
    listed(
        "MITRE ATLAS, ml-lifecycle",
        ("business_and_data_understanding", "Business and Data Understanding"),
        ("data_preparation", "Data Preparation"),
        ("ml_model_engineering", "ML Model Engineering"),
        ("ml_model_evaluation", "ML Model Evaluation"),
        ("deployment", "Deployment"),
        ("monitoring_and_maintenance", "Monitoring and Maintenance"),
    ),
)
