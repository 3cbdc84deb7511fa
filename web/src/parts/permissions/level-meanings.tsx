import { List } from '@mantine/core';
import { useSession } from '../../lib/session.ts';
import { meaningsOf, type Resource } from './resources.ts';

/** What the levels let people do, and who needs none. */
export function LevelMeanings({ resource, levels }: { resource: Resource; levels: readonly string[] }) {
  const { settings } = useSession();
  const meanings = meaningsOf(resource, settings.latchkey);
  return (
    <List size="sm" c="dimmed" listStyleType="none" flex="1 1 20rem">
      {levels.map((level, at) => (
        <List.Item key={level}>
          <strong>{level}</strong>: {at > 0 && 'also '}
          {meanings[level]}
        </List.Item>
      ))}
      <List.Item>
        Admins of the organization may do all of this anyway
        {resource === 'datasources' && ', and everybody with a basic role may query'}.
      </List.Item>
    </List>
  );
}
