"""What lists of the register's records mean: how their rows are planned against the register, and written.

`base` holds what every kind shares, `places` finds units by the names lists give them; then one module a noun. Other
apps have a package of this name too.
"""
