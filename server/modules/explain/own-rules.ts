// What calls refuse by themselves, after everything that is asked of whoever sends them: it depends on what is sent, or on what is
// there. The test of explanations fails where a call refuses that has no line here, and does not say that its rule asks again.

const GIVING =
  'Nobody gives, takes away or acts through what they do not have themselves, such as a higher role or the administration of the server.';
const QUOTA = 'Nothing is added beyond a quota.';

const OWN_RULES: readonly [call: RegExp, says: string][] = [
  [/^(POST|PUT|PATCH|DELETE) \/api\/serviceaccounts\b(?!\/(migrate|hide|show))/, GIVING],
  [/^(POST|DELETE) \/api\/auth\/keys/, GIVING],
  [/^(POST|PATCH|DELETE) \/api\/orgs?(\/:id)?\/users/, GIVING],
  [/^(POST|PUT|DELETE) \/api\/access-control\/(?!explain)/, GIVING],
  [/^(POST|PUT|DELETE) \/api\/teams\/:id\/(members|groups)/, GIVING],
  [/^POST \/api\/(folders|dashboards)\/.*permissions$/, GIVING],
  [/^POST \/api\/serviceaccounts\/:id\/orgs$/, 'It takes the role Admin in the other organization too.'],
  [/^POST \/api\/serviceaccounts\/migrate/, 'It takes apikeys:read and apikeys:delete on all keys, too.'],
  [
    /^POST \/api\/(serviceaccounts(\/:id\/tokens|\/migrate.*)?|auth\/keys|orgs?(\/:id)?\/users|admin\/users|datasources)$/,
    QUOTA,
  ],
  [/^(PUT|DELETE) \/api\/datasources\//, 'A data source that was set up from a file is changed only there.'],
  [
    /^(POST \/api\/folders\/:uid\/move|PUT \/api\/folders\/:uid)$/,
    'To move it takes folders:write, or folders:create, where it goes, and gives nothing that was not held before.',
  ],
  [/^DELETE \/api\/folders\/:uid$/, 'A folder stays whose library elements are in use elsewhere.'],
  [
    /^(POST|PUT|PATCH|DELETE) \/api\/dashboards\/uid\/:\w+\/public-dashboards/,
    'It takes dashboards:read on the dashboard too, and [public_dashboards] enabled = true.',
  ],
  [
    /^PATCH \/api\/library-elements\//,
    'To move it takes dashboards:create where it goes; an element that is in use keeps its uid.',
  ],
  [/^POST \/api\/users\/:id\/using\//, 'It has to be an organization that the user is in.'],
];

/** What a call refuses by itself, in sentences; none where it refuses nothing to who is let in. */
export function ownRulesOf({ method, url }: { method: string; url: string }): string[] {
  const line = `${method} ${url}`;
  return OWN_RULES.filter(([call]) => call.test(line)).map(([, says]) => says);
}
