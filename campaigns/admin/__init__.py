"""Data entry for campaigns, one module a noun."""

from campaigns.admin import campaigns, exemplars, inspections, plans, registrations, tallies

__all__ = ["campaigns", "exemplars", "inspections", "plans", "registrations", "tallies"]
