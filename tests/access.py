"""Who may open which address, and who may send what to it: the table that test_access holds against the site."""

from collections import namedtuple

Codes = namedtuple("Codes", "nobody stranger outsider viewer clerk approver manager superuser")


def all_of(code):
    return Codes(*[code] * 8)


def signed_in(code):
    return Codes(302, *[code] * 7)


PUBLIC = all_of(200)
SIGNED_IN = signed_in(200)
# A record of the unit: there for all who are posted over it.
READERS = Codes(302, 404, 404, 200, 200, 200, 200, 200)
# A page that changes a record of the unit.
EDITORS = Codes(302, 404, 404, 403, 200, 200, 200, 200)
EDITORS_DONE = Codes(302, 404, 404, 403, 302, 302, 302, 302)
PUBLISHERS = Codes(302, 404, 404, 403, 403, 200, 200, 200)
PUBLISHERS_DONE = Codes(302, 404, 404, 403, 403, 302, 302, 302)
MANAGERS = Codes(302, 404, 404, 403, 403, 403, 200, 200)
# The pages of accounts, and an account: nothing is said of it but to its manager.
KEEPERS = Codes(302, *[403] * 5, 200, 200)
KEPT = Codes(302, *[404] * 5, 200, 200)
KEPT_DONE = KEPT._replace(manager=302, superuser=302)
# A page that enters a record of a unit of one's own.
ENTRY = Codes(302, 403, 200, 403, 200, 200, 200, 200)
# A spreadsheet on its way in: its sender's, and open to whoever approves there; nobody else touches it.
IMPORT = Codes(302, *[404] * 4, 200, 200, 200)
IMPORT_OWN = Codes(302, *[404] * 4, 403, 403, 200)
IMPORT_OWN_DONE = IMPORT_OWN._replace(superuser=302)
IMPORT_ACTS = [
    f"records:staff_import_{act}"
    for act in (*("mend", "unmend", "pick", "replan", "apply", "ask", "recall", "approve", "stop", "resume", "redo"),)
]
# Every address by name: what a GET answers to each role. `stranger` is signed in and posted nowhere, `outsider` is a
# clerk of another unit.
ACCESS = {
    "campaigns:home": PUBLIC,
    "campaigns:campaign_list": PUBLIC,
    "campaigns:campaign_detail": PUBLIC,
    "campaigns:campaign_units": PUBLIC,
    "campaigns:campaign_units_csv": PUBLIC,
    "campaigns:campaign_registrations": PUBLIC,
    "campaigns:exemplar_list": PUBLIC,
    "campaigns:exemplar_detail": PUBLIC,
    "campaigns:exemplar_photo": PUBLIC,
    "campaigns:staff_home": SIGNED_IN,
    "campaigns:staff_plan_list": READERS,
    "campaigns:staff_plan_detail": READERS,
    "campaigns:staff_plan_edit": EDITORS,
    "campaigns:staff_plan_draft": signed_in(405),
    "campaigns:staff_plan_submit": EDITORS,
    "campaigns:staff_plan_recall": EDITORS_DONE,
    "campaigns:staff_plan_decide": PUBLISHERS_DONE,
    "campaigns:staff_registration_list": READERS,
    "campaigns:staff_registration_grid": READERS,
    "campaigns:staff_registration_detail": READERS,
    "campaigns:staff_registration_withdraw": EDITORS,
    "campaigns:staff_registration_again": EDITORS,
    "campaigns:staff_registration_confirm": EDITORS,
    "campaigns:staff_result_grid": READERS,
    "campaigns:staff_result_reopen": PUBLISHERS,
    "campaigns:staff_report_edit": READERS,
    "campaigns:staff_evidence_add": EDITORS_DONE,
    "campaigns:staff_evidence_photo": READERS,
    "campaigns:staff_evidence_remove": EDITORS,
    "campaigns:staff_inspection_list": READERS,
    "campaigns:staff_inspection_add": EDITORS,
    "campaigns:staff_inspection_detail": READERS,
    "campaigns:staff_inspection_edit": EDITORS,
    "campaigns:staff_inspection_resolve": EDITORS,
    "campaigns:staff_campaign_list": SIGNED_IN,
    "campaigns:staff_campaign_add": Codes(302, 403, 200, 403, 200, 200, 200, 200),
    "campaigns:staff_campaign_export": SIGNED_IN,
    "campaigns:staff_plan_export": READERS,
    "campaigns:staff_registration_export": READERS,
    "campaigns:staff_exemplar_export": READERS,
    "campaigns:staff_inspection_export": READERS,
    "campaigns:staff_campaign_detail": READERS,
    "campaigns:staff_campaign_edit": EDITORS,
    "campaigns:staff_campaign_preview": EDITORS,
    # The campaign is under way, so it cannot be launched: back to its board, with a word on it.
    "campaigns:staff_campaign_launch": PUBLISHERS._replace(approver=302, manager=302, superuser=302),
    "campaigns:staff_campaign_review": PUBLISHERS,
    "campaigns:staff_campaign_close": PUBLISHERS,
    "campaigns:staff_campaign_cancel": PUBLISHERS,
    "campaigns:staff_reminder_list": READERS,
    "campaigns:self_registration_add": PUBLIC,
    "campaigns:self_registration_sent": PUBLIC,
    "campaigns:staff_invitation_list": READERS,
    "campaigns:staff_invitation_make": signed_in(405),
    "campaigns:staff_invitation_detail": EDITORS,
    "campaigns:staff_self_registration_list": READERS,
    "campaigns:staff_self_registration_detail": READERS,
    "campaigns:staff_self_registration_confirm": signed_in(405),
    "campaigns:staff_self_registration_confirm_all": signed_in(405),
    "campaigns:staff_self_registration_refuse": signed_in(405),
    "campaigns:staff_exemplar_list": READERS,
    "campaigns:staff_exemplar_add": EDITORS,
    "campaigns:staff_exemplar_detail": READERS,
    # The good model is public, so only approvers change it.
    "campaigns:staff_exemplar_edit": PUBLISHERS,
    "campaigns:staff_exemplar_submit": EDITORS,
    "campaigns:staff_exemplar_publish": PUBLISHERS,
    "campaigns:staff_exemplar_return": PUBLISHERS,
    "campaigns:staff_exemplar_unpublish": PUBLISHERS,
    "campaigns:staff_exemplar_photos": PUBLISHERS_DONE,
    "campaigns:staff_exemplar_photo_edit": PUBLISHERS,
    "campaigns:staff_exemplar_photo_remove": signed_in(405),
    "campaigns:staff_exemplar_photo_show": READERS,
    "records:award_list": PUBLIC,
    "records:award_csv": PUBLIC,
    "records:award_detail": PUBLIC,
    "records:decision_list": PUBLIC,
    "records:decision_detail": PUBLIC,
    "records:unit_list": PUBLIC,
    "records:unit_detail": PUBLIC,
    "records:person_detail": PUBLIC,
    "records:about": PUBLIC,
    "records:healthz": PUBLIC,
    "records:robots": PUBLIC,
    "records:file_download": READERS,
    "records:staff_suggest": SIGNED_IN,
    "records:session_state": PUBLIC,
    "records:staff_member_list": SIGNED_IN,
    "records:staff_member_add": ENTRY,
    "records:staff_member_export": SIGNED_IN,
    "records:staff_membership_export": SIGNED_IN,
    "records:staff_member_duplicates": SIGNED_IN,
    "records:staff_member_check": signed_in(405),
    "records:staff_member_detail": READERS,
    "records:staff_member_card": signed_in(405),
    "records:staff_member_edit": EDITORS,
    "records:staff_member_attach": EDITORS,
    "records:staff_member_end_attachment": EDITORS,
    "records:staff_member_standing": EDITORS,
    "records:staff_member_transfer": EDITORS,
    "records:staff_transfer_list": SIGNED_IN,
    "records:staff_transfer_accept": EDITORS,
    "records:staff_transfer_refuse": EDITORS,
    "records:staff_transfer_call_off": EDITORS,
    "records:staff_unit_export": SIGNED_IN,
    "records:staff_decision_export": SIGNED_IN,
    "records:staff_award_type_export": SIGNED_IN,
    "records:staff_export_list": SIGNED_IN,
    # Whoever asked for a file sees it, and nobody else.
    "records:staff_export_detail": signed_in(404),
    "records:staff_export_stop": signed_in(405),
    "records:staff_export_delete": signed_in(405),
    "records:staff_view_list": SIGNED_IN,
    "records:staff_view_add": SIGNED_IN,
    "records:staff_view_delete": signed_in(404),
    "records:staff_move_detail": READERS,
    "records:staff_move_stop": signed_in(405),
    "records:staff_unit_list": SIGNED_IN,
    "records:staff_unit_detail": READERS,
    "records:staff_unit_readers": READERS,
    "records:staff_unit_edit": EDITORS,
    "records:staff_unit_add": EDITORS,
    "records:staff_unit_rename": EDITORS,
    "records:staff_unit_move": PUBLISHERS,
    "records:staff_unit_dissolve": PUBLISHERS,
    "records:staff_member_readers": READERS,
    "records:staff_quality": SIGNED_IN,
    "records:staff_cleanup_set": MANAGERS,
    "records:staff_cleanup_end": signed_in(405),
    "records:staff_duplicate_list": SIGNED_IN,
    "records:staff_duplicate_detail": EDITORS,
    "records:staff_duplicate_apart": signed_in(405),
    "records:staff_duplicate_again": signed_in(405),
    "records:staff_merge_list": SIGNED_IN,
    "records:staff_merge_detail": EDITORS,
    "records:staff_merge_undo": EDITORS,
    "records:staff_decision_list": SIGNED_IN,
    "records:staff_decision_add": ENTRY,
    "records:staff_decision_reading": SIGNED_IN,
    "records:staff_decision_detail": READERS,
    "records:staff_decision_edit": EDITORS,
    "records:staff_decision_scan": EDITORS,
    "records:staff_decision_check": EDITORS,
    "records:staff_decision_publish": PUBLISHERS,
    "records:staff_decision_unpublish": PUBLISHERS,
    # The form stands on the decision's page; what is saved there was looked over on the page before.
    "records:staff_recipient_add": EDITORS_DONE,
    "records:staff_recipient_paste": EDITORS,
    "records:staff_recipient_save": EDITORS_DONE,
    "records:staff_recipient_order": EDITORS,
    "records:staff_recipient_suggest": SIGNED_IN,
    "records:staff_award_list": SIGNED_IN,
    "records:staff_award_add": ENTRY,
    "records:staff_award_export": SIGNED_IN,
    "records:staff_award_detail": READERS,
    "records:staff_award_edit": EDITORS,
    "records:staff_award_remove": EDITORS,
    "records:staff_award_change": EDITORS,
    # Nothing to take back: the page of the award says so.
    "records:staff_award_take_back": EDITORS_DONE,
    "records:staff_award_unpublish": PUBLISHERS,
    "records:staff_import_list": SIGNED_IN,
    "records:staff_import_add": ENTRY,
    "records:staff_import_blank": SIGNED_IN,
    "records:staff_import_detail": IMPORT,
    "records:staff_import_columns": IMPORT_OWN,
    "records:staff_import_delete": IMPORT_OWN,
    "records:staff_import_rows": IMPORT,
    # No row of it is left over, which is said on the page it leads back to.
    "records:staff_import_refused": IMPORT._replace(approver=302, manager=302, superuser=302),
    "records:staff_import_touched": IMPORT,
    "records:staff_import_progress": IMPORT._replace(approver=302, manager=302, superuser=302),
    # It does not wait for approval, and is not written yet: back to its page, with a word on it.
    "records:staff_import_return": IMPORT._replace(approver=302, manager=302, superuser=302),
    "records:staff_import_undo": IMPORT_OWN._replace(superuser=302),
    **dict.fromkeys(IMPORT_ACTS, signed_in(405)),
    "records:staff_change_list": READERS,
    "records:staff_own_account": SIGNED_IN,
    "records:staff_account_list": KEEPERS,
    "records:staff_account_add": KEEPERS,
    "records:staff_account_detail": KEPT,
    "records:staff_account_edit": KEPT,
    "records:staff_account_link": KEPT,
    "records:staff_account_unlock": signed_in(405),
    "records:staff_account_second_factor": KEPT,
    "records:staff_account_leave": KEPT,
    "records:staff_account_back": KEPT,
    "records:staff_account_post": KEPT,
    "records:staff_account_unpost": KEPT,
    "mfa_index": SIGNED_IN,
    "mfa_authenticate": all_of(302),
    "mfa_reauthenticate": all_of(302),
    "mfa_activate_totp": SIGNED_IN,
    "mfa_deactivate_totp": signed_in(404),
    "mfa_view_recovery_codes": signed_in(404),
    "mfa_generate_recovery_codes": SIGNED_IN,
    "mfa_download_recovery_codes": signed_in(404),
    "usersessions_list": SIGNED_IN,
    "account_login": Codes(200, *[302] * 7),
    "account_logout": Codes(302, *[200] * 7),
    "account_signup": Codes(200, *[302] * 7),
    "account_inactive": all_of(200),
    "account_confirm_login_code": Codes(302, *[302] * 7),
    "account_change_password": SIGNED_IN,
    "account_set_password": signed_in(302),
    "account_reauthenticate": SIGNED_IN,
    "account_request_reauthentication_code": signed_in(302),
    "account_confirm_reauthentication_code": signed_in(302),
    "account_reset_password": PUBLIC,
    "account_reset_password_done": PUBLIC,
    "account_reset_password_from_key": PUBLIC,
    "account_reset_password_from_key_done": PUBLIC,
}
# What a POST with nothing in it answers, for each address of the staff that takes one: the form again with what is
# missing (200) or a redirect (302) to those who may, no more than a GET to the others.
POSTS = {
    "records:staff_cleanup_set": MANAGERS,
    "records:staff_cleanup_end": MANAGERS._replace(manager=302, superuser=302),
    "records:staff_duplicate_detail": EDITORS,
    "records:staff_duplicate_apart": EDITORS_DONE,
    "records:staff_duplicate_again": EDITORS_DONE,
    "records:staff_merge_undo": EDITORS,
    "records:staff_unit_edit": EDITORS,
    "records:staff_unit_add": EDITORS,
    "records:staff_unit_rename": EDITORS,
    "records:staff_unit_move": PUBLISHERS,
    "records:staff_unit_dissolve": PUBLISHERS,
    "records:staff_decision_add": ENTRY,
    "records:staff_decision_edit": EDITORS,
    "records:staff_decision_scan": EDITORS,
    "records:staff_decision_publish": PUBLISHERS_DONE,
    "records:staff_decision_unpublish": PUBLISHERS,
    "records:staff_recipient_add": EDITORS,
    "records:staff_recipient_paste": EDITORS,
    "records:staff_recipient_save": EDITORS_DONE,
    "records:staff_recipient_order": EDITORS,
    "records:staff_award_add": ENTRY,
    "records:staff_award_export": SIGNED_IN,
    "records:staff_award_edit": EDITORS,
    "records:staff_award_remove": EDITORS,
    "records:staff_award_change": EDITORS,
    "records:staff_award_take_back": EDITORS_DONE,
    "records:staff_award_unpublish": PUBLISHERS,
    "records:staff_member_add": ENTRY,
    "records:staff_member_export": SIGNED_IN,
    "records:staff_membership_export": SIGNED_IN,
    "records:staff_unit_export": SIGNED_IN,
    "records:staff_decision_export": SIGNED_IN,
    "records:staff_award_type_export": SIGNED_IN,
    "records:staff_export_stop": signed_in(404),
    "records:staff_move_stop": PUBLISHERS_DONE,
    "records:staff_export_delete": signed_in(404),
    "records:staff_member_check": ENTRY,
    "records:staff_member_card": EDITORS,
    "records:staff_member_edit": EDITORS,
    "records:staff_member_attach": EDITORS,
    "records:staff_member_end_attachment": EDITORS,
    "records:staff_member_standing": EDITORS,
    "records:staff_member_transfer": EDITORS,
    "records:staff_transfer_accept": EDITORS_DONE,
    "records:staff_transfer_refuse": EDITORS,
    "records:staff_transfer_call_off": EDITORS_DONE,
    "records:staff_view_add": SIGNED_IN,
    "records:staff_view_delete": signed_in(404),
    "records:staff_import_add": ENTRY,
    "records:staff_import_columns": IMPORT_OWN,
    "records:staff_import_delete": IMPORT_OWN_DONE,
    "records:staff_import_undo": IMPORT_OWN_DONE,
    "records:staff_import_return": IMPORT._replace(approver=302, manager=302, superuser=302),
    "records:staff_import_approve": IMPORT._replace(approver=302, manager=302, superuser=302),
    "records:staff_import_stop": IMPORT_OWN_DONE,
    "records:staff_import_resume": IMPORT_OWN_DONE,
    **dict.fromkeys(
        [
            f"records:staff_import_{act}"
            for act in ("mend", "unmend", "pick", "replan", "apply", "ask", "recall", "redo")
        ],
        IMPORT_OWN_DONE,
    ),
    "campaigns:staff_campaign_add": Codes(302, 403, 200, 403, 200, 200, 200, 200),
    "campaigns:staff_campaign_export": SIGNED_IN,
    "campaigns:staff_plan_export": READERS,
    "campaigns:staff_registration_export": READERS,
    "campaigns:staff_exemplar_export": READERS,
    "campaigns:staff_inspection_export": READERS,
    "campaigns:staff_campaign_edit": EDITORS,
    "campaigns:staff_campaign_launch": PUBLISHERS_DONE,
    "campaigns:staff_campaign_review": PUBLISHERS_DONE,
    "campaigns:staff_campaign_close": PUBLISHERS_DONE,
    "campaigns:staff_campaign_cancel": PUBLISHERS,
    "campaigns:staff_plan_edit": EDITORS_DONE,
    # A page that does not know of the plan must not write over it.
    "campaigns:staff_plan_draft": Codes(302, 404, 404, 403, *[409] * 4),
    "campaigns:staff_plan_submit": EDITORS,
    "campaigns:staff_plan_recall": EDITORS_DONE,
    "campaigns:staff_plan_decide": PUBLISHERS_DONE,
    "campaigns:staff_registration_grid": EDITORS_DONE,
    "campaigns:staff_registration_withdraw": EDITORS,
    "campaigns:staff_registration_again": EDITORS,
    "campaigns:staff_registration_confirm": EDITORS,
    "campaigns:staff_result_grid": EDITORS_DONE,
    "campaigns:staff_result_reopen": PUBLISHERS,
    "campaigns:staff_report_edit": EDITORS,
    "campaigns:staff_evidence_add": EDITORS,
    "campaigns:staff_evidence_remove": EDITORS_DONE,
    "campaigns:staff_inspection_add": EDITORS,
    "campaigns:staff_inspection_edit": EDITORS,
    "campaigns:staff_inspection_resolve": EDITORS,
    "campaigns:self_registration_add": PUBLIC,
    "campaigns:staff_invitation_make": EDITORS_DONE,
    "campaigns:staff_invitation_detail": EDITORS_DONE,
    "campaigns:staff_self_registration_confirm": EDITORS,
    "campaigns:staff_self_registration_confirm_all": EDITORS_DONE,
    "campaigns:staff_self_registration_refuse": EDITORS,
    "campaigns:staff_exemplar_add": EDITORS,
    "campaigns:staff_exemplar_edit": PUBLISHERS,
    "campaigns:staff_exemplar_submit": EDITORS_DONE,
    "campaigns:staff_exemplar_publish": PUBLISHERS_DONE,
    "campaigns:staff_exemplar_return": PUBLISHERS,
    "campaigns:staff_exemplar_unpublish": PUBLISHERS,
    "campaigns:staff_exemplar_photos": PUBLISHERS,
    "campaigns:staff_exemplar_photo_edit": PUBLISHERS,
    "campaigns:staff_exemplar_photo_remove": PUBLISHERS_DONE,
    "records:staff_account_add": KEEPERS,
    "records:staff_account_edit": KEPT,
    "records:staff_account_link": KEPT_DONE,
    "records:staff_account_unlock": KEPT_DONE,
    "records:staff_account_second_factor": KEPT,
    "records:staff_account_leave": KEPT,
    "records:staff_account_back": KEPT,
    "records:staff_account_post": KEPT,
    "records:staff_account_unpost": KEPT,
}
IMPORT_PAGES = [
    name
    for name in ACCESS
    if name.startswith("records:staff_import_") and name.rpartition("_")[2] not in ("list", "add", "blank")
]
ACCOUNT_PAGES = [name for name in ACCESS if name.startswith("records:staff_account_") and ACCESS[name] is not KEEPERS]
EXPORT_PAGES = [f"records:staff_export_{page}" for page in ("detail", "stop", "delete")]
PLAN_PAGES = [f"campaigns:staff_plan_{page}" for page in ("detail", "edit", "draft", "submit", "recall", "decide")]
GRID_PAGES = [f"campaigns:staff_{page}" for page in ("registration_grid", "result_grid", "report_edit")]
REGISTRATION_PAGES = [
    *(f"campaigns:staff_registration_{page}" for page in ("detail", "withdraw", "again", "confirm")),
    *("campaigns:staff_result_reopen", "campaigns:staff_evidence_add"),
]
INSPECTION_PAGES = [f"campaigns:staff_inspection_{page}" for page in ("detail", "edit", "resolve")]
CAMPAIGN_PAGES = [
    f"campaigns:staff_{page}"
    for page in (
        "reminder_list",
        *(f"campaign_{act}" for act in ("detail", "edit", "preview", "launch", "review", "close", "cancel")),
    )
]
CAMPAIGN_LISTS = [
    f"campaigns:staff_{page}"
    for page in (
        *("plan_export", "registration_export", "inspection_export", "exemplar_export"),
        *("plan_list", "registration_list", "inspection_list", "inspection_add", "exemplar_list", "exemplar_add"),
        *("invitation_list", "invitation_make", "self_registration_list", "self_registration_confirm_all"),
    )
]
SENT_PAGES = [f"campaigns:staff_self_registration_{page}" for page in ("detail", "confirm", "refuse")]
EXEMPLAR_PAGES = [
    f"campaigns:staff_exemplar_{page}"
    for page in ("detail", "edit", "submit", "publish", "return", "unpublish", "photos")
]
PHOTO_PAGES = [f"campaigns:staff_exemplar_photo_{page}" for page in ("edit", "remove", "show")]
DECISION_PAGES = [
    f"records:staff_{page}"
    for page in (
        "decision_detail", "decision_edit", "decision_scan", "decision_check", "decision_publish", "decision_unpublish",
        "recipient_add", "recipient_paste", "recipient_save", "recipient_order",
    )
]  # fmt: skip
AWARD_PAGES = [
    f"records:staff_award_{page}" for page in ("detail", "edit", "remove", "change", "take_back", "unpublish")
]
MEMBER_PAGES = [
    f"records:staff_member_{page}"
    for page in ("detail", "card", "edit", "attach", "end_attachment", "standing", "transfer")
]
UNIT_PAGES = [
    *(f"records:staff_unit_{page}" for page in ("detail", "readers", "edit", "add", "rename", "move", "dissolve")),
    *("records:staff_cleanup_set", "records:staff_cleanup_end"),
]
MOVE_PAGES = [f"records:staff_move_{page}" for page in ("detail", "stop")]
PAIR_PAGES = [f"records:staff_duplicate_{page}" for page in ("detail", "apart", "again")]
MERGE_PAGES = [f"records:staff_merge_{page}" for page in ("detail", "undo")]
TRANSFER_PAGES = [f"records:staff_transfer_{page}" for page in ("accept", "refuse", "call_off")]
# Addresses that hide what is not public from everybody but those whose units it concerns.
HIDDEN = [
    "campaigns:campaign_detail",
    "campaigns:campaign_units",
    "campaigns:campaign_units_csv",
    "campaigns:campaign_registrations",
    "campaigns:exemplar_detail",
    "campaigns:exemplar_photo",
    "records:award_detail",
    "records:decision_detail",
    "records:unit_detail",
    "records:person_detail",
]
