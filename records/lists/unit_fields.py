"""The columns of a list of units, and the words by which clerks call the kinds of unit."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from records.models.units import UnitKind
from records.sheets.planning import Field, Type

# Words that leave it to the unit above what kind is meant.
BRANCH, COMMITTEE = "branch", "committee"

KIND_WORDS = {
    "Đảng bộ tỉnh": UnitKind.PROVINCIAL_COMMITTEE,
    "Đảng bộ thành phố trực thuộc Trung ương": UnitKind.PROVINCIAL_COMMITTEE,
    "Tỉnh uỷ": UnitKind.PROVINCIAL_COMMITTEE,
    "Đảng bộ trực thuộc tỉnh": UnitKind.DIRECT_COMMITTEE,
    "Đảng bộ trực thuộc Tỉnh uỷ": UnitKind.DIRECT_COMMITTEE,
    "Đảng bộ cấp trên trực tiếp của tổ chức cơ sở đảng": UnitKind.DIRECT_COMMITTEE,
    "Đảng bộ cấp trên cơ sở": UnitKind.DIRECT_COMMITTEE,
    "Đảng bộ xã": UnitKind.DIRECT_COMMITTEE,
    "Đảng bộ phường": UnitKind.DIRECT_COMMITTEE,
    "Đảng bộ cơ sở": UnitKind.GRASSROOTS_COMMITTEE,
    "ĐBCS": UnitKind.GRASSROOTS_COMMITTEE,
    "Chi bộ cơ sở": UnitKind.GRASSROOTS_BRANCH,
    "CBCS": UnitKind.GRASSROOTS_BRANCH,
    "Đảng bộ bộ phận": UnitKind.SECTION,
    "Chi bộ trực thuộc": UnitKind.SUB_BRANCH,
    "Chi bộ trực thuộc đảng uỷ cơ sở": UnitKind.SUB_BRANCH,
    "Chi bộ trực thuộc đảng bộ cơ sở": UnitKind.SUB_BRANCH,
    "CBTT": UnitKind.SUB_BRANCH,
    "Tổ đảng": UnitKind.GROUP,
    "Cơ quan tham mưu, giúp việc": UnitKind.PARTY_AGENCY,
    "Cơ quan tham mưu": UnitKind.PARTY_AGENCY,
    "Ban Đảng": UnitKind.PARTY_AGENCY,
    "Cơ quan, đơn vị": UnitKind.AGENCY,
    "Cơ quan nhà nước": UnitKind.AGENCY,
    "Cơ quan": UnitKind.AGENCY,
    "Đơn vị sự nghiệp": UnitKind.AGENCY,
    "Doanh nghiệp": UnitKind.AGENCY,
    "Phòng": UnitKind.DIVISION,
    "Phòng, ban": UnitKind.DIVISION,
    "Phòng ban": UnitKind.DIVISION,
    "Mặt trận, đoàn thể": UnitKind.MASS_ORGANISATION,
    "Đoàn thể": UnitKind.MASS_ORGANISATION,
    "Tổ chức chính trị - xã hội": UnitKind.MASS_ORGANISATION,
    **dict.fromkeys(
        ("Tỉnh đoàn", "Huyện đoàn", "Đoàn cơ sở", "Chi đoàn cơ sở", "Liên chi đoàn", "Chi đoàn"),
        UnitKind.MASS_ORGANISATION,
    ),
    "Khác": UnitKind.OTHER,
    **{str(value): value for value in UnitKind.values},
    "Chi bộ": BRANCH,
    "Đảng bộ": COMMITTEE,
}  # fmt: skip

FIELDS = (
    Field("ordinal", gettext_lazy("No."), ("STT", "TT", "Số TT", "Số thứ tự", "No")),
    Field(
        "code",
        gettext_lazy("code"),
        ("Mã đơn vị", "Mã", "Mã tổ chức đảng", "Mã tổ chức", "Mã chi bộ", "Mã TCĐ", "Code", "Unit code"),
        longest=40,
    ),
    Field(
        "name",
        gettext_lazy("unit’s name"),
        (
            "Tên đơn vị", "Tên tổ chức đảng", "Tên tổ chức", "Tên chi bộ", "Tên đảng bộ", "Tên chi bộ, đảng bộ", "Tên",
            "Đơn vị", "Tổ chức đảng", "Chi bộ", "Tên gọi", "Tên đầy đủ", "Name", "Unit", "Unit name",
        ),
        longest=255,
    ),
    Field(
        "short_name", gettext_lazy("short name"), ("Tên viết tắt", "Tên ngắn", "Viết tắt", "Short name"), longest=100
    ),
    Field(
        "kind",
        gettext_lazy("kind"),
        ("Loại đơn vị", "Loại hình", "Loại hình tổ chức", "Loại tổ chức đảng", "Loại", "Kind", "Type"),
        type=Type.CHOICE,
        words=KIND_WORDS,
    ),
    Field(
        "above_code",
        gettext_lazy("code of the unit above"),
        (
            "Mã đơn vị cấp trên", "Mã cấp trên", "Mã đơn vị cha", "Mã cha", "Mã tổ chức cấp trên",
            "Mã đơn vị trực thuộc", "Parent code", "Code of the unit above",
        ),
    ),
    Field(
        "above",
        gettext_lazy("unit above"),
        (
            "Đơn vị cấp trên", "Cấp trên trực tiếp", "Đơn vị cấp trên trực tiếp", "Tổ chức đảng cấp trên",
            "Trực thuộc", "Trực thuộc đảng bộ", "Cấp trên", "Đơn vị cha", "Đảng bộ cấp trên", "Parent", "Unit above",
            "Directly above",
        ),
    ),
    Field("level", gettext_lazy("level"), ("Cấp", "Bậc", "Level")),
    *(
        Field(
            f"level_{n}",
            format_lazy("{} {}", gettext_lazy("level"), n),
            (f"Cấp {n}", f"Bậc {n}", f"Level {n}"),
            longest=255,
        )
        for n in range(1, 7)
    ),
    Field("sector", gettext_lazy("sector"), ("Lĩnh vực", "Ngành", "Khối", "Sector")),
    Field(
        "description",
        gettext_lazy("what it does"),
        ("Chức năng, nhiệm vụ", "Chức năng nhiệm vụ", "Chức năng", "Mô tả", "Description"),
        longest=500,
    ),
    Field(
        "established",
        gettext_lazy("established on"),
        ("Ngày thành lập", "Thành lập ngày", "Thành lập", "Established", "Established on"),
        type=Type.DATE,
    ),
    Field(
        "dissolved",
        gettext_lazy("dissolved on"),
        ("Ngày giải thể", "Giải thể ngày", "Giải thể", "Ngày kết thúc hoạt động", "Dissolved", "Dissolved on"),
        type=Type.DATE,
    ),
    Field(
        "listed",
        gettext_lazy("shown publicly"),
        ("Công khai", "Hiện công khai", "Hiển thị công khai", "Hiển thị", "Listed", "Public"),
        type=Type.CHOICE,
        words={
            "Có": "yes", "Hiện": "yes", "Công khai": "yes", "x": "yes", "1": "yes", "yes": "yes", "true": "yes",
            "Không": "no", "Ẩn": "no", "Nội bộ": "no", "0": "no", "no": "no", "false": "no",
        },
    ),
    Field(
        "since",
        gettext_lazy("change holds from"),
        ("Từ ngày", "Ngày hiệu lực", "Hiệu lực từ", "Có hiệu lực từ ngày", "Ngày thay đổi", "Since", "Effective on"),
        type=Type.DATE,
    ),
    Field(
        "decision",
        gettext_lazy("by decision"),
        ("Số quyết định", "Quyết định", "Số QĐ", "Theo quyết định", "Quyết định số", "Decision", "Decision number"),
    ),
    Field(
        "decided",
        gettext_lazy("decision’s date"),
        ("Ngày quyết định", "Ngày ban hành", "Ngày QĐ", "Quyết định ngày", "Decision date"),
        type=Type.DATE,
    ),
)  # fmt: skip
SETTINGS = ("above", "kind", "listed", "since", "decision", "decided")
