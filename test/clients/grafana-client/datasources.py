"""Data sources."""

from grafana_client.model import DatasourceIdentifier, DatasourceModel
from telling import refused, step

SECRET = "nobody reads this again"


def datasources(api, _viewer):
    """Data sources"""
    model = DatasourceModel(
        "Numbers", "prometheus", "http://prometheus:9090", "proxy", secureJsonData={"key": SECRET}
    )
    model.jsonData = {"httpMethod": "POST", "nested": {"a": [1, None]}}
    sent = {field: value for field, value in model.asdict().items() if value is not None}
    made = step(
        "creates one", api.datasource.create_datasource(sent), {"message": "Datasource added", "id": int}
    )
    step("never shows its secret, when it is made", SECRET in str(made), False)
    refused("a second one of that name", 409, api.datasource.create_datasource, sent)
    number, uid = made["id"], made["datasource"]["uid"]

    wanted = {
        "id": number,
        "uid": uid,
        "name": "Numbers",
        "type": "prometheus",
        "access": "proxy",
        "url": "http://prometheus:9090",
        "jsonData": lambda found: found == model.jsonData,
        "secureJsonFields": {"key": True},
        "readOnly": False,
        "version": 1,
    }
    step("reads it by uid", api.datasource.get_datasource_by_uid(uid), wanted)
    step("reads it by id", api.datasource.get_datasource_by_id(number), wanted)
    step("reads it by name", api.datasource.get_datasource_by_name("Numbers"), wanted)
    step("finds it by name", api.datasource.find_datasource("Numbers"), wanted)
    step("tells its id", api.datasource.get_datasource_id_by_name("Numbers"), {"id": number})
    for which in (
        DatasourceIdentifier(id=number),
        DatasourceIdentifier(uid=uid),
        DatasourceIdentifier(name="Numbers"),
    ):
        step("gets it", api.datasource.get(which), {"uid": uid})
    listed = api.datasource.list_datasources()
    step("lists it", listed, [{"uid": uid, "isDefault": bool, "orgId": 1}])
    step("never shows its secret", SECRET in str([listed, api.datasource.get_datasource_by_uid(uid)]), False)

    _changes(api, number, uid)

    step(
        "deletes it by uid", api.datasource.delete_datasource_by_uid(uid), {"message": "Data source deleted"}
    )
    refused("the deleted one", 404, api.datasource.get_datasource_by_uid, uid)
    by_name = {"name": "By name", "type": "loki", "access": "proxy"}
    api.datasource.create_datasource(by_name)
    step(
        "deletes one by name",
        api.datasource.delete_datasource_by_name("By name"),
        {"message": str, "id": int},
    )
    again = api.datasource.create_datasource(by_name)["id"]
    step(
        "deletes one by id", api.datasource.delete_datasource_by_id(again), {"message": "Data source deleted"}
    )
    step("has none left", api.datasource.list_datasources(), [])


def _changes(api, number, uid):
    read = api.datasource.get_datasource_by_uid(uid)
    read["url"] = "http://other:9090"
    changed = {"message": "Datasource updated", "datasource": {"url": "http://other:9090", "version": 2}}
    step("saves what it read, changed, by uid", api.datasource.update_datasource_by_uid(uid, read), changed)
    step(
        "still has its secret", api.datasource.get_datasource_by_uid(uid), {"secureJsonFields": {"key": True}}
    )
    read = api.datasource.get_datasource_by_id(number)
    read["name"] = "More numbers"
    step("saves it by id", api.datasource.update_datasource(number, read), {"name": "More numbers"})
    refused("the old name", 404, api.datasource.get_datasource_by_name, "Numbers")
