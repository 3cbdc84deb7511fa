"""The older client, grafana_api, no longer maintained and still in use: tour.py URL CREDENTIAL VIEWER.

Its calls are those of Grafana 6: ids instead of uids, and fields that newer clients leave out sent as null.
"""

import sys
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parent.parent))

from grafana_api.grafana_face import GrafanaFace
from telling import refused, step, tell

PASSWORD = "a long password"


def organizations_and_users(api, _viewer):
    """Organizations and users"""
    user = step("creates a user", api.admin.create_user({"login": "kim", "password": PASSWORD}), {"id": int})[
        "id"
    ]
    step("finds them", api.users.find_user("kim"), {"id": user})
    step(
        "reads all, page by page, until one is empty",
        api.users.search_users(perpage=2),
        lambda rows: len(rows) >= 3,
    )
    step("renames them", api.users.update_user(user, {"login": "kim", "name": "Kim"}), {"message": str})
    step("reads them", api.users.get_user(user), {"name": "Kim"})
    step("knows their organizations", api.users.get_user_organisations(user), [{"orgId": 1}])

    org = api.organization.create_organization({"name": "Older"})["orgId"]
    step("finds an organization", api.organization.find_organization("Older"), {"id": org})
    someone = {"loginOrEmail": "kim", "role": "Viewer"}
    step("adds them", api.organizations.organization_user_add(org, someone), {"message": str})
    step(
        "makes them an Editor",
        api.organizations.organization_user_update(org, user, "Editor"),
        {"message": str},
    )
    step(
        "lists who is in it",
        api.organizations.organization_user_list(org),
        [{"login": "admin"}, {"login": "kim"}],
    )
    step("removes them", api.organizations.organization_user_delete(org, user), {"message": str})
    step("has them act in theirs", api.user.switch_user_organisation(user, 1), {"message": str})
    step("switches over", api.organizations.switch_organization(org), {"message": str})
    step("is there", api.organization.get_current_organization(), {"id": org})
    step("switches back", api.user.switch_actual_user_organisation(1), {"message": str})
    step("deletes it", api.organizations.delete_organization(org), {"message": "Organization deleted"})
    step("sets a password", api.admin.change_user_password(user, "another one"), {"message": str})
    step("deletes them", api.admin.delete_user(user), {"message": "User deleted"})
    refused("the deleted one", 404, api.users.get_user, user)


def teams(api, viewer):
    """Teams"""
    team = step("creates one", api.teams.add_team({"name": "Older"}), {"teamId": int})["teamId"]
    step("finds it", api.teams.search_teams(query="Older"), [{"id": team}])
    user = next(
        row["userId"] for row in api.organization.get_current_organization_users() if row["login"] == viewer
    )
    step("takes somebody in", api.teams.add_team_member(team, user), {"message": str})
    step("takes them out", api.teams.remove_team_member(team, user), {"message": str})
    looks = {"theme": "dark", "homeDashboardId": 0, "timezone": "utc"}
    step("sets how it looks to its members", api.teams.update_team_preferences(team, looks), {"message": str})
    step("keeps it", api.teams.get_team_preferences(team), {"theme": "dark", "timezone": "utc"})
    step(
        "sets how the organization looks",
        api.organizations.organization_preference_update(theme="light"),
        {"message": str},
    )
    step(
        "keeps that too",
        api.organizations.organization_preference_get(),
        {"theme": "light", "timezone": "utc"},
    )
    step("deletes it", api.teams.delete_team(team), True)
    refused("the deleted one", 404, api.teams.get_team, team)


def folders_and_dashboards(api, _viewer):
    """Folders and dashboards"""
    folder = step("creates a folder", api.folder.create_folder("Older", uid="older"), {"id": int})["id"]
    step("reads it by id", api.folder.get_folder_by_id(folder), {"uid": "older"})
    step("renames it", api.folder.update_folder("older", "Old", version=1), {"title": "Old", "version": 2})
    document = {"id": None, "uid": None, "title": "Old board", "tags": ["old"], "version": 0}
    sent = {"dashboard": document, "folderId": folder, "overwrite": False}
    saved = step("saves a dashboard", api.dashboard.update_dashboard(sent), {"uid": str, "version": 1})
    step(
        "reads it",
        api.dashboard.get_dashboard(saved["uid"]),
        {"meta": {"folderId": folder, "folderUid": "older"}},
    )
    step("finds it by tag", api.search.search_dashboards(tag="old"), [{"uid": saved["uid"]}])
    step("finds it by its folder", api.search.search_dashboards(folder_ids=folder), [{"id": saved["id"]}])
    step(
        "finds it by id",
        api.search.search_dashboards(dashboard_ids=saved["id"], limit=5),
        [{"id": saved["id"]}],
    )
    step("counts the tags", api.dashboard.get_dashboards_tags(), [{"term": "old", "count": 1}])
    items = {"items": [{"role": "Viewer", "permission": 2}]}
    step(
        "says who may do what",
        api.dashboard.update_dashboard_permissions(saved["id"], items),
        {"message": str},
    )
    kept = [row for row in api.dashboard.get_dashboard_permissions(saved["id"]) if not row["inherited"]]
    step("has just that", kept, [{"role": "Viewer", "permission": 2}])
    step("says it of the folder", api.folder.update_folder_permissions("older", items), {"message": str})
    step(
        "has just that too", api.folder.get_folder_permissions("older"), [{"role": "Viewer", "permission": 2}]
    )
    if api.user.get_actual_user()["login"] == "admin":
        step("stars it", api.user.star_actual_user_dashboard(saved["id"]), {"message": str})
        # It writes True with a capital, which Grafana takes for no.
        step(
            "finds it, starred or not",
            api.search.search_dashboards(starred=True, tag="old"),
            [{"isStarred": True}],
        )
        step("takes the star away", api.user.unstar_actual_user_dashboard(saved["id"]), {"message": str})
    step("deletes the dashboard", api.dashboard.delete_dashboard(saved["uid"]), {"title": "Old board"})
    step("deletes the folder", api.folder.delete_folder("older"))
    refused("the deleted one", 404, api.folder.get_folder, "older")


def datasources(api, _viewer):
    """Data sources"""
    sent = {
        "name": "Older",
        "type": "graphite",
        "url": "http://graphite",
        "access": "proxy",
        "basicAuth": False,
    }
    made = step("creates one", api.datasource.create_datasource(sent), {"id": int})["id"]
    step("reads it by id", api.datasource.get_datasource_by_id(made), {"name": "Older", "jsonData": dict})
    step("reads it by name", api.datasource.get_datasource_by_name("Older"), {"id": made})
    step("tells its id", api.datasource.get_datasource_id_by_name("Older"), {"id": made})
    step("changes it", api.datasource.update_datasource(made, {**sent, "name": "Old"}), {"name": "Old"})
    step("lists it", api.datasource.list_datasources(), [{"name": "Old"}])
    step("deletes it", api.datasource.delete_datasource_by_id(made), {"message": str})
    refused("the deleted one", 404, api.datasource.get_datasource_by_id, made)


def annotations(api, _viewer):
    """Annotations"""
    board = api.dashboard.update_dashboard({"dashboard": {"title": "Noted by the older"}})
    sent = {
        "dashboard_id": board["id"],
        "panel_id": 1,
        "time_from": 1000,
        "time_to": 2000,
        "tags": ["old"],
        "text": "a",
    }
    note = step("writes one", api.annotations.add_annotation(**sent), {"id": int})["id"]
    wide = step(
        "writes one without a dashboard", api.annotations.add_annotation(text="b", tags=["old"]), {"id": int}
    )["id"]
    step("finds both", len(api.annotations.get_annotation(tags=["old"])), 2)
    step("changes one", api.annotations.update_annotation(note, 1000, 2000, ["old"], "c"), {"message": str})
    step(
        "changes a part of it",
        api.annotations.partial_update_annotation(note, text="d", tags=["old"]),
        {"message": str},
    )
    texts = sorted(row["text"] for row in api.annotations.get_annotation(tags=["old"]))
    step("has changed", texts, ["b", "d"])
    for one in (note, wide):
        step("deletes one", api.annotations.delete_annotations_by_id(one), {"message": str})
    api.dashboard.delete_dashboard(board["uid"])


url, credential, viewer = sys.argv[1:]
login, separator, password = credential.partition(":")
address = urlsplit(url)
auth = (login, password) if separator else credential
api = GrafanaFace(auth, host=address.hostname, port=address.port, protocol=address.scheme)
chapters = [teams, folders_and_dashboards, datasources, annotations]
tell([organizations_and_users, *chapters] if separator else chapters, api, viewer)
