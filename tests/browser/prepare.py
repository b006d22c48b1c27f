"""Fills the database and the static files of the site that the browser tests visit; its settings are the environment's.

.venv/bin/python -m tests.browser.prepare
"""

import django
from django.conf import settings
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage

from tests.databases import FIRST_KEY, count_from

# The sample's branches have a handful of members each; the grid's test wants one that fills a page. Their given name
# stands at the end of every list.
LARGE_BRANCH = """
from datetime import date
from records.models import Member, Unit
above = Unit.objects.get(code="BRVT-CD-008")
branch = Unit.objects.create(code="BRVT-CD-008-99", name="Chi bộ thôn Thử Bảng", kind="sub_branch", parent=above)
names = [f"{a} {b} Yến" for a in ("Đinh", "Hồ", "Lê", "Mai", "Ngô", "Phan", "Trần", "Võ") for b in
         ("An", "Bảo", "Hải", "Kim", "Mỹ", "Ngọc", "Thị")]
Member.objects.enrol([Member(full_name=name, unit=branch, birth_date=date(1980, 1, 1)) for name in names[:50]],
                     date(2018, 1, 1))
"""


class OwnFilesCompressed(CompressedManifestStaticFilesStorage):
    """As production has it, but compressing Django's own hundreds of files as well takes most of the set-up's time."""

    def compress_files(self, paths):
        return super().compress_files([path for path in paths if not path.startswith("admin/")])


def main():
    settings.STORAGES["staticfiles"]["BACKEND"] = "tests.browser.prepare.OwnFilesCompressed"
    django.setup()
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("migrate", verbosity=0)
    call_command("createcachetable")
    count_from(FIRST_KEY)
    call_command("load_award_types", verbosity=0)
    call_command("load_sample", members=600, verbosity=0)
    call_command("shell", command=LARGE_BRANCH, verbosity=0)


if __name__ == "__main__":
    main()
