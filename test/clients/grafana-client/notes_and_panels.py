"""Annotations, and the panels that dashboards share."""

from telling import refused, step


def annotations(api, _viewer):
    """Annotations"""
    board = api.dashboard.update_dashboard({"dashboard": {"uid": "noted", "title": "Noted"}})["id"]
    notes = api.annotations
    made = notes.add_annotation(
        dashboard_uid="noted", panel_id=1, time_from=1000, time_to=2000, tags=["deploy", "web"], text="v1"
    )
    one = step("writes one on a panel", made, {"id": int, "message": "Annotation added"})["id"]
    wide = notes.add_annotation(time_from=5000, tags=["deploy"], text="everywhere")
    other = step("writes one for the whole organization", wide, {"id": int})["id"]
    old = notes.add_annotation_graphite(what="Release", tags=["deploy", "old"], when=7, data="by hand")
    graphite = step("writes one as Graphite does", old, {"id": int})["id"]

    wanted = {"id": one, "time": 1000, "timeEnd": 2000, "text": "v1", "tags": ["deploy", "web"], "panelId": 1}
    step("finds it on its dashboard", notes.find_annotations(dashboard_uid="noted"), [wanted])
    step(
        "finds it by the dashboard's id",
        notes.find_annotations(dashboard_id=board, panel_id=1),
        [{"id": one}],
    )
    step("finds it by its tags", notes.find_annotations(tags=["deploy", "web"]), [{"id": one}])
    step("finds those of some time", notes.find_annotations(time_from=4000, time_to=6000), [{"id": other}])
    step("finds a limited number", len(notes.find_annotations(tags=["deploy"], limit=2)), 2)
    told = "Release\nby hand"
    step("finds the one of Graphite", notes.find_annotations(tags=["old"]), [{"text": told, "time": 7000}])

    changed = notes.update_annotation(one, time_from=1500, time_to=2500, tags=["deploy"], text="v2")
    step("changes it", changed, {"message": "Annotation updated"})
    now = {"time": 1500, "timeEnd": 2500, "text": "v2", "tags": ["deploy"]}
    step("has changed", notes.find_annotations(dashboard_uid="noted"), [now])
    part = notes.partial_update_annotation(one, tags=["deploy", "late"], text="v3")
    step("changes a part of it", part, {"message": "Annotation patched"})
    step(
        "keeps the rest",
        notes.find_annotations(dashboard_uid="noted"),
        [{**now, "text": "v3", "tags": ["deploy", "late"]}],
    )

    for note in (one, other, graphite):
        step("deletes one", notes.delete_annotations_by_id(note), {"message": "Annotation deleted"})
    refused("the deleted one", 404, notes.delete_annotations_by_id, one)
    api.dashboard.delete_dashboard("noted")


def library_elements(api, _viewer):
    """Library elements"""
    api.folder.create_folder("Library", uid="library")
    elements = api.libraryelement
    panel = {"type": "text", "title": "Welcome", "options": {"content": "Hello"}}
    made = step(
        "creates one",
        elements.create_library_element(panel, name="Welcome", uid="welcome", folder_uid="library"),
        {"result": {"uid": "welcome", "kind": 1, "version": 1, "name": "Welcome", "folderUid": "library"}},
    )
    step("keeps its model", made["result"]["model"], panel)
    again = {"name": "Other", "uid": "welcome"}
    refused("a second one of that uid", 400, elements.create_library_element, panel, **again)
    variable = elements.create_library_element({"type": "query"}, name="Host", kind=elements.Variable)[
        "result"
    ]["uid"]
    step("reads it", elements.get_library_element("welcome"), {"result": {"name": "Welcome", "type": "text"}})
    step(
        "reads it by name", elements.get_library_element_by_name("Welcome"), {"result": [{"uid": "welcome"}]}
    )
    step("has no use yet", elements.get_library_element_connections("welcome"), {"result": []})
    listed = elements.list_library_elements(kind=elements.Panel, search_string="elc", per_page=10, page=1)
    step("finds it", listed, {"result": {"totalCount": 1, "elements": [{"uid": "welcome"}]}})
    step("gives an empty page at last", elements.list_library_elements(page=9), {"result": {"elements": []}})
    changed = elements.update_library_element("welcome", panel, name="Hello", folder_uid="library", version=1)
    step("renames it", changed, {"result": {"name": "Hello", "version": 2}})
    late = {"name": "Late", "version": 1}
    refused("a change of what it was", 412, elements.update_library_element, "welcome", panel, **late)
    for uid in ("welcome", variable):
        step("deletes one", elements.delete_library_element(uid), {"message": "Library element deleted"})
    refused("the deleted one", 404, elements.get_library_element, "welcome")
    api.folder.delete_folder("library")
