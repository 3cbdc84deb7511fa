import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { runCli } from '../test/support/run-cli.ts';
import { buildProgram } from './program.ts';

const commands = everyCommand(buildProgram(), []);

test('there are commands to judge', () => {
  expect(commands.length).toBeGreaterThan(25);
});

test.each(commands)('"$line" has a summary and examples of itself in its help', ({ line, command }) => {
  expect(command.summary()).not.toBe('');
  const help = helpOf(command);
  const examples = help.slice(help.indexOf('\nExamples:\n'));
  expect(help).toContain('\nExamples:\n');
  expect(examples).toContain(line);
  for (const text of help.split('\n')) expect(text.length).toBeLessThanOrEqual(80);
});

test.each(commands)(
  'the examples in the help of "$line" name commands and options that there are',
  ({ command }) => {
    const lines = helpOf(command).matchAll(/latchkey ((?:[a-z-]+ ?)+)([^|)<\n]*)/g);
    for (const [, names = '', rest = ''] of lines) {
      const found = find(names.trim().split(' '));
      const known = [...found.options, ...(found.parent?.options ?? [])].map(({ long }) => long);
      for (const [option] of rest.matchAll(/--[a-z-]+/g)) expect([...known, '--help']).toContain(option);
    }
  },
);

test('the top of the help says what it is, where commands run, and what exit codes mean', async () => {
  const { code, stdout } = await runCli(['--help']);
  expect(code).toBe(0);
  expect(stdout).toContain("speaks Grafana's HTTP");
  expect(stdout).toContain("On the server's machine:\n");
  expect(stdout).toContain('Over HTTP, from anywhere:\n');
  expect(stdout).toContain('Exit codes:');
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

test('a wrong call says what is wrong and exits with 2', async () => {
  expect(await runCli(['keys', 'lst'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Did you mean list?'),
  });
  expect(await runCli(['keys', 'list', '--al'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('latchkey:'),
  });
  expect(await runCli([])).toMatchObject({ code: 2, stdout: '' });
  expect(await runCli(['--version'])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
  });
});

function everyCommand(command: Command, names: string[]): { line: string; command: Command }[] {
  return command.commands.flatMap((child) => {
    const path = [...names, child.name()];
    return [{ line: `latchkey ${path.join(' ')}`, command: child }, ...everyCommand(child, path)];
  });
}

function helpOf(command: Command): string {
  let help = '';
  command.configureOutput({ writeOut: (text) => (help += text), getOutHelpWidth: () => 80 });
  command.outputHelp();
  return help;
}

/** The command that the first of these words name; those after it are its arguments. */
function find(names: readonly string[]): Command {
  let found = buildProgram();
  for (const name of names) found = found.commands.find((child) => child.name() === name) ?? found;
  expect(found.name()).not.toBe('latchkey');
  return found;
}
