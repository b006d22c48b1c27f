"""The columns of award lists, the headers they go by, and what may be said for a whole list."""

from django.utils.translation import gettext_lazy as _

from records.lists.award_rows import CATEGORY_WORDS, KIND_WORDS
from records.sheets.planning import Field, Type

NAMES = (
    "Họ và tên", "Họ tên", "Họ, tên", "Họ và tên/Tên tập thể", "Tên tập thể/cá nhân/hộ gia đình",
    "Tên tập thể, cá nhân", "Tập thể, cá nhân", "Tên cá nhân, tập thể", "Tên cá nhân/tập thể", "Tên tập thể",
    "Tên đơn vị/tập thể", "Tên đơn vị", "Tên đơn vị, tập thể", "Tên cá nhân", "Họ và tên cá nhân", "Họ tên/Tên đơn vị",
    "Họ và tên/đơn vị", "Tên đơn vị, cá nhân", "Họ và tên hoặc tên tập thể", "Đơn vị, cá nhân",
    "Đơn vị, tập thể, cá nhân", "Tên gia đình", "Họ và tên chủ hộ", "Hộ gia đình", "Tên hộ gia đình", "Tập thể",
    "Cá nhân", "Đối tượng được khen thưởng", "Người được khen thưởng", "Recipient", "Full name", "Name",
)  # fmt: skip
UNITS = (
    "Đơn vị", "Đơn vị công tác", "Nơi công tác", "Cơ quan", "Cơ quan, đơn vị", "Cơ quan công tác", "Trực thuộc",
    "Đơn vị trực thuộc", "Tên đơn vị/tập thể công tác", "Đơn vị quản lý", "Địa phương", "Unit",
)  # fmt: skip
TOGETHER = (
    "Chức vụ, đơn vị công tác", "Chức vụ, đơn vị", "Chức vụ, nơi công tác", "Chức danh, đơn vị công tác",
    "Chức vụ và đơn vị công tác", "Chức vụ/đơn vị công tác", "Chức vụ, cơ quan công tác",
)  # fmt: skip
TYPES = (
    "Hình thức khen thưởng", "Danh hiệu thi đua", "Danh hiệu thi đua/Hình thức khen thưởng",
    "Danh hiệu thi đua, hình thức khen thưởng", "Hình thức", "Danh hiệu", "Danh hiệu, hình thức khen thưởng",
    "Hình thức KT", "HTKT", "Danh hiệu/Hình thức", "Khen thưởng", "Award",
)  # fmt: skip
NUMBERS = (
    "Số quyết định", "Số QĐ", "Quyết định số", "QĐ số", "Quyết định", "Quyết định khen thưởng", "Số, ngày quyết định",
    "Quyết định số, ngày", "Số quyết định, ngày quyết định", "Số và ngày quyết định", "Số, ký hiệu quyết định",
    "Số, ký hiệu", "Số/Ký hiệu quyết định", "Decision", "Decision number",
)  # fmt: skip
DAYS = (
    "Ngày quyết định", "Ngày QĐ", "Ngày ban hành", "Ngày ký", "Ngày ký quyết định", "Ngày ra quyết định",
    "Ngày ban hành quyết định", "Ngày, tháng, năm quyết định", "Ngày tháng năm quyết định",
    "Ngày, tháng, năm ban hành", "Decision date", "Issued on", "Decided on",
)  # fmt: skip
ISSUERS = (
    "Cơ quan ban hành", "Cơ quan ban hành quyết định", "Cơ quan ra quyết định", "Cơ quan quyết định",
    "Nơi ban hành", "Người ban hành", "Người ra quyết định", "Cấp ban hành", "Cấp ra quyết định", "Cấp quyết định",
    "Thẩm quyền quyết định", "Issued by", "Issuer",
)  # fmt: skip

FIELDS = (
    Field("ordinal", _("No."), ("STT", "TT", "Số TT", "Số thứ tự", "No")),
    Field("code", _("award code"), ("Mã khen thưởng", "Mã", "Mã số khen thưởng", "Award code", "Code"), longest=20),
    Field(
        "salutation",
        _("form of address"),
        ("Tên gọi", "Tên gọi (Ông/Bà/Chức danh)", "Ông/Bà", "Ông (Bà)", "Danh xưng", "Cấp bậc", "Quân hàm"),
        longest=40,
    ),  # fmt: skip
    Field("name", _("recipient's name"), NAMES, required=True),
    Field(
        "card",
        _("Party card number"),
        ("Số thẻ đảng viên", "Số thẻ", "Số thẻ đảng", "Thẻ đảng viên", "Số TĐV", "Số thẻ ĐV", "Card number"),
        longest=20,
    ),  # fmt: skip
    Field(
        "member_code", _("member’s code"), ("Mã đảng viên", "Mã hồ sơ", "Mã hồ sơ đảng viên", "Member code"), longest=20
    ),  # fmt: skip
    Field(
        "position",
        _("position"),
        ("Chức vụ", "Chức danh", "Chức vụ, chức danh", "Nghề nghiệp", "Position"),
        longest=255,
    ),  # fmt: skip
    Field("unit", _("unit"), UNITS, longest=255),
    Field("position_and_unit", _("position and unit"), TOGETHER),
    Field(
        "kind",
        _("person, collective or household"),
        ("Phân loại khen thưởng", "Loại", "Đối tượng", "Cá nhân/Tập thể", "Tập thể/Cá nhân", "Kind"),
        type=Type.CHOICE,
        words=KIND_WORDS,
    ),  # fmt: skip
    Field("type", _("award"), TYPES, several=True),
    Field(
        "category",
        _("category of recipient"),
        ("Phân loại đối tượng", "Loại đối tượng", "Phân loại cán bộ", "Phân loại tập thể"),
        type=Type.CHOICE,
        words=CATEGORY_WORDS,
    ),  # fmt: skip
    Field("period", _("period"), ("Năm", "Giai đoạn", "Năm thành tích", "Năm khen thưởng", "Thời gian")),
    Field("period_start", _("achievement from year"), ("Từ năm", "Năm bắt đầu", "From year"), type=Type.YEAR),
    Field("period_end", _("to year"), ("Đến năm", "Năm kết thúc", "To year"), type=Type.YEAR),
    Field(
        "reason",
        _("achievement"),
        ("Thành tích", "Nội dung thành tích", "Lý do khen thưởng", "Lý do khen"),
        longest=500,
    ),  # fmt: skip
    Field(
        "list_position",
        _("place in the list"),
        (
            "Thứ tự trong danh sách",
            "Số thứ tự trong danh sách",
            "Vị trí trong danh sách",
            "Thứ tự trong quyết định",
            "Place in the list",
            "List position",
        ),
        type=Type.NUMBER,
    ),  # fmt: skip
    Field("number", _("decision number"), NUMBERS),
    Field("issued_on", _("decision date"), DAYS, type=Type.DATE, partial=True),
    Field("issuer", _("issued by"), ISSUERS),
    Field("signed_by", _("signed by"), ("Người ký", "Người ký quyết định", "Họ tên người ký", "Signed by")),
    Field(
        "signer_position", _("signer's position"), ("Chức vụ người ký", "Chức danh người ký", "Signer position")
    ),  # fmt: skip
    Field("subject", _("subject"), ("Trích yếu", "Trích yếu quyết định", "Về việc", "Subject")),
    Field(
        "keeper",
        _("decision kept by"),
        ("Đơn vị giữ", "Đơn vị giữ quyết định", "Đơn vị lưu quyết định", "Đơn vị quản lý quyết định", "Kept by"),
    ),  # fmt: skip
)
GROUPS = ("Tập thể", "Cá nhân", "Hộ gia đình", "Các tập thể", "Các cá nhân", "Các hộ gia đình")
SETTINGS = (
    "number", "issued_on", "issuer", "subject", "signed_by", "signer_position", "keeper", "period_start", "period_end",
    "type", "kind",
)  # fmt: skip
