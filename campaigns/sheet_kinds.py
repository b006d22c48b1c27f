"""The kinds of list that campaigns take in and give out: their columns and the headers these go by."""

from django.utils.translation import gettext_lazy as _

from campaigns.lists.finding import activity_fields, campaigns_offered
from campaigns.lists.registration_writing import RegistrationWriter
from campaigns.lists.registrations import RegistrationPlanner
from campaigns.models import Registration
from records.sheets.planning import Field, Kind, Type

Status, Rating = Registration.Status, Registration.Rating

REGISTRATIONS = Kind(
    code="registrations",
    title=_("list of registrations"),
    fields=(
        Field("ordinal", _("No."), ("STT", "TT", "Số TT", "Số thứ tự", "No")),
        Field("code", _("code"), ("Mã", "Mã đảng viên", "Mã hồ sơ", "Member code", "Code")),
        Field(
            "name",
            _("full name"),
            (
                "Họ và tên", "Họ tên", "Họ, tên", "Họ và tên đảng viên", "Họ tên đảng viên", "Tên đảng viên",
                "Đảng viên", "Người đăng ký", "Họ và tên người đăng ký", "Đảng viên đăng ký", "Full name", "Name",
            ),
            required=True,
            longest=150,
        ),
        Field(
            "birth",
            _("born on"),
            (
                "Ngày sinh", "Sinh ngày", "Năm sinh", "Ngày tháng năm sinh", "Ngày, tháng, năm sinh",
                "Ngày/tháng/năm sinh", "Ngày tháng sinh", "NTNS", "Ngày/năm sinh", "Ngày, năm sinh", "Date of birth",
                "Born", "Born on", "Year of birth",
            ),
            type=Type.DATE,
            partial=True,
        ),
        Field(
            "card",
            _("Party card number"),
            ("Số thẻ đảng viên", "Số thẻ", "Số thẻ đảng", "Thẻ đảng viên", "Số TĐV", "Card number"),
            longest=20,
        ),
        Field("position", _("position"), ("Chức vụ", "Chức danh", "Chức vụ, chức danh", "Position"), longest=255),
        Field("unit_code", _("unit’s code"), ("Mã đơn vị", "Mã chi bộ", "Mã tổ chức đảng", "Unit code", "Unit’s code")),
        Field(
            "unit",
            _("unit"),
            (
                "Đơn vị", "Chi bộ", "Tổ chức đảng", "Đơn vị sinh hoạt", "Chi bộ sinh hoạt", "Nơi sinh hoạt",
                "Sinh hoạt tại chi bộ", "Tên chi bộ", "Đảng bộ", "Chi bộ, đảng bộ", "Đảng bộ, chi bộ",
                "Đơn vị công tác", "Unit", "Branch",
            ),
        ),
        Field(
            "content",
            _("what is chosen"),
            (
                "Nội dung đăng ký", "Nội dung", "Đăng ký", "Nội dung đăng ký thực hiện", "Việc đăng ký",
                "Công việc đăng ký", "Nội dung tham gia", "Phần việc đăng ký", "Phần việc", "Mô hình đăng ký",
                "Nội dung, mô hình đăng ký", "Hoạt động", "Hoạt động đăng ký", "Đăng ký thực hiện",
                "Nội dung công việc", "Activity", "Activities",
            ),
            several=True,
        ),
        Field(
            "quantity",
            _("quantity"),
            ("Số lượng", "Số lượng đăng ký", "Khối lượng", "SL", "Chỉ tiêu", "Chỉ tiêu đăng ký", "Quantity"),
            type=Type.NUMBER,
        ),
        Field("measure", _("unit of measure"), ("Đơn vị tính", "ĐVT", "Đơn vị đo", "Unit of measure", "Measure")),
        Field(
            "done",
            _("result"),
            (
                "Kết quả", "Đã thực hiện", "Kết quả thực hiện", "Thực hiện", "Số lượng đã thực hiện", "Số đã thực hiện",
                "Đã làm", "Kết quả đạt được", "Result", "Done",
            ),
            type=Type.NUMBER,
        ),
        Field(
            "status",
            _("status"),
            ("Trạng thái", "Tình trạng", "Tình trạng đăng ký", "Status"),
            type=Type.CHOICE,
            words={
                "Đã đăng ký": Status.REGISTERED,
                "Đăng ký": Status.REGISTERED,
                "Hoàn thành": Status.DONE,
                "Đã hoàn thành": Status.DONE,
                "Đã có kết quả": Status.DONE,
                "Đã thực hiện": Status.DONE,
                "Xong": Status.DONE,
                "Chờ xác nhận": Status.PENDING,
                "Đã rút": Status.WITHDRAWN,
                "Rút": Status.WITHDRAWN,
                "Rút đăng ký": Status.WITHDRAWN,
                **{str(value): value for value in Status.values},
            },
        ),
        Field(
            "rating",
            _("rating"),
            ("Xếp loại", "Đánh giá", "Kết quả xếp loại", "Mức độ hoàn thành", "Xếp loại kết quả", "Rating"),
            type=Type.CHOICE,
            words={
                "Hoàn thành xuất sắc": Rating.EXCELLENT,
                "Hoàn thành xuất sắc nhiệm vụ": Rating.EXCELLENT,
                "Xuất sắc": Rating.EXCELLENT,
                "HTXS": Rating.EXCELLENT,
                "HTXSNV": Rating.EXCELLENT,
                "Hoàn thành tốt": Rating.GOOD,
                "Hoàn thành tốt nhiệm vụ": Rating.GOOD,
                "Tốt": Rating.GOOD,
                "HTT": Rating.GOOD,
                "HTTNV": Rating.GOOD,
                "Hoàn thành": Rating.FAIR,
                "Hoàn thành nhiệm vụ": Rating.FAIR,
                "Khá": Rating.FAIR,
                "HT": Rating.FAIR,
                "HTNV": Rating.FAIR,
                "Không hoàn thành": Rating.POOR,
                "Không hoàn thành nhiệm vụ": Rating.POOR,
                "Chưa hoàn thành": Rating.POOR,
                "Không đạt": Rating.POOR,
                "Chưa đạt": Rating.POOR,
                "KHT": Rating.POOR,
                "KHTNV": Rating.POOR,
                **{str(value): value for value in Rating.values},
            },
        ),
        Field(
            "aim",
            _("title aimed at"),
            (
                "Danh hiệu đăng ký", "Đăng ký danh hiệu", "Danh hiệu thi đua đăng ký", "Đăng ký danh hiệu thi đua",
                "Danh hiệu", "Danh hiệu thi đua", "Danh hiệu phấn đấu", "Title aimed at",
            ),
        ),
        Field(
            "own_words",
            _("in the member's own words"),
            (
                "Lời đăng ký", "Lời cam kết", "Cam kết", "Nội dung cam kết", "Nguyện vọng", "Ý kiến đăng ký",
                "Ý kiến", "Own words",
            ),
            longest=500,
        ),
        Field(
            "registered",
            _("registered on"),
            ("Ngày đăng ký", "Đăng ký ngày", "Thời gian đăng ký", "Ngày tháng đăng ký", "Registered on"),
            type=Type.DATE,
        ),
    ),
    planner=RegistrationPlanner,
    writer=RegistrationWriter,
    settings=("campaign", "unit", "content", "registered", "aim"),
    more_fields=activity_fields,
    offers={"campaign": (_("campaign"), campaigns_offered)},
)  # fmt: skip

KINDS = (REGISTRATIONS,)
