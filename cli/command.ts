import { type Command, InvalidArgumentError, Option } from 'commander';
import { lifeUnitsText, parseDuration } from '../client/duration.ts';
import { ROLES } from '../client/shapes.ts';

interface About {
  summary: string;
  /** Whole command lines. */
  examples: readonly string[];
  /** What the summary does not say. */
  more?: string;
}

/** Adds a command with its help: `add(keys, 'revoke <key>', { summary, examples })`. */
export function addCommand(parent: Command, signature: string, { summary, examples, more }: About): Command {
  const command = parent.command(signature).summary(summary).helpCommand(false);
  const sentence = `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
  command.description(more === undefined ? sentence : `${sentence}\n\n${more}`);
  return command.addHelpText('after', `\nExamples:\n${examples.map((line) => `  $ ${line}`).join('\n')}`);
}

/** `--json`, for whoever reads the answer with a program. */
export function withJson(command: Command): Command {
  return command.option('--json', "print the server's answer as JSON");
}

/** `--config`, for the commands that read the server's configuration. */
export function withConfigFile(command: Command): Command {
  return command.option(
    '--config <file>',
    'the configuration (default: conf/latchkey.ini where there is one)',
  );
}

export function roleOption(description: string): Option {
  return new Option('--role <role>', description).choices(ROLES);
}

/** `--ttl`, read as seconds. */
export function lifeOption(): Option {
  return new Option(
    '--ttl <life>',
    `how long it lives, as in 12h: ${lifeUnitsText} (default: for ever)`,
  ).argParser(secondsOf);
}

function secondsOf(text: string): number {
  try {
    return parseDuration(text) / 1000;
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}
