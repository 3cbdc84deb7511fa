import { Alert, Text } from '@mantine/core';
import { api } from '../lib/api.ts';
import { useSession } from '../lib/session.ts';
import { TextLink } from '../parts/text-link.tsx';

/** What an administrator of the server should see to, above every page; nobody else is told. */
export function ServerWarnings() {
  const { isGrafanaAdmin } = useSession().user;
  const { data } = api.useQuery('get', '/api/health', {}, { enabled: isGrafanaAdmin });
  return data?.warnings?.map((warning) => (
    <Alert
      key={warning}
      color="red"
      variant="light"
      mb="md"
      title="To be seen to on this server"
      role="alert"
    >
      <Text size="sm">
        {warning}
        {warning.includes('password') && <WhereToChangeIt />}
      </Text>
    </Alert>
  ));
}

function WhereToChangeIt() {
  return (
    <>
      {' '}
      One&apos;s own is changed under <TextLink to="/profile">Profile</TextLink>, another person&apos;s under{' '}
      <TextLink to="/admin/users">Users</TextLink>.
    </>
  );
}
