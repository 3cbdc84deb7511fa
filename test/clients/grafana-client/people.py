"""Users, and the teams that they are in."""

from grafana_client import GrafanaApi
from grafana_client.model import PersonalPreferences
from telling import refused, step

PASSWORD = "a long password"


def users(api, _viewer):
    """Users"""
    noor = {"login": "noor", "email": "noor@example.org", "name": "Noor", "password": PASSWORD}
    user = step("creates one", api.admin.create_user(noor), {"id": int, "message": "User created"})["id"]
    refused("the same again", 412, api.admin.create_user, noor)
    step("reads them", api.users.get_user(user), {"id": user, "login": "noor", "isGrafanaAdmin": False})
    step("finds them by email", api.users.find_user("noor@example.org"), {"id": user})
    refused("somebody unknown", 404, api.users.find_user, "nobody@example.org")
    one_by_one = [row["login"] for row in api.users.search_users(perpage=1)]
    step("reads all, page by page, until one is empty", sorted(one_by_one), sorted(set(one_by_one)))
    step("finds them by a part of the name", api.users.search_users(query="noo"), [{"login": "noor"}])

    step("renames them", api.users.update_user(user, {"name": "Noor N.", "login": "noor2"}), {"message": str})
    step(
        "has the new name",
        api.users.get_user(user),
        {"name": "Noor N.", "login": "noor2", "email": noor["email"]},
    )
    step(
        "is in the main organization",
        api.users.get_user_organisations(user),
        [{"orgId": 1, "role": "Viewer"}],
    )
    step("is in no team", api.users.get_user_teams(user), [])

    switched = api.user.switch_user_organisation(user, 1)
    step("has them act in an organization of theirs", switched, {"message": "Active organization changed"})
    refused("one that is not theirs", 401, api.user.switch_user_organisation, user, 999)
    step("sets a password", api.admin.change_user_password(user, "another one"), {"message": str})
    refused("the old password", 401, _as(api, "noor2", PASSWORD).user.get_actual_user)
    own = _as(api, "noor2", "another one")
    step("lets them in with the new one", own.user.get_actual_user(), {"login": "noor2"})
    refused("the settings, to them", 403, own.admin.settings)
    step("makes them a server administrator", api.admin.change_user_permissions(user, True), {"message": str})
    step("shows them the settings", own.admin.settings(), {"DEFAULT": dict})
    api.admin.change_user_permissions(user, False)
    step("disables them", api.admin.set_user_enabled(user, False), {"message": "User disabled"})
    refused("the disabled one", 401, own.user.get_actual_user)
    step("enables them", api.admin.set_user_enabled(user, True), {"message": "User enabled"})
    step("lets them in again", own.user.get_actual_user(), {"id": user})

    step("deletes them", api.admin.delete_user(user), {"message": "User deleted"})
    refused("the deleted one", 404, api.users.get_user, user)
    refused("their password", 401, own.user.get_actual_user)


def own_account(api, _viewer):
    """One's own account"""
    user = api.admin.create_user({"login": "ola", "password": PASSWORD})["id"]
    own = _as(api, "ola", PASSWORD)
    step("is oneself", own.user.get_actual_user(), {"id": user, "login": "ola", "orgId": 1})
    step(
        "knows one's organizations",
        own.user.get_actual_user_organisations(),
        [{"orgId": 1, "role": "Viewer"}],
    )
    step("knows one's teams", own.user.get_actual_user_teams(), [])
    refused(
        "a change with a wrong password", 401, own.user.change_actual_user_password, "wrong", "a new password"
    )
    changed = own.user.change_actual_user_password(PASSWORD, "a new password")
    step("changes one's password", changed, {"message": "User password changed"})
    own = _as(api, "ola", "a new password")
    step(
        "sets how it looks",
        own.user.update_preferences({"theme": "dark", "timezone": "utc"}),
        {"message": str},
    )
    step("changes one of it", own.user.patch_preferences({"weekStart": "monday"}), {"message": str})
    kept = {"theme": "dark", "timezone": "utc", "weekStart": "monday"}
    step("keeps the others", own.user.get_preferences(), kept)
    api.admin.delete_user(user)


def teams(api, viewer):
    """Teams"""
    made = step(
        "creates one", api.teams.add_team({"name": "Red", "email": "red@example.org"}), {"teamId": int}
    )
    team = made["teamId"]
    refused("a second one of that name", 409, api.teams.add_team, "Red")
    others = [api.teams.add_team(name)["teamId"] for name in ("Green", "Blue")]
    wanted = {
        "id": team,
        "uid": str,
        "orgId": 1,
        "name": "Red",
        "email": "red@example.org",
        "memberCount": int,
    }
    step("reads it", api.teams.get_team(team), wanted)
    step("finds it by its whole name", api.teams.get_team_by_name("Red"), [{"id": team}])
    names = [row["name"] for row in api.teams.search_teams(perpage=2)]
    step("reads all, page by page", names, ["Blue", "Green", "Red"])
    step("finds by a part of the name", api.teams.search_teams(query="ree"), [{"name": "Green"}])
    step("reads one page", api.teams.search_teams(page=2, perpage=2), [{"name": "Red"}])
    renamed = api.teams.update_team(team, {"name": "Crimson", "email": ""})
    step("renames it", renamed, {"message": "Team updated"})
    step("has the new name", api.teams.get_team(team), {"name": "Crimson", "email": ""})

    user = _id_of(api, viewer)
    step("takes somebody in", api.teams.add_team_member(team, user), {"message": "Member added to Team"})
    refused("a second time", 400, api.teams.add_team_member, team, user)
    mine = [row for row in api.teams.get_team_members(team) if row["userId"] == user]
    step("lists them", mine, [{"login": viewer, "teamId": team, "permission": 0, "labels": []}])
    step("takes them out", api.teams.remove_team_member(team, user), {"message": "Team Member removed"})

    looks = PersonalPreferences(theme="dark", timezone="browser")
    step("sets how it looks to its members", api.teams.update_preferences(team, looks), {"message": str})
    step("keeps it", api.teams.get_preferences(team), {"theme": "dark", "timezone": "browser"})

    group = "cn=red,ou=groups,dc=example,dc=org"
    step("ties it to a group of elsewhere", api.teams.add_team_external_group(team, group), {"message": str})
    step("lists the group", api.teams.get_team_external_group(team), [{"groupId": group, "teamId": team}])
    step("unties it", api.teams.remove_team_external_group(team, group), {"message": "Team Group removed"})
    step("has no group", api.teams.get_team_external_group(team), [])

    for one in [team, *others]:
        step("deletes one", api.teams.delete_team(one), {"message": "Team deleted"})
    refused("the deleted one", 404, api.teams.get_team, team)
    step("has none left", api.teams.search_teams(), [])


def _as(api, login, password):
    return GrafanaApi.from_url(api.url, (login, password))


def _id_of(api, login):
    return next(
        row["userId"] for row in api.organization.get_current_organization_users() if row["login"] == login
    )
