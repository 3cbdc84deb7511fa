"""The server itself: what it is, and whom it lets in."""

import asyncio

from grafana_client import AsyncGrafanaApi, GrafanaApi
from telling import refused, step
from verlib2 import Version


def version(api, _viewer):
    """Version"""
    step("says what it is", api.connect(), {"version": str, "commit": str, "edition": str})
    step("has a version that can be compared", api.get_version() > Version("0.0.0"), True)


def wrong_credentials(api, _viewer):
    """Wrong credentials"""
    base = api.url
    refused(
        "a wrong password",
        401,
        GrafanaApi.from_url(base, ("admin", "wrong")).organization.get_current_organization,
    )
    refused(
        "a made-up token",
        401,
        GrafanaApi.from_url(base, "glsa_made_up").organization.get_current_organization,
    )
    refused("nobody", 401, GrafanaApi.from_url(base).organization.get_current_organization)


def settings_and_statistics(api, _viewer):
    """Settings and statistics"""
    step(
        "shows its settings", api.admin.settings(), {"DEFAULT": dict, "security": {"secret_key": "*********"}}
    )
    step(
        "counts what it has",
        api.admin.stats(),
        {"orgs": int, "users": int, "dashboards": int, "datasources": int},
    )
    own = GrafanaApi.from_url(api.url.replace("://", "://admin:admin@", 1))
    step("takes name and password out of the address", own.user.get_actual_user(), {"login": "admin"})


def at_the_same_time(api, _viewer):
    """Many requests at the same time, by the asynchronous client"""
    auth = api.client.auth
    step(
        "makes, reads and deletes ten folders at once", asyncio.run(_ten_folders(api.url, auth)), ["ok"] * 10
    )


async def _ten_folders(url, auth):
    api = AsyncGrafanaApi.from_url(url, auth)

    async def life(n):
        made = await api.folder.create_folder(f"At once {n}")
        read = await api.folder.get_folder(made["uid"])
        await api.folder.delete_folder(made["uid"])
        return "ok" if read["title"] == f"At once {n}" else read

    await api.connect()
    return list(await asyncio.gather(*(life(n) for n in range(10))))
