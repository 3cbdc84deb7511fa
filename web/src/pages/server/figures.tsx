import { Table } from '@mantine/core';
import { Section } from '../../parts/section.tsx';
import { TextLink } from '../../parts/text-link.tsx';

/** What is counted, how many there are, and where they are to be seen. */
export type Figure = [what: string, count: number, to?: string | undefined];

/** Some figures that belong together. */
export function Figures({ title, figures }: { title: string; figures: Figure[] }) {
  return (
    <Section title={title}>
      <Table>
        <Table.Caption hidden>{title}</Table.Caption>
        <Table.Tbody>
          {figures.map(([what, count, to]) => (
            <Table.Tr key={what}>
              <Table.Td ta="right" w={70} ff="monospace">
                {count.toLocaleString('en')}
              </Table.Td>
              <Table.Th scope="row" fw={400}>
                {to === undefined ? what : <TextLink to={to}>{what}</TextLink>}
              </Table.Th>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Section>
  );
}
