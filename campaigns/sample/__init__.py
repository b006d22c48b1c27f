"""A sample province: the facts of one Party organisation, and fictional people, the same for the same seed."""
