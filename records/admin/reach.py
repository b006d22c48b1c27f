"""How far a user reaches: the roles held anywhere, and the rows a relation may be given."""

from records.models import Award, Member, Posting, Unit


def holds(user, roles):
    """Whether the user holds one of the roles anywhere today."""
    return user.is_active and (user.is_superuser or bool(user.paths(roles)))


def offered(field, user, rows):
    """The rows a user may choose for a relation: those he may change where the choice puts a record into a unit's care
    or speaks for it, those he may read where it only refers to them."""
    if field.model is Posting and field.name == "unit":
        return rows.for_roles(user, user.MANAGERS)
    if field.related_model in (Unit, Member) or (field.model is Award and field.name == "decision"):
        return rows.editable_by(user)
    return rows.visible_to(user)
