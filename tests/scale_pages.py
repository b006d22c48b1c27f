"""The requests that are held at the size of a country: each page, at each level of the tree, in each kind of search."""

from campaigns.models import Campaign
from records.models import Award, Decision, Member, Posting
from records.paging import token

# A name that many bear, one that few do, one that nobody does; tones aside.
COMMON, RARE, ABSENT = "nguyen van", "tuyet sinh", "khong ai"
LEVELS = ("country", "province", "commune", "grassroots", "branch")


class Requests:
    """Addresses over the register in the database, found from its rows."""

    def __init__(self):
        logins = ("toanquoc", "tinh", "xa", "coso", "chibo")
        postings = {posting.user.username: posting.unit for posting in Posting.objects.select_related("user", "unit")}
        self.units = {level: postings[login] for level, login in zip(LEVELS, logins, strict=True)}
        self.logins = dict(zip(LEVELS, logins, strict=True))
        running = Campaign.objects.running().select_related("launched_by").order_by("pk")
        closed = Campaign.objects.finished().order_by("pk")
        root = self.units["country"]
        self.running = running.filter(launched_by=root).first()
        self.closed = closed.filter(launched_by=root).first()
        self.provincial = running.exclude(launched_by=root).first()

    def awards(self):
        newest = ("-decided_on", "-decision_id", "list_position", "pk")
        middle = self.token(Award, newest, decided_on__lte="2014-06-01")
        yield "awards", "/awards/"
        yield "awards, a page in the middle", f"/awards/?after={middle}"
        yield "awards, the last page", "/awards/?before=" + token(["1900-01-01", 0, 0, 0])
        yield "awards of a year", "/awards/?year=2019"
        yield "awards of a common type", "/awards/?type=HHD-30"
        yield "awards of a rare type", "/awards/?type=HC-SAO-VANG"
        yield "awards of a type nobody has", "/awards/?type=HHD-90"
        for level, unit in self.units.items():
            yield f"awards of a {level}", f"/awards/?unit={unit.code}"
            yield f"awards of a {level}, a year and a type", f"/awards/?unit={unit.code}&year=2019&type=HHD-30"
        for kind, name in (("common", COMMON), ("rare", RARE), ("absent", ABSENT)):
            yield f"awards by a {kind} name", f"/awards/?q={name.replace(' ', '+')}"
        yield "awards by a decision's number", "/awards/?q=12-qd/tu"

    def public(self):
        yield "home", "/"
        yield from self.awards()
        yield "decisions", "/decisions/"
        yield (
            "decisions, a page in the middle",
            "/decisions/?after=" + self.token(Decision, ("-issued_on", "-pk"), issued_on__lte="2012-06-01"),
        )
        yield "decisions of a year", "/decisions/?year=2019"
        yield "decisions by words", "/decisions/?q=ha+noi"
        yield "decisions by absent words", "/decisions/?q=khong+ai"
        decision = Decision.objects.published().order_by("-issued_on").first()
        yield "a decision", f"/decisions/{decision.pk}/"
        award = Award.objects.published().filter(member__isnull=False).order_by("-pk").first()
        yield "an award", f"/awards/{award.public_id}/"
        yield "a person", f"/people/{award.member.public_id}/"
        yield "units", "/units/"
        for kind, name in (("common", "chi bo"), ("rare", "ha noi"), ("absent", ABSENT)):
            yield f"units by a {kind} name", f"/units/?q={name.replace(' ', '+')}"
        for level, unit in self.units.items():
            yield f"a {level}", f"/units/{unit.code}/"
        yield "campaigns", "/campaigns/"
        for kind, campaign in self.campaigns():
            yield f"{kind} campaign", f"/campaigns/{campaign.slug}/"
            yield f"{kind} campaign's units", f"/campaigns/{campaign.slug}/units/"
            yield f"{kind} campaign's names", f"/campaigns/{campaign.slug}/registrations/"
        yield "exemplars", "/exemplars/"
        yield "about", "/about/"

    def campaigns(self):
        found = {"a running": self.running, "a closed": self.closed, "a province's": self.provincial}
        return [(kind, campaign) for kind, campaign in found.items() if campaign]

    def staff(self, level):
        """What a clerk at a level looks at."""
        by_name = ("sort_key", "pk")
        yield "members", "/staff/members/"
        yield "members, a page in the middle", "/staff/members/?after=" + self.token(Member, by_name, sort_key__gte="J")
        yield "members, the last page", "/staff/members/?before=" + token(["~", 1 << 40])
        for kind, name in (("common", COMMON), ("rare", RARE), ("absent", ABSENT)):
            yield f"members by a {kind} name", f"/staff/members/?q={name.replace(' ', '+')}"
        yield "members by a whole name", "/staff/members/?q=nguyen+van+anh"
        yield "members by figures of the card", "/staff/members/?q=00012"
        yield "members on probation", "/staff/members/?standing=probationary"
        yield "members who left", "/staff/members/?standing=left"
        yield "women admitted of late", "/staff/members/?gender=female&admitted_from=2020"
        yield "members by position", "/staff/members/?position=bi+thu"
        yield "members away", "/staff/members/?attached=away"
        yield "members without a card", "/staff/members/?missing=card_number"
        yield "the branch below", f"/staff/members/?unit={self.units['branch'].code}"
        member = Member.objects.filter(unit=self.units["branch"]).order_by("pk").first()
        yield "a member", f"/staff/members/{member.public_id}/"
        yield "units", "/staff/units/"
        yield "units by name", "/staff/units/?q=chi+bo"
        yield "a unit", f"/staff/units/{self.units[level].pk}/"
        yield "decisions", "/staff/decisions/"
        yield "decisions by words", "/staff/decisions/?q=khong+ai"
        yield "awards", "/staff/awards/"
        yield "awards by a common name", "/staff/awards/?q=nguyen+van"
        yield "awards by an absent name", "/staff/awards/?q=khong+ai"
        yield "awards of a year", "/staff/awards/?year=2019"
        yield "transfers", "/staff/transfers/"
        yield "data quality", "/staff/quality/"
        yield "duplicates", "/staff/quality/duplicates/"
        yield "the day's work", "/staff/"
        yield "campaigns", "/staff/campaigns/"
        for kind, campaign in self.campaigns():
            if level not in ("country", "province") and kind == "a province's":
                continue
            home = f"/staff/campaigns/{campaign.slug}/"
            yield f"{kind} campaign's board", home
            for part in ("plans", "registrations", "reminders", "self-registrations", "exemplars", "inspections"):
                yield f"{kind} campaign's {part}", f"{home}{part}/"
        unit = self.units["branch"]
        yield "the grid of a branch", f"/staff/campaigns/{self.running.slug}/registrations/{unit.pk}/"
        yield "the results of a branch", f"/staff/campaigns/{self.running.slug}/results/{unit.pk}/"
        yield "suggested units", "/staff/suggest/unit/?q=chi+bo"
        yield "suggested members", "/staff/suggest/member/?q=nguyen+van"

    def admin(self):
        """The administrator's lists."""
        for label in ("records/member", "records/award", "records/decision", "records/unit", "campaigns/registration"):
            yield f"admin: {label}", f"/admin/{label}/"
        for kind, name in (("common", COMMON), ("rare", RARE), ("absent", ABSENT)):
            yield f"admin: members by a {kind} name", f"/admin/records/member/?q={name.replace(' ', '+')}"
            yield f"admin: awards by a {kind} name", f"/admin/records/award/?q={name.replace(' ', '+')}"
        yield "admin: members, page 50", "/admin/records/member/?p=50"

    def token(self, model, keys, **condition):
        """The place in a list after the first row that fulfils the condition."""
        names = [key.removeprefix("-") for key in keys]
        row = model.objects.filter(**condition).order_by(*keys).values_list(*names).first()
        return token(list(row))
