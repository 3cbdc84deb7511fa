"""Organizations, and who is in them."""

from grafana_client import GrafanaApi
from grafana_client.model import PersonalPreferences
from telling import refused, step


def organizations(api, _viewer):
    """Organizations"""
    made = step(
        "creates one", api.organization.create_organization("Tour"), {"message": "Organization created"}
    )
    org = step("tells its id", made["orgId"], int)
    refused("a second one of that name", 409, api.organization.create_organization, "Tour")
    step("finds it by name", api.organization.find_organization("Tour"), {"id": org, "name": "Tour"})
    listed = api.organizations.list_organization()
    step("lists it", [row for row in listed if row["id"] == org], [{"name": "Tour"}])
    step("renames it", api.organizations.update_organization(org, {"name": "Grand tour"}), {"message": str})
    refused("the old name", 404, api.organization.find_organization, "Tour")

    _members(api, org)

    step("deletes it", api.organizations.delete_organization(org), {"message": "Organization deleted"})
    refused("the deleted one", 404, api.organizations.delete_organization, org)
    refused("its name", 404, api.organization.find_organization, "Grand tour")


def _members(api, org):
    user = api.admin.create_user({"login": "mia", "email": "mia@example.org", "password": "a long password"})[
        "id"
    ]
    orgs = api.organizations
    step(
        "adds somebody by email",
        orgs.organization_user_add(org, {"loginOrEmail": "mia@example.org", "role": "Viewer"}),
        {"message": "User added to organization", "userId": user},
    )
    refused("a second time", 409, orgs.organization_user_add, org, {"loginOrEmail": "mia", "role": "Viewer"})
    refused(
        "somebody unknown", 404, orgs.organization_user_add, org, {"loginOrEmail": "who", "role": "Viewer"}
    )
    step("makes them an Editor", orgs.organization_user_update(org, user, "Editor"), {"message": str})
    members = {row["login"]: row for row in orgs.organization_user_list(org)}
    step(
        "lists who is in it", members, {"admin": {"role": "Admin"}, "mia": {"role": "Editor", "userId": user}}
    )
    step("removes them", orgs.organization_user_delete(org, user), {"message": str})
    step(
        "they are in it no longer", "mia" in {row["login"] for row in orgs.organization_user_list(org)}, False
    )
    api.admin.delete_user(user)


def acting_in_another_organization(api, _viewer):
    """Acting in another organization"""
    org = api.organization.create_organization("Elsewhere")["orgId"]
    at = api.client
    there = GrafanaApi(
        at.auth, protocol=at.url_protocol, host=at.url_host, port=at.url_port, organization_id=org
    )
    step("acts where the header says", there.organization.get_current_organization(), {"id": org})
    uid = there.folder.create_folder("Only there")["uid"]
    refused("what is there cannot be seen from here", 404, api.folder.get_folder, uid)
    step(
        "switches over",
        api.organizations.switch_organization(org),
        {"message": "Active organization changed"},
    )
    step("is there", api.organization.get_current_organization(), {"id": org, "name": "Elsewhere"})
    step("sees what is there", api.folder.get_folder(uid), {"title": "Only there"})
    step(
        "switches back",
        api.user.switch_actual_user_organisation(1),
        {"message": "Active organization changed"},
    )
    step("is back", api.organization.get_current_organization(), {"id": 1})
    api.organizations.delete_organization(org)
    refused("the header of one that is gone", 403, there.organization.get_current_organization)


def current_organization(api, viewer):
    """The organization acted in"""
    name = api.organization.get_current_organization()["name"]
    step("renames it", api.organization.update_current_organization({"name": "Renamed"}), {"message": str})
    step("has the new name", api.organization.get_current_organization(), {"name": "Renamed", "id": 1})
    api.organization.update_current_organization({"name": name})

    members = {row["login"]: row for row in api.organization.get_current_organization_users()}
    step("lists its people", members, {"admin": {"role": "Admin"}, viewer: {"role": "Viewer", "orgId": 1}})
    user = members[viewer]["userId"]
    step("takes one out", api.organization.delete_user_current_organization(user), {"message": str})
    again = api.organization.add_user_current_organization({"loginOrEmail": viewer, "role": "Editor"})
    step("takes them in again", again, {"userId": user})
    step(
        "makes them a Viewer",
        api.organization.update_user_current_organization(user, {"role": "Viewer"}),
        {"message": "Organization user updated"},
    )

    wanted = PersonalPreferences(theme="dark", timezone="utc", weekStart="monday")
    step("sets how it looks", api.organization.update_preferences(wanted), {"message": "Preferences updated"})
    step(
        "changes one of it",
        api.organization.patch_preferences(PersonalPreferences(theme="light")),
        {"message": str},
    )
    kept = {"theme": "light", "timezone": "utc", "weekStart": "monday"}
    step("keeps the others", api.organization.get_preferences(), kept)
    api.organization.update_preferences(PersonalPreferences())
