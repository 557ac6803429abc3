"""Requests to other hosts and mail. The only place that connects to a network on the node's own account."""

from registry.outbound.adapter import NodeOutbound, open_outbound

__all__ = ["NodeOutbound", "open_outbound"]
