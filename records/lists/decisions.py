"""Decisions as lists name them: by number, with the day where the number alone is not enough."""

from collections import defaultdict

from django.utils.translation import gettext as _

from records.models import Decision
from records.numbering import PREFIX, parse_number
from records.sheets.cells import UnreadableCell, read_date
from records.sheets.planning import Finding
from records.vietnamese import fold

NAMES = 500
DECISION, EMPTY = "decision:", "empty"


class Decisions:
    """Finds, for one plan, decisions among those that the importing person may read."""

    def __init__(self, context):
        self.context, self.known, self.by_pk = context, defaultdict(list), {}
        self.looked_up = set()

    def visible(self):
        user = self.context.user
        return Decision.objects.all() if user is None else Decision.objects.visible_to(user, self.context.on)

    def learn(self, texts):
        """Look up, all at once, the decisions that these texts may name."""
        fresh = sorted({apart(text)[0] for text in texts if text} - self.looked_up)
        self.looked_up |= {*fresh}
        sequences = sorted({parsed[0] for text in fresh if (parsed := parse_number(text))})
        for start in range(0, len(fresh), NAMES):
            self.take(self.visible().filter(number__in=fresh[start : start + NAMES]))
        for start in range(0, len(sequences), NAMES):
            self.take(self.visible().filter(sequence__in=sequences[start : start + NAMES]))

    def take(self, decisions):
        for pk, number, issued_on in decisions.values_list("pk", "number", "issued_on"):
            if pk not in self.by_pk:
                self.by_pk[pk] = number
                self.known[key_of(number)].append((pk, issued_on))

    def find(self, text, issued_on="", name="decision"):
        """(key, None), or (None, why not) for a number and, where the list says it, the day of issue."""
        if not text:
            return None, None
        for code in ("decision_unknown", "decision_several"):
            said = self.context.mend(code, name, text)
            if said == EMPTY:
                return None, None
            if said.startswith(DECISION) and (pk := int(said.removeprefix(DECISION))) in self.all_of({pk}):
                return pk, None
        number, day = apart(text)
        day = issued_on or day
        found = [(pk, issued) for pk, issued in self.known[key_of(number)] if not day or issued.isoformat() == day]
        if len(found) == 1:
            return found[0][0], None
        if found:
            words = _("There are several decisions “%(text)s”: the day of issue tells them apart.") % {"text": text}
            return None, Finding("decision_several", name, text, words, one_value=True)
        words = _("Among the decisions you may read there is no “%(text)s”.") % {"text": text}
        return None, Finding("decision_unknown", name, text, words, one_value=True)

    def all_of(self, keys):
        """Those of the keys that are decisions the importing person may read."""
        if fresh := {pk for pk in keys if pk not in self.by_pk}:
            self.take(self.visible().filter(pk__in=fresh))
        return keys & self.by_pk.keys()


def apart(text):
    """(number, ISO day or "") of a text that may say both: "12-QĐ/TU ngày 2/5/2024"."""
    number, _word, rest = text.partition(" ngày ")
    try:
        day = read_date(rest)
    except UnreadableCell:
        return text, ""
    return (number.strip(" ,;"), day.day.isoformat()) if day and day.precision == "day" else (text, "")


def key_of(number):
    """What two ways of writing one number have in common."""
    return parse_number(number) or fold(PREFIX.sub("", number))
