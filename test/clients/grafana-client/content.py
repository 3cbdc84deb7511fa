"""Folders, dashboards, and what goes with them."""

from telling import refused, step


def folders(api, viewer):
    """Folders"""
    made = step(
        "creates one", api.folder.create_folder("Metrics", uid="metrics"), {"uid": "metrics", "id": int}
    )
    inner = step(
        "creates one inside it",
        api.folder.create_folder("Disks", parent_uid="metrics"),
        {"parentUid": "metrics", "parents": [{"uid": "metrics"}], "uid": str},
    )["uid"]
    refused("a second one of that uid", 412, api.folder.create_folder, "Other", uid="metrics")
    step("lists what is outside all", api.folder.get_all_folders(), [{"uid": "metrics", "title": "Metrics"}])
    step("lists what is inside", api.folder.get_all_folders(parent_uid="metrics"), [{"uid": inner}])
    wanted = {"title": "Metrics", "url": "/dashboards/f/metrics/metrics", "version": 1, "canSave": True}
    step("reads it by uid", api.folder.get_folder("metrics"), wanted)
    step("reads it by id", api.folder.get_folder_by_id(made["id"]), {"uid": "metrics"})

    step("renames it", api.folder.update_folder("metrics", "All metrics", version=1), {"version": 2})
    refused("a change of what it was", 412, api.folder.update_folder, "metrics", "Late", version=1)
    overwritten = api.folder.update_folder("metrics", "Metrics", overwrite=True)
    step("renames it whatever it was", overwritten, {"title": "Metrics", "version": 3})
    step("moves the inner one out", api.folder.move_folder(inner, ""), {"uid": inner, "parents": []})
    step("moves it in again", api.folder.move_folder(inner, "metrics"), {"parentUid": "metrics"})
    refused("a move into itself", 400, api.folder.move_folder, "metrics", inner)

    _permissions_of_a_folder(api, "metrics", viewer)

    step("deletes it with what is in it", api.folder.delete_folder("metrics", force_delete_rules=True))
    refused("the deleted one", 404, api.folder.get_folder, "metrics")
    refused("what was in it", 404, api.folder.get_folder, inner)


def _permissions_of_a_folder(api, uid, viewer):
    user = next(row for row in api.organization.get_current_organization_users() if row["login"] == viewer)[
        "userId"
    ]
    items = [{"role": "Viewer", "permission": 1}, {"userId": user, "permission": 2}]
    step("says who may do what in it", api.folder.update_folder_permissions(uid, items), {"message": str})
    step(
        "has just that",
        _levels(api.folder.get_folder_permissions(uid)),
        lambda found: found == {"Viewer": 1, viewer: 2},
    )
    # The client wraps what does not look like a list, in the older way; this goes through as the newer one.
    level = {"items": [], "permission": "View"}
    step(
        "gives one person a level",
        api.folder.update_folder_permissions_for_user(uid, user, level),
        {"message": str},
    )
    step("has the new level", _levels(api.folder.get_folder_permissions(uid)), {viewer: 1})


def _levels(rows):
    """Who holds what on the thing itself."""
    return {row.get("role") or row["userLogin"]: row["permission"] for row in rows if not row["inherited"]}


def dashboards(api, _viewer):
    """Dashboards"""
    api.folder.create_folder("Boards", uid="boards")
    document = {"uid": "load", "title": "Load", "tags": ["prod"], "panels": [{"type": "text", "id": 1}]}
    saved = step(
        "saves one",
        api.dashboard.update_dashboard({"dashboard": document, "folderUid": "boards", "message": "begin"}),
        {"uid": "load", "version": 1, "status": "success", "url": "/d/load/load", "slug": "load", "id": int},
    )
    read = api.dashboard.get_dashboard("load")
    step("reads it as it was sent", read["dashboard"], {**document, "id": saved["id"], "version": 1})
    meta = {
        "folderUid": "boards",
        "folderTitle": "Boards",
        "canSave": True,
        "version": 1,
        "url": "/d/load/load",
    }
    step("reads where it is", read["meta"], meta)

    read["dashboard"]["title"] = "Load average"
    step(
        "saves what it read, changed, in the same place", api.dashboard.update_dashboard(read), {"version": 2}
    )
    step("is in the same place", api.dashboard.get_dashboard("load")["meta"], {"folderUid": "boards"})
    refused(
        "a change of what it was",
        412,
        api.dashboard.update_dashboard,
        {"dashboard": {**document, "version": 1}},
    )
    whatever = {"dashboard": {**document, "version": 1}, "folderUid": "boards", "overwrite": True}
    step("saves it whatever it was", api.dashboard.update_dashboard(whatever), {"version": 3})
    refused("one without a title", 400, api.dashboard.update_dashboard, {"dashboard": {"panels": []}})

    step("counts the tags", api.dashboard.get_dashboards_tags(), [{"term": "prod", "count": 1}])
    step("has a first page", api.dashboard.get_home_dashboard(), {"dashboard": dict, "meta": dict})

    items = [{"role": "Viewer", "permission": 1}, {"role": "Editor", "permission": 4}]
    step("says who may do what", api.dashboard.update_permissions_by_uid("load", items), {"message": str})
    kept = _levels(api.dashboard.get_permissions_by_uid("load"))
    step("has just that", kept, lambda found: found == {"Viewer": 1, "Editor": 4})
    one = {"role": "Viewer", "permission": 2}
    step("says it by id", api.dashboard.update_permissions_by_id(saved["id"], one), {"message": str})
    kept = _levels(api.dashboard.get_permissions_by_id(saved["id"]))
    step("has just that by id", kept, lambda found: found == {"Viewer": 2})

    deleted = api.dashboard.delete_dashboard("load")
    step("deletes it", deleted, {"id": saved["id"], "title": "Load", "message": str})
    refused("the deleted one", 404, api.dashboard.get_dashboard, "load")
    api.folder.delete_folder("boards")


def dashboard_versions(api, _viewer):
    """Versions of a dashboard"""
    for title in ("First", "Second", "Third"):
        document = {
            "dashboard": {"uid": "history", "title": title},
            "overwrite": True,
            "message": f"to {title}",
        }
        saved = api.dashboard.update_dashboard(document)
    number, versions = saved["id"], api.dashboard_versions
    wanted = [{"version": version, "dashboardId": number} for version in (3, 2, 1)]
    step(
        "lists them by uid, newest first", versions.get_dashboard_versions_by_uid("history", limit=10), wanted
    )
    step("lists them by id", versions.get_dashboard_versions_by_id(number, limit=10, start=0), wanted)
    first = {"version": 1, "data": {"title": "First"}, "message": "to First"}
    step("reads one by uid", versions.get_dashboard_version_by_uid("history", 1), first)
    step("reads one by id", versions.get_dashboard_version_by_id(number, 1), first)
    refused("a version that is not", 404, versions.get_dashboard_version_by_uid, "history", 9)
    step(
        "restores one by uid",
        versions.restore_dashboard_by_uid("history", 1),
        {"version": 4, "status": "success"},
    )
    step(
        "is what it was",
        api.dashboard.get_dashboard("history")["dashboard"],
        {"title": "First", "version": 4},
    )
    step("restores one by id", versions.restore_dashboard_by_id(number, 2), {"version": 5})
    for kind in ("json", "basic"):
        difference = versions.calculate_diff(number, 1, number, 2, diff_type=kind)
        step(f"shows what changed, {kind}", difference, lambda told: "Second" in str(told))
    api.dashboard.delete_dashboard("history")


def stars_and_search(api, _viewer):
    """Stars and search"""
    api.folder.create_folder("Found", uid="found")
    ids = {}
    for uid, place, tags in (("one", "found", ["a", "b"]), ("two", "found", ["a"]), ("three", "", ["c"])):
        document = {"uid": uid, "title": f"Number {uid}", "tags": tags}
        ids[uid] = api.dashboard.update_dashboard({"dashboard": document, "folderUid": place})["id"]
    folder = api.folder.get_folder("found")["id"]

    def found(**filters):
        return [row["uid"] for row in api.search.search_dashboards(**filters)]

    step("finds all", sorted(found()), ["found", "one", "three", "two"])
    step("finds by a part of the title", found(query="number t"), ["three", "two"])
    step("finds by one tag", found(tag="a"), ["one", "two"])
    step("finds by every one of some tags", found(tag=["a", "b"]), ["one"])
    step("finds folders", found(type_="dash-folder"), ["found"])
    step("finds dashboards", found(type_="dash-db"), ["one", "three", "two"])
    step("finds what is in a folder", found(folder_uids="found"), ["one", "two"])
    step("finds it by the folder's id", found(folder_ids=folder), ["one", "two"])
    step("finds by uids", found(dashboard_uids=["three", "two"]), ["three", "two"])
    step("finds by ids", found(dashboard_ids=[ids["one"]]), ["one"])
    pages = [found(type_="dash-db", limit=2, page=page) for page in (1, 2, 3)]
    step("gives pages until one is empty", pages, [["one", "three"], ["two"], []])

    if api.user.get_actual_user().get("login") == "admin":
        step("stars one by uid", api.user.star_dashboard("one"), {"message": "Dashboard starred!"})
        step("stars one by id", api.user.star_dashboard(ids["two"]), {"message": "Dashboard starred!"})
        step("finds the starred ones", found(starred=True), ["one", "two"])
        step("shows the star", api.dashboard.get_dashboard("one")["meta"], {"isStarred": True})
        step("takes one star away", api.user.unstar_dashboard("one"), {"message": "Dashboard unstarred"})
        step(
            "takes the other away", api.user.unstar_dashboard(ids["two"]), {"message": "Dashboard unstarred"}
        )
        step("finds none starred", found(starred=True), [])

    api.dashboard.delete_dashboard("three")
    api.folder.delete_folder("found")
    step("finds nothing any more", found(), [])
