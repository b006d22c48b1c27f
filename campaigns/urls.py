"""Addresses of campaigns and exemplars, the home page and the staff's day."""

from django.urls import path

from campaigns.views import (
    public_campaigns,
    public_exemplars,
    public_home,
    public_registrations,
    public_self_registrations,
    public_units,
    staff_campaigns,
    staff_exemplars,
    staff_home,
    staff_inspections,
    staff_invitations,
    staff_plans,
    staff_registrations,
    staff_reminders,
    staff_reports,
    staff_results,
    staff_self_registrations,
)
from records.views import staff_exports

app_name = "campaigns"

urlpatterns = [
    path("", public_home.home, name="home"),
    path("campaigns/", public_campaigns.campaign_list, name="campaign_list"),
    path("campaigns/<slug:slug>/", public_campaigns.campaign_detail, name="campaign_detail"),
    path("campaigns/<slug:slug>/units/", public_units.campaign_units, name="campaign_units"),
    path("campaigns/<slug:slug>/units.csv", public_units.campaign_units_csv, name="campaign_units_csv"),
    path(
        "campaigns/<slug:slug>/registrations/",
        public_registrations.campaign_registrations,
        name="campaign_registrations",
    ),
    path("exemplars/", public_exemplars.exemplar_list, name="exemplar_list"),
    path("exemplars/<slug:public_id>/", public_exemplars.exemplar_detail, name="exemplar_detail"),
    path("exemplars/<slug:public_id>/photos/<int:pk>.jpg", public_exemplars.exemplar_photo, name="exemplar_photo"),
    path("staff/", staff_home.staff_home, name="staff_home"),
    path("staff/campaigns/", staff_campaigns.staff_campaign_list, name="staff_campaign_list"),
    path("staff/campaigns/add/", staff_campaigns.staff_campaign_add, name="staff_campaign_add"),
    path(
        "staff/campaigns/export/",
        staff_exports.staff_export_add,
        {"code": "campaigns"},
        name="staff_campaign_export",
    ),
    path("staff/campaigns/<slug:slug>/", staff_campaigns.staff_campaign_detail, name="staff_campaign_detail"),
    path("staff/campaigns/<slug:slug>/edit/", staff_campaigns.staff_campaign_edit, name="staff_campaign_edit"),
    path("staff/campaigns/<slug:slug>/preview/", staff_campaigns.staff_campaign_preview, name="staff_campaign_preview"),
    path("staff/campaigns/<slug:slug>/launch/", staff_campaigns.staff_campaign_launch, name="staff_campaign_launch"),
    path("staff/campaigns/<slug:slug>/review/", staff_campaigns.staff_campaign_review, name="staff_campaign_review"),
    path("staff/campaigns/<slug:slug>/close/", staff_campaigns.staff_campaign_close, name="staff_campaign_close"),
    path("staff/campaigns/<slug:slug>/cancel/", staff_campaigns.staff_campaign_cancel, name="staff_campaign_cancel"),
    path("staff/campaigns/<slug:slug>/reminders/", staff_reminders.staff_reminder_list, name="staff_reminder_list"),
    path("staff/campaigns/<slug:slug>/plans/", staff_plans.staff_plan_list, name="staff_plan_list"),
    path(
        "staff/campaigns/<slug:slug>/plans/export/",
        staff_exports.staff_export_add,
        {"code": "plans"},
        name="staff_plan_export",
    ),
    path("staff/campaigns/<slug:slug>/plans/<int:unit>/", staff_plans.staff_plan_detail, name="staff_plan_detail"),
    path("staff/campaigns/<slug:slug>/plans/<int:unit>/edit/", staff_plans.staff_plan_edit, name="staff_plan_edit"),
    path("staff/campaigns/<slug:slug>/plans/<int:unit>/draft/", staff_plans.staff_plan_draft, name="staff_plan_draft"),
    path(
        "staff/campaigns/<slug:slug>/plans/<int:unit>/submit/", staff_plans.staff_plan_submit, name="staff_plan_submit"
    ),
    path(
        "staff/campaigns/<slug:slug>/plans/<int:unit>/recall/", staff_plans.staff_plan_recall, name="staff_plan_recall"
    ),
    path(
        "staff/campaigns/<slug:slug>/plans/<int:unit>/decide/", staff_plans.staff_plan_decide, name="staff_plan_decide"
    ),
    path(
        "staff/campaigns/<slug:slug>/inspections/",
        staff_inspections.staff_inspection_list,
        name="staff_inspection_list",
    ),
    path(
        "staff/campaigns/<slug:slug>/inspections/export/",
        staff_exports.staff_export_add,
        {"code": "inspections"},
        name="staff_inspection_export",
    ),
    path(
        "staff/campaigns/<slug:slug>/inspections/add/",
        staff_inspections.staff_inspection_add,
        name="staff_inspection_add",
    ),
    path(
        "staff/campaigns/<slug:slug>/inspections/<int:pk>/",
        staff_inspections.staff_inspection_detail,
        name="staff_inspection_detail",
    ),
    path(
        "staff/campaigns/<slug:slug>/inspections/<int:pk>/edit/",
        staff_inspections.staff_inspection_edit,
        name="staff_inspection_edit",
    ),
    path(
        "staff/campaigns/<slug:slug>/inspections/<int:pk>/resolve/",
        staff_inspections.staff_inspection_resolve,
        name="staff_inspection_resolve",
    ),
    path(
        "staff/campaigns/<slug:slug>/registrations/",
        staff_registrations.staff_registration_list,
        name="staff_registration_list",
    ),
    path(
        "staff/campaigns/<slug:slug>/registrations/export/",
        staff_exports.staff_export_add,
        {"code": "registrations"},
        name="staff_registration_export",
    ),
    path(
        "staff/campaigns/<slug:slug>/registrations/<int:unit>/",
        staff_registrations.staff_registration_grid,
        name="staff_registration_grid",
    ),
    path(
        "staff/campaigns/<slug:slug>/registrations/<int:unit>/<int:pk>/",
        staff_registrations.staff_registration_detail,
        name="staff_registration_detail",
    ),
    path(
        "staff/campaigns/<slug:slug>/registrations/<int:unit>/<int:pk>/withdraw/",
        staff_registrations.staff_registration_withdraw,
        name="staff_registration_withdraw",
    ),
    path(
        "staff/campaigns/<slug:slug>/registrations/<int:unit>/<int:pk>/again/",
        staff_registrations.staff_registration_again,
        name="staff_registration_again",
    ),
    path(
        "staff/campaigns/<slug:slug>/registrations/<int:unit>/<int:pk>/confirm/",
        staff_registrations.staff_registration_confirm,
        name="staff_registration_confirm",
    ),
    path(
        "staff/campaigns/<slug:slug>/registrations/<int:unit>/<int:pk>/photos/",
        staff_results.staff_evidence_add,
        name="staff_evidence_add",
    ),
    path(
        "staff/campaigns/<slug:slug>/evidence/<int:pk>.jpg",
        staff_results.staff_evidence_photo,
        name="staff_evidence_photo",
    ),
    path(
        "staff/campaigns/<slug:slug>/evidence/<int:pk>/remove/",
        staff_results.staff_evidence_remove,
        name="staff_evidence_remove",
    ),
    path("staff/campaigns/<slug:slug>/results/<int:unit>/", staff_results.staff_result_grid, name="staff_result_grid"),
    path(
        "staff/campaigns/<slug:slug>/results/<int:unit>/<int:pk>/reopen/",
        staff_results.staff_result_reopen,
        name="staff_result_reopen",
    ),
    path("staff/campaigns/<slug:slug>/reports/<int:unit>/", staff_reports.staff_report_edit, name="staff_report_edit"),
    path(
        "staff/campaigns/<slug:slug>/invitations/",
        staff_invitations.staff_invitation_list,
        name="staff_invitation_list",
    ),
    path(
        "staff/campaigns/<slug:slug>/invitations/make/",
        staff_invitations.staff_invitation_make,
        name="staff_invitation_make",
    ),
    path(
        "staff/campaigns/<slug:slug>/invitations/<int:unit>/",
        staff_invitations.staff_invitation_detail,
        name="staff_invitation_detail",
    ),
    path(
        "staff/campaigns/<slug:slug>/self-registrations/",
        staff_self_registrations.staff_self_registration_list,
        name="staff_self_registration_list",
    ),
    path(
        "staff/campaigns/<slug:slug>/self-registrations/confirm/",
        staff_self_registrations.staff_self_registration_confirm_all,
        name="staff_self_registration_confirm_all",
    ),
    path(
        "staff/campaigns/<slug:slug>/self-registrations/<int:pk>/",
        staff_self_registrations.staff_self_registration_detail,
        name="staff_self_registration_detail",
    ),
    path(
        "staff/campaigns/<slug:slug>/self-registrations/<int:pk>/confirm/",
        staff_self_registrations.staff_self_registration_confirm,
        name="staff_self_registration_confirm",
    ),
    path(
        "staff/campaigns/<slug:slug>/self-registrations/<int:pk>/refuse/",
        staff_self_registrations.staff_self_registration_refuse,
        name="staff_self_registration_refuse",
    ),
    path("staff/campaigns/<slug:slug>/exemplars/", staff_exemplars.staff_exemplar_list, name="staff_exemplar_list"),
    path("staff/campaigns/<slug:slug>/exemplars/add/", staff_exemplars.staff_exemplar_add, name="staff_exemplar_add"),
    path(
        "staff/campaigns/<slug:slug>/exemplars/export/",
        staff_exports.staff_export_add,
        {"code": "exemplars"},
        name="staff_exemplar_export",
    ),
    path(
        "staff/campaigns/<slug:slug>/exemplars/<slug:public_id>/",
        staff_exemplars.staff_exemplar_detail,
        name="staff_exemplar_detail",
    ),
    path(
        "staff/campaigns/<slug:slug>/exemplars/<slug:public_id>/edit/",
        staff_exemplars.staff_exemplar_edit,
        name="staff_exemplar_edit",
    ),
    *(
        path(
            f"staff/campaigns/<slug:slug>/exemplars/<slug:public_id>/{act}/",
            staff_exemplars.staff_exemplar_act,
            {"name": act},
            name=f"staff_exemplar_{act}",
        )
        for act in ("submit", "publish", "return", "unpublish")
    ),
    path(
        "staff/campaigns/<slug:slug>/exemplars/<slug:public_id>/photos/",
        staff_exemplars.staff_exemplar_photos,
        name="staff_exemplar_photos",
    ),
    path(
        "staff/campaigns/<slug:slug>/exemplars/<slug:public_id>/photos/<int:pk>/",
        staff_exemplars.staff_exemplar_photo_edit,
        name="staff_exemplar_photo_edit",
    ),
    path(
        "staff/campaigns/<slug:slug>/exemplars/<slug:public_id>/photos/<int:pk>/remove/",
        staff_exemplars.staff_exemplar_photo_remove,
        name="staff_exemplar_photo_remove",
    ),
    path(
        "staff/campaigns/<slug:slug>/exemplars/<slug:public_id>/photos/<int:pk>.jpg",
        staff_exemplars.staff_exemplar_photo_show,
        name="staff_exemplar_photo_show",
    ),
    path("register/<str:token>/", public_self_registrations.self_registration_add, name="self_registration_add"),
    path("register/<str:token>/sent/", public_self_registrations.self_registration_sent, name="self_registration_sent"),
]
