"""What platforms that are no nodes read: records as STIX 2.1 and as events of MISP."""
