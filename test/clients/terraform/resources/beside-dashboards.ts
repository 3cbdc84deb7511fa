import type { Body } from '../provider.ts';
import type { Resource } from '../resource.ts';

const libraryPanel: Resource = {
  type: 'grafana_library_panel',
  plans: ({ folder: place }) => [
    { uid: 'terraform', name: 'Terraform', folder_uid: '', model_json: { title: 'T', type: 'text' } },
    {
      uid: 'terraform',
      name: 'T 2',
      folder_uid: place,
      model_json: { title: 'T 2', type: 'table', max: null },
    },
  ],
  async create({ post }, { uid, ...plan }) {
    return (await post('/api/library-elements', { uid, kind: 1, ...panelBody(plan) })).result.uid;
  },
  shown: ({ model_json, ...plan }) => ({
    ...plan,
    model_json: { description: '', ...model_json },
    dashboard_ids: [],
  }),
  async read({ find, get }, id) {
    const found = (await find(`/api/library-elements/${id}`))?.result;
    if (found === undefined) return undefined;
    const { libraryPanel: _, ...model } = found.model;
    const { result: connections } = await get(`/api/library-elements/${id}/connections`);
    return {
      uid: found.uid,
      name: found.name,
      folder_uid: found.meta.folderUid,
      // The provider does not tell an empty description from none.
      model_json: { description: '', ...model },
      dashboard_ids: connections.map(({ connectionId }: Body) => connectionId),
    };
  },
  async update({ get, patch }, id, plan) {
    const { version } = (await get(`/api/library-elements/${id}`)).result;
    await patch(`/api/library-elements/${id}`, { kind: 1, version, ...panelBody(plan) });
  },
  destroy: ({ remove }, id) => remove(`/api/library-elements/${id}`),
  list: {
    path: '/api/library-elements?kind=1',
    size: 'perPage',
    rows: ({ result }) => result.elements,
    idIn: ({ uid }) => uid,
  },
};

function panelBody({ name, folder_uid: folderUid, model_json: model }: Body) {
  return { name, folderUid, model };
}

const annotation: Resource = {
  type: 'grafana_annotation',
  plans: ({ dashboard: uid }) => {
    const place = { dashboard_uid: uid, panel_id: 3 };
    return [
      {
        ...place,
        text: 'begin',
        tags: ['one', 'two'],
        time: '2026-01-01T10:00:00Z',
        time_end: '2026-01-01T11:00:00Z',
      },
      {
        ...place,
        text: 'done',
        tags: ['two'],
        time: '2026-01-02T10:00:00Z',
        time_end: '2026-01-02T11:30:00Z',
      },
    ];
  },
  async create({ post }, plan) {
    return String((await post('/api/annotations', annotationBody(plan))).id);
  },
  async read({ find }, id) {
    const found = await find(`/api/annotations/${id}`);
    return (
      found && {
        dashboard_uid: found.dashboardUID ?? '',
        panel_id: found.panelId,
        text: found.text,
        tags: found.tags,
        time: fromMilliseconds(found.time),
        time_end: fromMilliseconds(found.timeEnd),
      }
    );
  },
  async update({ put }, id, plan) {
    const { dashboardUID: _, panelId: __, ...body } = annotationBody(plan);
    await put(`/api/annotations/${id}`, body);
  },
  destroy: ({ remove }, id) => remove(`/api/annotations/${id}`),
};

const annotationForAll: Resource = {
  ...annotation,
  type: 'grafana_annotation, without a dashboard or tags',
  plans: () => {
    const times = { time: '2026-01-01T10:00:00Z', time_end: '2026-01-01T10:00:00Z' };
    const nowhere = { dashboard_uid: '', panel_id: 0, tags: [] };
    return [
      { ...nowhere, ...times, text: 'everywhere' },
      { ...nowhere, ...times, text: 'all over' },
    ];
  },
};

function annotationBody({
  dashboard_uid: dashboardUID,
  panel_id: panelId,
  text,
  tags,
  time,
  time_end,
}: Body) {
  return { dashboardUID, panelId, text, tags, time: Date.parse(time), timeEnd: Date.parse(time_end) };
}

function fromMilliseconds(time: number): string {
  return new Date(time).toISOString().replace('.000', '');
}

const playlist: Resource = {
  type: 'grafana_playlist',
  plans: ({ dashboard: uid }) => [
    { name: 'Terraform', interval: '5m', item: [{ order: 1, type: 'dashboard_by_uid', value: uid }] },
    {
      name: 'Terraform',
      interval: '10s',
      item: [
        { order: 1, type: 'dashboard_by_tag', value: 'a' },
        { order: 2, type: 'dashboard_by_uid', value: uid },
      ],
    },
  ],
  async create({ post }, { name, interval, item: items }) {
    return (await post('/api/playlists', { name, interval, items })).uid;
  },
  async read({ find, get }, id) {
    const found = await find(`/api/playlists/${id}`);
    if (found === undefined) return undefined;
    const items: Body[] = await get(`/api/playlists/${id}/items`);
    const item = items.map(({ type, value }, index) => ({ order: index + 1, type, value }));
    return { name: found.name, interval: found.interval, item };
  },
  async update({ put }, id, { name, interval, item: items }) {
    await put(`/api/playlists/${id}`, { name, interval, items });
  },
  destroy: ({ remove }, id) => remove(`/api/playlists/${id}`),
};

export const besideDashboards = [libraryPanel, annotation, annotationForAll, playlist];
