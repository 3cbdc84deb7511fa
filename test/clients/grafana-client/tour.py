"""A whole life of a server with grafana-client, by its own methods alone: tour.py URL CREDENTIAL VIEWER.

CREDENTIAL is `login:password` of a server administrator, or a token of an organization's Admin, and then the
chapters that only a server administrator can go through are left out. VIEWER is the login of somebody in the
organization.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import access
import content
import datasources
import machines
import notes_and_panels
import organizations
import people
import server
from grafana_client import GrafanaApi
from telling import tell

url, credential, viewer = sys.argv[1:]
login, separator, password = credential.partition(":")

for_server_administrators = [
    server.settings_and_statistics,
    organizations.organizations,
    organizations.acting_in_another_organization,
    people.users,
    people.own_account,
]
for_admins = [
    server.version,
    server.wrong_credentials,
    organizations.current_organization,
    people.teams,
    content.folders,
    content.dashboards,
    content.dashboard_versions,
    content.stars_and_search,
    notes_and_panels.annotations,
    notes_and_panels.library_elements,
    datasources.datasources,
    machines.service_accounts,
    machines.tokens,
    access.roles,
    access.permissions,
    server.at_the_same_time,
]

if separator:
    tell(for_server_administrators + for_admins, GrafanaApi.from_url(url, (login, password)), viewer)
else:
    tell(for_admins, GrafanaApi.from_url(url, credential), viewer)
