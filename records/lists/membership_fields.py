"""The columns of a list of memberships and transfers, and the words by which clerks call what happens to people."""

from django.utils.translation import gettext_lazy as _

from records.lists.people import FIELDS as PERSON
from records.models import Member
from records.sheets.planning import Field, Type

TRANSFER, ATTACH, RETURN, FIRST, PAST = "transfer", "attach", "return", "first", "past"
LEFT, EXPELLED, DECEASED = "left", "expelled", "deceased"
# Acts that lead to another unit, and those by which people go for good.
MOVES = (TRANSFER, ATTACH, PAST)
LEAVING = {
    LEFT: Member.Standing.LEFT.value,
    EXPELLED: Member.Standing.EXPELLED.value,
    DECEASED: Member.Standing.DECEASED.value,
}

WORDS = {
    TRANSFER: (
        "Chuyển sinh hoạt đảng", "Chuyển sinh hoạt", "Chuyển sinh hoạt chính thức", "Chuyển sinh hoạt đảng chính thức",
        "Chuyển SHĐ", "Chuyển SHĐ chính thức", "CSHĐ", "Chuyển chính thức", "Chính thức", "Chuyển đi", "Chuyển đến",
        "Chuyển", "Điều động", "transfer",
    ),
    ATTACH: (
        "Chuyển sinh hoạt tạm thời", "Chuyển sinh hoạt đảng tạm thời", "Sinh hoạt tạm thời", "Sinh hoạt đảng tạm thời",
        "Chuyển SHĐ tạm thời", "SHĐ tạm thời", "SHTT", "Chuyển tạm thời", "Tạm thời", "temporary attachment", "attach",
    ),
    RETURN: (
        "Hết sinh hoạt tạm thời", "Kết thúc sinh hoạt tạm thời", "Hết hạn sinh hoạt tạm thời",
        "Hết thời hạn sinh hoạt tạm thời", "Trở về đơn vị", "Trở về", "Về đơn vị cũ", "Trở lại sinh hoạt chính thức",
        "end of attachment", "return",
    ),
    LEFT: ("Ra khỏi Đảng", "Xin ra khỏi Đảng", "Cho ra khỏi Đảng", "Đã ra khỏi Đảng", "leaving", "left"),
    EXPELLED: ("Khai trừ", "Khai trừ khỏi Đảng", "Xoá tên", "Xoá tên đảng viên", "Xoá tên trong danh sách", "expelled"),
    DECEASED: ("Từ trần", "Qua đời", "Đã từ trần", "Đã qua đời", "Chết", "Mất", "deceased"),
    FIRST: (
        "Kết nạp", "Kết nạp Đảng", "Kết nạp mới", "Mới kết nạp", "Sinh hoạt lần đầu", "Trở lại sinh hoạt",
        "Phục hồi sinh hoạt", "Khôi phục quyền đảng viên", "Kết nạp lại", "first membership", "first",
    ),
}  # fmt: skip

FIELDS = (
    Field("ordinal", _("No."), ("STT", "TT", "Số TT", "Số thứ tự", "No")),
    *PERSON,
    Field(
        "act",
        _("what happens"),
        (
            "Hình thức chuyển", "Hình thức", "Loại chuyển", "Loại biến động", "Biến động", "Nội dung biến động",
            "Hình thức chuyển sinh hoạt", "Loại chuyển sinh hoạt", "Nội dung", "What happens", "Act",
        ),
        type=Type.CHOICE,
        words={word: act for act, words in WORDS.items() for word in words},
    ),
    Field("from_code", _("code of the unit left"), ("Mã đơn vị chuyển đi", "Mã nơi đi", "Mã chi bộ cũ")),
    Field(
        "from",
        _("unit left"),
        (
            "Đơn vị chuyển đi", "Nơi chuyển đi", "Nơi đi", "Từ đơn vị", "Từ chi bộ", "Chi bộ cũ", "Đơn vị cũ",
            "Chi bộ nơi đi", "Chi bộ chuyển đi", "Chuyển từ", "Đơn vị", "Chi bộ", "Chi bộ đang sinh hoạt",
            "Đang sinh hoạt tại", "From unit", "From",
        ),
    ),
    Field("to_code", _("code of the receiving unit"), ("Mã đơn vị chuyển đến", "Mã nơi đến", "Mã chi bộ mới")),
    Field(
        "to",
        _("receiving unit"),
        (
            "Đơn vị chuyển đến", "Nơi chuyển đến", "Nơi đến", "Đến đơn vị", "Đến chi bộ", "Chi bộ mới", "Đơn vị mới",
            "Chi bộ nơi đến", "Chi bộ chuyển đến", "Chuyển tới", "Đơn vị tiếp nhận", "Nơi tiếp nhận",
            "Chi bộ tiếp nhận", "Nơi sinh hoạt", "To unit", "To",
        ),
    ),
    Field(
        "since",
        _("from day"),
        (
            "Từ ngày", "Ngày chuyển", "Ngày chuyển sinh hoạt", "Thời gian chuyển", "Ngày hiệu lực", "Từ ngày tháng năm",
            "Bắt đầu", "Ngày bắt đầu", "Ngày biến động", "Since", "From day",
        ),
        type=Type.DATE,
    ),
    Field(
        "until",
        _("until"),
        ("Đến ngày", "Đến hết ngày", "Ngày kết thúc", "Kết thúc", "Đến ngày tháng năm", "Until"),
        type=Type.DATE,
    ),
    Field(
        "decision",
        _("by decision"),
        ("Số quyết định", "Quyết định", "Số QĐ", "Theo quyết định", "Quyết định số", "Decision", "Decision number"),
    ),
    Field(
        "decided",
        _("decision’s date"),
        ("Ngày quyết định", "Ngày ban hành", "Ngày QĐ", "Quyết định ngày", "Decision date"),
        type=Type.DATE,
    ),
    Field("reason", _("reason"), ("Lý do", "Lý do chuyển", "Ghi chú lý do", "Reason"), longest=300),
)  # fmt: skip
SETTINGS = ("act", "from", "to", "since", "decision", "decided", "reason")
