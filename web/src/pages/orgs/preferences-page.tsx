import { SimpleGrid, Stack, Switch } from '@mantine/core';
import { asSentence } from '../../lib/as-sentence.ts';
import { api, client } from '../../lib/api.ts';
import { tellDone } from '../../lib/notify.ts';
import { useMayInOrg, useSession } from '../../lib/session.ts';
import { Loaded } from '../../parts/loaded.tsx';
import { PageFrame } from '../../parts/page-frame.tsx';
import { PreferencesSection } from '../../parts/preferences-section.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { Quotas, QUOTAS_OF_ORG } from '../../parts/quotas.tsx';
import { Section } from '../../parts/section.tsx';
import { OrgAddress, OrgName } from './org-forms.tsx';

/** What holds for the organization that is acted in. */
export function PreferencesPage() {
  const may = useMayInOrg();
  const { user } = useSession();
  const org = api.useQuery('get', '/api/org');
  const mayChange = may('orgs:write');
  return (
    <Loaded asked={org} title="Preferences">
      {(found) => (
        <PageFrame title="Preferences" about={`What holds for everybody in ${asSentence(user.orgName)}`}>
          <SimpleGrid cols={{ base: 1, lg: 2 }}>
            <Stack>
              <OrgName org={found} mayChange={mayChange} save={(body) => client.PUT('/api/org', { body })} />
              <OrgPreferences />
            </Stack>
            <Stack>
              <OrgAddress
                org={found}
                mayChange={mayChange}
                save={(body) => client.PUT('/api/org/address', { body })}
              />
              <ApiKeysPageSwitch />
            </Stack>
          </SimpleGrid>
          {may('orgs.quotas:read') && <OrgQuotas />}
        </PageFrame>
      )}
    </Loaded>
  );
}

function OrgPreferences() {
  const preferences = api.useQuery('get', '/api/org/preferences');
  const mayChange = useMayInOrg()('orgs.preferences:write');
  return (
    <PreferencesSection
      about="They count for whoever has chosen nothing else, and is in no team that has."
      asked={preferences}
      mayChange={mayChange}
      save={(body) => client.PATCH('/api/org/preferences', { body })}
    />
  );
}

/** Whether the menus lead to the page of API keys; it was hidden once all keys were service accounts. */
function ApiKeysPageSwitch() {
  const may = useMayInOrg();
  const { apiKeysHidden, keysMigrated } = useSession().settings.latchkey;
  const show = api.useMutation('post', '/api/serviceaccounts/showApiKeys', {
    onSuccess: () => tellDone('The page of API keys is shown again'),
  });
  const hide = api.useMutation('post', '/api/serviceaccounts/hideApiKeys', {
    onSuccess: () => tellDone('The page of API keys is hidden'),
  });
  if (!may('serviceaccounts:create')) return null;
  return (
    <Section title="API keys page">
      <Switch
        label="Show the API keys page in the menu"
        description={
          apiKeysHidden || keysMigrated
            ? 'Hidden or not, what there is of keys and tokens goes on working.'
            : 'It can be hidden once all keys are service accounts.'
        }
        checked={!apiKeysHidden}
        disabled={show.isPending || hide.isPending || (!apiKeysHidden && !keysMigrated)}
        onChange={() => (apiKeysHidden ? show : hide).mutate({})}
      />
      <ProblemAlert error={show.error ?? hide.error} />
    </Section>
  );
}

function OrgQuotas() {
  const quotas = api.useQuery('get', '/api/org/quotas');
  return (
    <Quotas
      about="How much there may be here. An administrator of the server sets the limits."
      asked={quotas}
      titles={QUOTAS_OF_ORG}
    />
  );
}
