import { Anchor, Button, Code, Table } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { api } from '../../lib/api.ts';
import { CopyTextButton } from '../../parts/copy-button.tsx';
import { DeedButtons } from '../../parts/deed-buttons.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { PageFrame } from '../../parts/page-frame.tsx';
import { Section } from '../../parts/section.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { AskDeed } from './ask-deed.tsx';
import { EditStack } from './edit-stack.tsx';
import { type Deed, DEEDS } from './stack-deeds.ts';
import { StackTags } from './stack-tags.tsx';
import { labelsText, sizeText, type Stack } from './stack.ts';

const ABOVE = [{ title: 'Stacks', to: '/admin/stacks' }];

/** One stack: where it is, how it is used, how to get in, and what can be done to it. */
export function StackPage() {
  const id = Number(useParams({ from: '/signed-in/admin/stacks/$id' }).id);
  const stack = api.useQuery('get', '/api/admin/cloud/stacks/{id}', { params: { path: { id } } });
  return (
    <Loaded asked={stack} title="Stack">
      {(found) => <OneStack key={found.id} stack={found} />}
    </Loaded>
  );
}

function OneStack({ stack }: { stack: Stack }) {
  const [asked, setAsked] = useState<Deed>();
  const [isEditing, setIsEditing] = useState(false);
  const isThere = stack.status !== 'deleted';
  return (
    <PageFrame
      title={stack.name}
      about={stack.description === '' ? `Stack ${stack.slug}` : stack.description}
      above={ABOVE}
      tags={<StackTags stack={stack} />}
      actions={
        <>
          <DeedButtons deeds={DEEDS.filter(({ isFor }) => isFor(stack))} onAsk={(deed) => setAsked(deed)} />
          {isThere && <Button onClick={() => setIsEditing(true)}>Edit</Button>}
        </>
      }
    >
      <Facts stack={stack} />
      {isThere && <FirstAccess stack={stack} />}
      {asked !== undefined && <AskDeed deed={asked} stack={stack} onClose={() => setAsked(undefined)} />}
      {isEditing && <EditStack stack={stack} onClose={() => setIsEditing(false)} />}
    </PageFrame>
  );
}

function Facts({ stack }: { stack: Stack }) {
  const { slug, id, url, status, suspendedAt, removedAt } = stack;
  const address = (
    <Anchor key="address" inherit href={url}>
      {url}
    </Anchor>
  );
  const facts: [title: string, fact: ReactNode, isTold?: boolean][] = [
    ['Address', status === 'deleted' ? url : address],
    ['Slug and ID', `${slug}, ${id}`],
    ['Organization', `${stack.orgName} (${stack.orgSlug})`],
    ['Region', stack.regionSlug],
    ['Labels', labelsText(stack.labels).replaceAll('\n', ', ') || 'None'],
    ['Last used', <TimeText key="used" at={stack.lastUsedAt} />],
    ['Requests in 7 days', stack.requestsLastWeek.toLocaleString('en')],
    ['Open now', stack.isOpen ? 'Yes' : 'No: the next request opens it', status === 'active'],
    ['Size on disk', sizeText(stack)],
    ['Made', <ByWhom key="made" at={stack.createdAt} who={stack.createdBy} />],
    ['Changed', <ByWhom key="changed" at={stack.updatedAt} who={stack.updatedBy} />],
    ['Suspended', <TimeText key="suspended" at={suspendedAt} />, suspendedAt !== null],
    ['Removed for good', <TimeText key="removed" at={removedAt} />, removedAt !== null],
  ];
  return (
    <Section title="Facts">
      <Table>
        <Table.Caption hidden>Facts of the stack</Table.Caption>
        <Table.Tbody>
          {facts
            .filter(([, , isTold = true]) => isTold)
            .map(([title, fact]) => (
              <Table.Tr key={title}>
                <Table.Th scope="row" fw={500} w="11rem">
                  {title}
                </Table.Th>
                <Table.Td style={{ overflowWrap: 'anywhere' }}>{fact}</Table.Td>
              </Table.Tr>
            ))}
        </Table.Tbody>
      </Table>
    </Section>
  );
}

function ByWhom({ at, who }: { at: string; who: string }) {
  return (
    <>
      <TimeText at={at} /> by {who}
    </>
  );
}

function FirstAccess({ stack: { slug, url, orgName } }: { stack: Stack }) {
  const text = [
    `inside="$CLOUD_URL/api/instances/${slug}/api/serviceaccounts"`,
    `curl -H "Authorization: Bearer $CLOUD_KEY" --json '{"name":"first","role":"Admin"}' "$inside"`,
    `curl -H "Authorization: Bearer $CLOUD_KEY" --json '{"name":"first"}' "$inside/ID/tokens"`,
  ].join('\n');
  return (
    <Section
      title="First access"
      about={
        <>
          Nobody knows a password of a new stack. A cloud key of {orgName} gets in:{' '}
          <Code>latchkey cloud init</Code> printed the first one. It makes a service account and, by the ID
          that it is answered, a token for it, and the token works at {url}. The cloud side is where the
          settings say in <Code>[cloud] http_port</Code>.
        </>
      }
      actions={<CopyTextButton text={text} />}
    >
      <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
        {text}
      </Code>
    </Section>
  );
}
