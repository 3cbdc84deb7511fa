import { Group, List, Text } from '@mantine/core';
import { Check } from 'lucide-react';
import { useMay, useSession } from '../../lib/session.ts';
import { ButtonLink } from '../../parts/button-link.tsx';
import { Section } from '../../parts/section.tsx';

// What people come here for, by the action that lets them.
const DEEDS: [action: string, words: string][] = [
  ['dashboards:read', 'See dashboards'],
  ['dashboards:write', 'Change dashboards'],
  ['dashboards:create', 'Make dashboards'],
  ['folders:create', 'Make folders'],
  ['annotations:create', 'Add annotations'],
  ['datasources:read', 'See data sources'],
  ['datasources:create', 'Add data sources'],
  ['teams:create', 'Make teams'],
  ['org.users:read', 'See who is in the organization'],
  ['apikeys:create', 'Add API keys'],
  ['serviceaccounts:create', 'Make service accounts'],
  ['serviceaccounts:write', 'Change service accounts'],
];

/** What somebody may do here, and whom to ask for more. */
export function OwnPart() {
  const { user } = useSession();
  const may = useMay();
  const deeds = DEEDS.filter(([action]) => may(action)).map(([, words]) => words);
  return (
    <Section
      title="What you may do here"
      about={`Your role is ${user.orgRole}. On single things you may do more or less; an Admin can change that.`}
      actions={
        <ButtonLink to="/refused" variant="default">
          Why was I refused?
        </ButtonLink>
      }
    >
      {deeds.length === 0 ? (
        <Text size="sm">Nothing yet: ask an Admin for a role, or for a permission on what you need.</Text>
      ) : (
        <List listStyleType="none" spacing="xs" size="sm">
          {deeds.map((deed) => (
            <List.Item key={deed}>
              <Group gap="xs" wrap="nowrap">
                <Check size={16} color="var(--page-good)" aria-hidden />
                {deed}
              </Group>
            </List.Item>
          ))}
        </List>
      )}
    </Section>
  );
}
