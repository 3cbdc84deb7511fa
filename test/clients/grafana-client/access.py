"""Roles, and permissions of single objects."""

from telling import refused, step


def roles(api, _viewer):
    """Roles"""
    wanted = {
        "name": "tour:readers",
        "uid": "tour-readers",
        "version": 1,
        "displayName": "Readers of the tour",
        "permissions": [{"action": "teams:read", "scope": "teams:*"}],
    }
    if api.user.get_actual_user().get("login") != "admin":
        more = {**wanted, "permissions": [{"action": "users:write", "scope": "global.users:*"}]}
        refused("a role with more than one's own", 403, api.rbac.create_rbac_role, more)
    role = {"uid": "tour-readers", "version": 1, "permissions": [dict]}
    step("creates one", api.rbac.create_rbac_role(wanted), role)
    refused("the same again", 409, api.rbac.create_rbac_role, wanted)
    listed = {row["uid"]: row for row in api.rbac.get_rbac_roles_all()}
    step("lists it, and those that are always there", listed, {"tour-readers": {"displayName": str}})
    fixed = next(uid for uid, row in listed.items() if row["name"] == "fixed:serviceaccounts:writer")

    team = api.teams.add_team("Readers")["teamId"]
    step("gives it to a team", api.rbac.add_rbac_role_team(team, "tour-readers"), {"message": str})
    both = api.rbac.add_rbac_roles_team(team, ["tour-readers", fixed])
    step("gives the team just these two", both, {"message": str})
    step("takes one away", api.rbac.remove_rbac_role_team(team, fixed), {"message": str})
    refused("a role that is not", 404, api.rbac.add_rbac_role_team, team, "no-such-role")
    api.teams.delete_team(team)


def permissions(api, _viewer):
    """Permissions of a data source"""
    made = api.datasource.create_datasource({"name": "Guarded", "type": "loki", "access": "proxy"})
    uid = made["datasource"]["uid"]
    team = api.teams.add_team("Guards")["teamId"]
    rbac = api.rbac
    step(
        "gives a team a level",
        rbac.set_rbac_datasources_teams(uid, team, "Edit"),
        {"message": "Permission updated"},
    )
    given = rbac.set_rbac_datasources_builtin_roles(uid, "Viewer", "Query")
    step("gives a role a level", given, {"message": "Permission updated"})
    refused("a level that is not", 400, rbac.set_rbac_datasources_builtin_roles, uid, "Viewer", "Own")
    kept = {
        row.get("builtInRole") or row.get("team"): row["permission"] for row in rbac.get_rbac_datasources(uid)
    }
    step("has these", kept, {"Viewer": "Query", "Guards": "Edit"})
    step("takes one away", rbac.set_rbac_datasources_teams(uid, team, ""), {"message": "Permission removed"})
    step("has it no longer", "Guards" in str(rbac.get_rbac_datasources(uid)), False)
    api.teams.delete_team(team)
    api.datasource.delete_datasource_by_uid(uid)
    refused("those of a deleted one", 404, rbac.get_rbac_datasources, uid)
