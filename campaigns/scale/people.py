"""The country's members: names by their real frequency, dates that fit each other, memberships since they came."""

from array import array
from datetime import date, timedelta
from itertools import count

from campaigns.sample.draws import FEMALE, KNOWN, MALE
from campaigns.scale.filling import NULL, escaped
from records.models import Member
from records.models.fields import public_id_of
from records.vietnamese import fold, sort_key

Standing = Member.Standing
EPOCH = date(1930, 1, 1)
DAYS = [(EPOCH + timedelta(days=n)).isoformat() for n in range((date(2031, 1, 1) - EPOCH).days)]
# Odd, so that a product with it runs through all 2⁴⁰ codes before one comes again.
STEP = 618_033_988_749
ACTIVE, EXEMPT, GONE, AWAY = 1, 2, 3, 4
POSITIONS = ["", "", "", "", "Bí thư Chi bộ", "Phó Bí thư Chi bộ", "Chi ủy viên", "Giáo viên", "Nông dân", "Công chức"]


def public_ids(seed, kind):
    """Public ids without end, no two alike, the same for the same seed."""
    code = (seed * 7919 + kind * 104_729) % (1 << 40)
    while True:
        code = (code + STEP) % (1 << 40)
        yield public_id_of(code)


class Parts:
    """Syllables drawn by frequency, each with its search key and sort key."""

    def __init__(self, weighted):
        self.values = [(text, fold(text), sort_key(text)) for text in weighted.values]
        self.cumulative = weighted.cumulative

    def draw(self, draw, many):
        return draw.choices(range(len(self.values)), cum_weights=self.cumulative, k=many)


class People:
    """Members and memberships of a country's branches, line by line; afterwards what registrations and awards ask."""

    MEMBER = (
        "id", "public_id", "full_name", "gender", "birth_date", "card_number", "admitted_on", "full_member_on",
        "position", "unit_id", "unit_path", "attached_to_id", "attached_path", "standing", "search_key", "sort_key",
    )  # fmt: skip
    MEMBERSHIP = ("id", "member_id", "unit_id", "kind", "valid_from", "valid_to", "end_reason")

    def __init__(self, draw, country, seed, today):
        self.draw, self.country, self.seed = draw, country, seed
        self.today = (today - EPOCH).days
        names = draw.names
        self.family = Parts(names.family)
        self.middle = {gender: Parts(names.middle[gender]) for gender in (FEMALE, MALE)}
        self.given = {gender: Parts(names.given[gender]) for gender in (FEMALE, MALE)}
        total = sum(branch.count for branch in country.branches)
        # By member's key: what the person is (see ACTIVE), the day of admission, the name.
        self.state = bytearray(total + 1)
        self.admitted = array("H", bytes(2 * (total + 1)))
        self.names = array("L", bytes(array("L").itemsize * (total + 1)))
        self.known_names = []
        self.visits = []

    def name(self, member):
        """(full name, folded) of a member."""
        return self.known_names[self.names[member]]

    def members(self, tail):
        """The rows of members; counts each unit's own as it goes."""
        codes = public_ids(self.seed, 1)
        index = {}
        for branch in self.country.branches:
            if branch.count:
                yield self.branch(branch, codes, index, tail)

    def branch(self, branch, codes, index, tail):
        draw, today, days = self.draw, self.today, DAYS
        random, choices = draw.random, draw.choices
        many, key = branch.count, branch.members
        families = self.family.draw(draw, many)
        genders = choices((FEMALE, MALE), cum_weights=(42, 100), k=many)
        middles = {gender: iter(self.middle[gender].draw(draw, 2 * many)) for gender in (FEMALE, MALE)}
        givens = {gender: iter(self.given[gender].draw(draw, many)) for gender in (FEMALE, MALE)}
        positions = choices(POSITIONS, k=many)
        lines, headcount = [], 0
        for family, gender, position in zip(families, genders, positions, strict=True):
            middle = next(middles[gender])
            second = next(middles[gender]) if random() < 0.16 else -1
            given = next(givens[gender])
            whole = (((gender == MALE) * 512 + family) * 512 + middle) * 512 * 512 + (second + 1) * 512 + given
            place = index.get(whole)
            if place is None:
                place = index[whole] = len(self.known_names)
                self.known_names.append(self.compose(gender, family, middle, second, given))
            full_name, search, sort = self.known_names[place]
            self.names[key] = place
            # Two in five came in the last twelve years, the others over four decades before.
            lot = random()
            since = int(4400 * lot / 0.4) if lot < 0.4 else int(4400 + 14_000 * ((lot - 0.4) / 0.6) ** 1.6)
            admitted = today - since - 1
            self.admitted[key] = admitted
            born = admitted - 6600 - int(6000 * random() ** 2)
            full_on, standing, state = days[admitted + 365] if since > 365 else NULL, "full", ACTIVE
            card = f"TQ{key:08d}" if since > 365 else ""
            lot = random()
            if since <= 365:
                standing = "probationary"
            elif lot < 0.015:
                standing, state = ("deceased" if lot < 0.011 else "left"), GONE
            elif lot < 0.06 and since > 9000:
                standing, state = "exempt", EXEMPT
            attached, path = NULL, ""
            if state == ACTIVE and lot > 0.997 and branch.parent.last - branch.parent.first > 1:
                host = self.host(branch)
                attached, path, state = host.key, host.path, AWAY
                host.headcount += 1
                self.visits.append((key, host.key))
            self.state[key] = state
            headcount += state == ACTIVE
            lines.append(
                f"{key}\t{next(codes)}\t{full_name}\t{gender}\t{days[born] if born > 0 else NULL}\t{card}\t"
                f"{days[admitted]}\t{full_on}\t{position}\t{branch.key}\t{branch.path}\t{attached}\t{path}\t{standing}\t"
                f"{search}\t{sort}{tail}"
            )
            key += 1
        branch.headcount += headcount
        return "".join(lines)

    def host(self, branch):
        """Another branch of the same grassroots committee."""
        siblings = self.country.branches[branch.parent.first : branch.parent.last]
        return self.draw.choice([one for one in siblings if one is not branch])

    def compose(self, gender, family, middle, second, given):
        family, given = self.family.values[family], self.given[gender].values[given]
        middles = [self.middle[gender].values[middle]]
        if second >= 0 and second != middle:
            middles.append(self.middle[gender].values[second])
            middles.sort(key=lambda syllable: syllable[0] not in ("Văn", "Thị"))
        if f"{family[0]} {middles[0][0]} {given[0]}" in KNOWN:
            middles = []
        between = " ".join([syllable[0] for syllable in middles])
        full_name = " ".join([family[0], *[syllable[0] for syllable in middles], given[0]])
        sort = f"{given[2]} {family[2]} {sort_key(between)}".rstrip(" ")
        return full_name, " ".join([family[1], *[syllable[1] for syllable in middles], given[1]]), escaped(sort)

    def memberships(self, tail):
        """The rows of memberships: one since admission, ended where the person is gone, and those who are away."""
        state, admitted, days, today = self.state, self.admitted, DAYS, self.today
        keys = count(1)
        for branch in self.country.branches:
            lines = []
            for key in range(branch.members, branch.members + branch.count):
                end, why = NULL, ""
                if state[key] == GONE:
                    end, why = days[today - (today - admitted[key]) // 3], "left"
                lines.append(f"{next(keys)}\t{key}\t{branch.key}\tofficial\t{days[admitted[key]]}\t{end}\t{why}{tail}")
            yield "".join(lines)
        since = days[today - 90]
        yield "".join(
            [
                f"{next(keys)}\t{member}\t{host}\ttemporary\t{max(since, days[admitted[member]])}\t\\N\t{tail}"
                for member, host in self.visits
            ]
        )

    def active(self, branch):
        """Keys of the branch's own members who can register there."""
        state = self.state
        return [key for key in range(branch.members, branch.members + branch.count) if state[key] == ACTIVE]
