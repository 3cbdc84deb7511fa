import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { Command } from 'commander';
import { addBackup } from './local/backup.ts';
import { addConfig } from './local/config.ts';
import { addCloud } from './cloud.ts';
import { addImport } from './local/import-grafana.ts';
import { addMigrateDb } from './local/migrate-db.ts';
import { addReencryptSecrets } from './local/reencrypt-secrets.ts';
import { addResetAdminPassword } from './local/reset-admin-password.ts';
import { addRestore } from './local/restore.ts';
import { addServe } from './local/serve.ts';
import { addAudit } from './remote/audit.ts';
import { addKeys } from './remote/keys.ts';
import { addLeaks } from './remote/leaks.ts';
import { addLogin, addLogout } from './remote/login.ts';
import { addOrgs } from './remote/orgs.ts';
import { addServiceAccounts } from './remote/service-accounts.ts';
import { addTokens } from './remote/tokens.ts';
import { addWhoami } from './remote/whoami.ts';
import { addTerraform } from './terraform/terraform.ts';

const AFTER = `
Examples:
  $ latchkey serve
  $ latchkey login http://127.0.0.1:3000 --user admin
  $ KEY=$(latchkey keys create my-first-key --role Viewer --ttl 12h)
  $ LATCHKEY_TOKEN=$KEY latchkey whoami

Every command has more of them: latchkey keys create --help
In a checkout of the source, write "npx latchkey".

Where the server is and who asks:
  Options come first (--url, --token, --user), then LATCHKEY_URL and
  LATCHKEY_TOKEN, then GRAFANA_URL and GRAFANA_AUTH as Terraform has them, then
  what "latchkey login" saved. A secret is sent only to the server it is for.
  The cloud side has an address of its own: "latchkey cloud --help".

Exit codes:
  0  done                          3  401: the credential is not accepted
  1  failed                        4  403: it may not do this
  2  called or configured wrongly  5  the server cannot be reached
                                   6  done, but not with everything`;

/** The whole command line. It throws CommanderErrors instead of ending the process. */
export function buildProgram(): Command {
  const program = new Command('latchkey')
    .description("Latchkey: a self-hosted server for machine access that speaks Grafana's HTTP API.")
    .usage('<command> [options]')
    .version(versionOf(findPackageJSON(import.meta.url)), '-V, --version', 'print the version')
    .helpCommand(false)
    .configureHelp({ subcommandTerm: termOf })
    .exitOverride()
    .showHelpAfterError('  Add --help to see how the command is used.')
    .configureOutput({ writeErr: (text) => process.stderr.write(text.replace(/^error: /, 'latchkey: ')) });

  program.commandsGroup("On the server's machine:");
  addServe(program);
  addConfig(program);
  addMigrateDb(program);
  addBackup(program);
  addRestore(program);
  addImport(program);
  addResetAdminPassword(program);
  addReencryptSecrets(program);

  program.commandsGroup('Over HTTP, from anywhere:');
  addLogin(program);
  addLogout(program);
  addWhoami(program);
  addKeys(program);
  addServiceAccounts(program);
  addTokens(program);
  addOrgs(program);
  addAudit(program);
  addLeaks(program);
  addCloud(program);

  program.commandsGroup('On files of yours:');
  addTerraform(program);
  return program.addHelpText('after', AFTER);
}

function versionOf(manifest: string | undefined): string {
  if (manifest === undefined) return 'unknown';
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}

/** A command's name and arguments, without the word "[options]" that all have. */
function termOf(command: Command): string {
  const names = [command.name(), ...command.aliases()].join('|');
  const given = command.registeredArguments.map((argument) =>
    argument.required ? `<${argument.name()}>` : `[${argument.name()}]`,
  );
  return [names, ...given].join(' ');
}
