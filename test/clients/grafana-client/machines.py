"""Service accounts, and the tokens that act for them."""

from grafana_client import GrafanaApi
from telling import refused, step


def service_accounts(api, _viewer):
    """Service accounts"""
    before = {row["name"] for row in api.serviceaccount.search_all()}
    made = step(
        "creates one",
        api.serviceaccount.create({"name": "robot", "role": "Editor"}),
        {"id": int, "login": "sa-robot", "role": "Editor", "isDisabled": False, "orgId": 1, "tokens": 0},
    )
    account = made["id"]
    refused("a second one of that name", 400, api.serviceaccount.create, {"name": "robot", "role": "Viewer"})
    others = [api.serviceaccount.create({"name": f"robot {n}", "role": "None"})["id"] for n in (1, 2)]
    step("reads it", api.serviceaccount.get(account), {"name": "robot", "role": "Editor", "teams": None})

    names = {row["name"] for row in api.serviceaccount.search_all(perpage=1)}
    step("reads all, page by page, until one is empty", names, before | {"robot", "robot 1", "robot 2"})
    step("finds some", api.serviceaccount.search_all(query="robot"), [dict] * 3)
    step(
        "reads one page",
        api.serviceaccount.search(page=2, perpage=2),
        [{"page": 2, "perPage": 2, "totalCount": int}],
    )
    step("finds one by name", api.serviceaccount.search_one("robot 2"), {"id": others[1]})

    changed = api.serviceaccount.update(account, {"name": "android", "role": "Viewer", "isDisabled": True})
    step("changes it", changed, {"serviceaccount": {"name": "android", "role": "Viewer", "isDisabled": True}})
    step(
        "has changed",
        api.serviceaccount.get(account),
        {"name": "android", "role": "Viewer", "isDisabled": True},
    )
    for one in [account, *others]:
        step("deletes one", api.serviceaccount.delete(one), {"message": "Service account deleted"})
    refused("the deleted one", 404, api.serviceaccount.get, account)


def tokens(api, _viewer):
    """Tokens of service accounts"""
    account = api.serviceaccount.create({"name": "worker", "role": "Editor"})["id"]
    made = step(
        "creates one",
        api.serviceaccount.create_token(account, {"name": "short", "secondsToLive": 3600}),
        {"id": int, "name": "short", "key": lambda key: key.startswith("glsa_")},
    )
    refused("a second one of that name", 409, api.serviceaccount.create_token, account, {"name": "short"})
    wanted = {"id": made["id"], "name": "short", "hasExpired": False, "isRevoked": False, "expiration": str}
    step("lists it", api.serviceaccount.get_tokens(account), [wanted])

    worker = GrafanaApi.from_url(api.url, made["key"])
    step("acts with it", worker.organization.get_current_organization(), {"id": 1})
    step("knows what it is", worker.user.get_actual_user(), {"login": "sa-worker", "orgId": 1})
    uid = step(
        "makes a folder with it", worker.folder.create_folder("By a worker"), {"createdBy": "sa-worker"}
    )["uid"]
    refused("what an Editor may not", 403, worker.serviceaccount.create, {"name": "more", "role": "Viewer"})
    api.serviceaccount.update(account, {"isDisabled": True})
    refused("the token of a disabled account", 401, worker.folder.get_folder, uid)
    api.serviceaccount.update(account, {"isDisabled": False})
    step("acts again once it is enabled", worker.folder.get_folder(uid), {"uid": uid})

    deleted = api.serviceaccount.delete_token(account, made["id"])
    step("deletes the token", deleted, {"message": "Service account token deleted"})
    refused("the deleted token", 401, worker.folder.get_folder, uid)
    step("lists none", api.serviceaccount.get_tokens(account), [])
    last = GrafanaApi.from_url(api.url, api.serviceaccount.create_token(account, {"name": "short"})["key"])
    step("acts with one that does not expire", last.folder.get_folder(uid), {"uid": uid})
    api.serviceaccount.delete(account)
    refused("the token of a deleted account", 401, last.folder.get_folder, uid)
    api.folder.delete_folder(uid)
