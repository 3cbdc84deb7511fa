import { Code, Stack, Text } from '@mantine/core';
import type { ReadRequest } from '../../../../client/request-text.ts';

/** What of a pasted text is looked at, so that one sees whether it was understood. The credential is not shown again. */
export function WhatWasRead({ request: { method, path, headers, remarks } }: { request: ReadRequest }) {
  const orgId = headers['x-grafana-org-id'];
  return (
    <Stack gap={4}>
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
        Read as{' '}
        <Code>
          {method} {path}
        </Code>{' '}
        {credentialIn(headers)}
        {orgId !== undefined && `, in the organization ${orgId}`}.
      </Text>
      {remarks.map((remark) => (
        <Text key={remark} size="sm" c="var(--page-warning)">
          {remark}
        </Text>
      ))}
    </Stack>
  );
}

function credentialIn({ authorization, cookie }: ReadRequest['headers']): string {
  if (authorization !== undefined) return 'with what is in the header Authorization';
  return cookie === undefined ? 'without a credential' : 'with a cookie';
}
