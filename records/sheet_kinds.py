"""The kinds of list the register takes in: their columns, the headers these go by, and who plans and applies them.

Other apps have their own file of this name.
"""

from django.utils.translation import gettext_lazy as _

from records.lists import award_types, awards, membership_fields, unit_fields
from records.lists.members import MemberPlanner, MemberWriter
from records.lists.membership_writing import MembershipWriter
from records.lists.memberships import MembershipPlanner
from records.lists.unit_writing import UnitWriter
from records.lists.units import UnitPlanner
from records.models import Member
from records.sheets.planning import Field, Kind, Type

AWARDS = Kind(
    code="awards",
    title=_("award list"),
    fields=awards.FIELDS,
    planner=awards.AwardPlanner,
    writer=awards.AwardWriter,
    groups=awards.GROUPS,
    settings=awards.SETTINGS,
)

AWARD_TYPES = Kind(
    code="award_types",
    title=_("catalogue of awards"),
    fields=award_types.FIELDS,
    planner=award_types.AwardTypePlanner,
    writer=award_types.AwardTypeWriter,
)

Standing, Gender = Member.Standing, Member.Gender
UNIT_COLUMNS = (
    "Đơn vị", "Chi bộ", "Tổ chức đảng", "Đơn vị sinh hoạt", "Chi bộ sinh hoạt", "Nơi sinh hoạt", "Sinh hoạt tại chi bộ",
    "Tên chi bộ", "Đảng bộ", "Chi bộ, đảng bộ", "Đảng bộ, chi bộ", "Đơn vị công tác", "Unit", "Branch",
)  # fmt: skip
UNIT_CODES = ("Mã đơn vị", "Mã chi bộ", "Mã tổ chức đảng", "Unit code", "Unit’s code")

MEMBERS = Kind(
    code="members",
    title=_("list of members"),
    fields=(
        Field("ordinal", _("No."), ("STT", "TT", "Số TT", "Số thứ tự", "No")),
        Field("code", _("code"), ("Mã", "Mã đảng viên", "Mã hồ sơ", "Member code", "Code")),
        Field(
            "name",
            _("full name"),
            (
                "Họ và tên",
                "Họ tên",
                "Họ, tên",
                "Họ và tên đảng viên",
                "Họ tên đảng viên",
                "Tên đảng viên",
                "Họ và tên khai sinh",
                "Họ và tên đang dùng",
                "Đảng viên",
                "Full name",
                "Name",
            ),
            required=True,
            longest=150,
        ),  # fmt: skip
        Field(
            "birth",
            _("born on"),
            (
                "Ngày sinh",
                "Sinh ngày",
                "Ngày tháng năm sinh",
                "Ngày, tháng, năm sinh",
                "Năm sinh",
                "Ngày/tháng/năm sinh",
                "Ngày tháng sinh",
                "NTNS",
                "Date of birth",
                "Born",
                "Born on",
                "Year of birth",
            ),
            type=Type.DATE,
            partial=True,
        ),  # fmt: skip
        Field(
            "birth_male",
            _("born on, under “male”"),
            ("Ngày sinh Nam", "Năm sinh Nam", "Ngày tháng năm sinh Nam", "Ngày, tháng, năm sinh Nam", "Nam"),
            type=Type.DATE,
            partial=True,
        ),
        Field(
            "birth_female",
            _("born on, under “female”"),
            ("Ngày sinh Nữ", "Năm sinh Nữ", "Ngày tháng năm sinh Nữ", "Ngày, tháng, năm sinh Nữ", "Nữ"),
            type=Type.DATE,
            partial=True,
        ),
        Field(
            "gender",
            _("gender"),
            ("Giới tính", "Nam/Nữ", "Nam, nữ", "Phái", "Gender", "Sex"),
            type=Type.CHOICE,
            words={
                "Nam": Gender.MALE,
                "Nữ": Gender.FEMALE,
                "Ông": Gender.MALE,
                "Bà": Gender.FEMALE,
                "male": Gender.MALE,
                "female": Gender.FEMALE,
                "m": Gender.MALE,
                "f": Gender.FEMALE,
            },
        ),  # fmt: skip
        Field(
            "card",
            _("Party card number"),
            (
                "Số thẻ đảng viên",
                "Số thẻ",
                "Số thẻ đảng",
                "Thẻ đảng viên",
                "Số TĐV",
                "Số thẻ ĐV",
                "Card number",
                "Party card number",
            ),
            longest=20,
        ),  # fmt: skip
        Field(
            "admitted",
            _("admitted on"),
            (
                "Ngày vào Đảng",
                "Ngày kết nạp",
                "Ngày kết nạp Đảng",
                "Ngày vào Đảng (dự bị)",
                "Ngày dự bị",
                "Kết nạp",
                "Ngày tháng năm vào Đảng",
                "Ngày, tháng, năm vào Đảng",
                "Vào Đảng",
                "Dự bị",
                "Admitted",
                "Admitted on",
            ),
            type=Type.DATE,
        ),  # fmt: skip
        Field(
            "full",
            _("full member on"),
            (
                "Ngày chính thức",
                "Ngày công nhận chính thức",
                "Ngày vào Đảng chính thức",
                "Chính thức",
                "Ngày công nhận đảng viên chính thức",
                "Ngày chuyển chính thức",
                "Full member",
                "Full member on",
            ),
            type=Type.DATE,
        ),  # fmt: skip
        Field(
            "position",
            _("position"),
            ("Chức vụ", "Chức danh", "Chức vụ, chức danh", "Chức vụ Đảng", "Chức vụ hiện nay", "Position"),
            longest=255,
        ),
        Field("unit_code", _("unit’s code"), UNIT_CODES),
        Field("unit", _("unit"), UNIT_COLUMNS),
        Field(
            "standing",
            _("standing"),
            ("Tình trạng", "Tình trạng đảng viên", "Diện đảng viên", "Loại đảng viên", "Standing"),
            type=Type.CHOICE,
            words={
                "Chính thức": Standing.FULL,
                "Đảng viên chính thức": Standing.FULL,
                "CT": Standing.FULL,
                "Dự bị": Standing.PROBATIONARY,
                "Đảng viên dự bị": Standing.PROBATIONARY,
                "DB": Standing.PROBATIONARY,
                "Miễn công tác và sinh hoạt": Standing.EXEMPT,
                "Miễn sinh hoạt": Standing.EXEMPT,
                "Miễn công tác, sinh hoạt": Standing.EXEMPT,
                "Miễn": Standing.EXEMPT,
                "Đã ra khỏi Đảng": Standing.LEFT,
                "Ra khỏi Đảng": Standing.LEFT,
                "Khai trừ": Standing.EXPELLED,
                "Xoá tên": Standing.EXPELLED,
                "Đã qua đời": Standing.DECEASED,
                "Từ trần": Standing.DECEASED,
                **{str(value): value for value in Standing.values},
            },
        ),  # fmt: skip
        Field("email", _("e-mail"), ("Email", "E-mail", "Thư điện tử", "Địa chỉ thư điện tử"), longest=254),
        Field("phone", _("phone"), ("Điện thoại", "Số điện thoại", "SĐT", "ĐT", "Di động", "Phone"), longest=20),
        Field(
            "since",
            _("belongs to the unit from"),
            ("Từ ngày", "Ngày về chi bộ", "Ngày chuyển đến", "Sinh hoạt từ ngày", "Since", "Belongs to the unit from"),
            type=Type.DATE,
        ),
    ),
    planner=MemberPlanner,
    writer=MemberWriter,
    settings=("unit", "since", "standing"),
)

UNITS = Kind(
    code="units",
    title=_("list of units"),
    # Where the names stand in columns of levels, no one column must be there.
    fields=unit_fields.FIELDS,
    planner=UnitPlanner,
    writer=UnitWriter,
    settings=unit_fields.SETTINGS,
)

MEMBERSHIPS = Kind(
    code="memberships",
    title=_("list of memberships and transfers"),
    fields=membership_fields.FIELDS,
    planner=MembershipPlanner,
    writer=MembershipWriter,
    settings=membership_fields.SETTINGS,
)

KINDS = (UNITS, MEMBERS, MEMBERSHIPS, AWARDS, AWARD_TYPES)
