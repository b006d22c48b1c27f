"""Data entry in Django's own admin, one module a noun."""

from records.admin import audit, award_types, awards, decisions, imports, members, units, users

__all__ = ["audit", "award_types", "awards", "decisions", "imports", "members", "units", "users"]
