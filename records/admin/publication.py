"""Publication: what becomes public is said first, what stays private too; taking back asks why."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from records.admin.verbs import HISTORY_REASON, Verb, reason_field
from records.models import User


class Publish(Verb):
    """Makes records public; for approvers and managers of the unit that keeps them."""

    name, title, done = "publish", _("Publish"), _("Published.")
    question = _("These records will be shown on the public pages.")
    roles = User.PUBLISHERS
    several = True
    public = False
    # What the public pages show of such a record.
    shown = ""

    @classmethod
    def offered_for(cls, obj):
        return (obj.published_at is not None) is cls.public

    def concerned(self, prefix=""):
        """The condition for a row whose state this act changes."""
        return Q(**{f"{prefix}published_at__isnull": not self.public})

    def numbers(self):
        """How many of what, a text each."""
        return [ngettext("%(n)d record", "%(n)d records", self.count) % {"n": self.count}]

    def notes(self):
        said = [", ".join(self.numbers()) + "."]
        if not self.public:
            said.append(_("Shown: %(what)s.") % {"what": self.shown})
            said.append(_("Never shown: dates of birth, card numbers, phones, e-mail, ratings."))
        return said


class Unpublish(Publish):
    """Takes records off the public pages; nothing is deleted."""

    name, title = "unpublish", _("Take off the public pages")
    done = _("Taken off the public pages; nothing was deleted.")
    question = _("These records will no longer be shown on the public pages. They stay in the register.")
    public = True
    reason = reason_field(HISTORY_REASON)
