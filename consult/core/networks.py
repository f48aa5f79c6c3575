"""Whose address it is, for limits."""

from __future__ import annotations

import ipaddress


def network_of(address: str) -> str:
    """What one subscriber has: an IPv4 address, or the 64 bits of an IPv6 network that a provider hands out."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.IPv6Network((found.packed[:8] + bytes(8), 64)))
    return str(found)
