import type { Proof } from '../../access/identity.ts';
import type { RequestContext } from '../../context.ts';
import { orgInApiKey } from '../../crypto/secrets.ts';
import { ApiError, type Refusal, type RefusalReason } from '../../errors.ts';
import { type CredentialRow, findCredential } from '../credentials/credentials.ts';
import { findReport } from '../leaks/leaks.ts';
import { faultOf, looksLike } from './credential-form.ts';
import { mayReadCredential } from './picked.ts';
import { inOrg, passed, refused, type Remedy, type Step, type StepName, timeText } from './steps.ts';

/** What a request shows of who asks: in the header, else by cookie. */
export interface Shown {
  authorization: string | undefined;
  hasCookie: boolean;
}

/** Who asks, and the name of the key or token where it has one; or the status of the refusal. */
export interface Who {
  steps: Step[];
  proof?: Proof;
  row?: CredentialRow | undefined;
  status?: number;
}

const REFUSED_AT: Record<RefusalReason, StepName> = {
  'none sent': 'credential',
  'unknown scheme': 'credential',
  malformed: 'credential',
  unknown: 'credential',
  'wrong password': 'credential',
  'switched off': 'credential',
  other: 'credential',
  'account disabled': 'account',
  revoked: 'validity',
  expired: 'validity',
};

const HOW_TO_SEND =
  'Send the header "Authorization: Bearer <key or token>", or a name and password (curl -u), or sign in.';

/** Has the credential proven, and says what came of it. `shown` is undefined for one that was picked. */
export async function whoSteps(
  context: RequestContext,
  shown: Shown | undefined,
  prove: () => Promise<Proof>,
): Promise<Who> {
  try {
    const proof = await prove();
    const row = await rowOf(context, proof.credential);
    return { steps: provenSteps(shown, proof, row), proof, row };
  } catch (error) {
    // 503 is no decision about the request, but on this explanation.
    if (!(error instanceof ApiError) || error.status >= 500) throw error;
    noteWrongPassword(context, error);
    return { steps: await refusedSteps(context, shown, error), status: error.status };
  }
}

/** As at signing in: whoever tries passwords by way of explanations shows in the log. What was sent does not. */
function noteWrongPassword(
  { log, actor, address, requestId }: RequestContext,
  { status, cause }: ApiError,
): void {
  const { reason, exactly, principal } = (status === 401 || status === 429 ? cause : {}) as Partial<Refusal>;
  if (reason !== 'wrong password') return;
  const by = `${actor.principal.kind}:${actor.principal.id}`;
  log
    .part('auth')
    .warn(
      { address, requestId, actor: by, exactly, principal },
      'a password was wrong that was to be explained',
    );
}

async function rowOf(
  context: RequestContext,
  { kind, id }: Pick<Proof['credential'], 'kind' | 'id'>,
): Promise<CredentialRow | undefined> {
  return id !== 0 && (kind === 'token' || kind === 'api-key') ? findCredential(context, id) : undefined;
}

function provenSteps(shown: Shown | undefined, proof: Proof, row: CredentialRow | undefined): Step[] {
  const { principal, credential } = proof;
  const account: Record<string, string> = {
    'service-account': `The service account ${JSON.stringify(principal.name)} is enabled.`,
    user: `The user ${JSON.stringify(principal.login)} is enabled.`,
  };
  return [
    passed('credential', credentialText(shown, proof, row)),
    passed('account', account[principal.kind] ?? 'A key has no account that could be disabled.'),
    passed('validity', validityText(credential)),
  ];
}

function credentialText(shown: Shown | undefined, proof: Proof, row: CredentialRow | undefined): string {
  const { principal, credential } = proof;
  const name = row === undefined ? '' : ` ${JSON.stringify(row.name)}`;
  const user = `the user ${JSON.stringify(principal.login)}`;
  const what = {
    'api-key': `the API key${name}`,
    token: `${name === '' ? 'a token' : `the token${name}`} of the service account ${JSON.stringify(principal.name)}`,
    password: `the password of ${user}`,
    session: `a session of ${user}`,
    machine: 'the server itself',
    cloud: 'a credential of the cloud side',
  }[credential.kind];
  return shown === undefined ? `As with ${what}.` : `It is known here: ${what}.`;
}

function validityText({ kind, id, expiresAt }: Proof['credential']): string {
  if (kind === 'password') return 'The password fits, and passwords do not expire.';
  if (id === 0) return 'It is taken to be in force.';
  const end = expiresAt === null ? 'does not expire' : `is good until ${timeText(expiresAt)}`;
  return kind === 'session' ? `The session ${end}.` : `It is not revoked, and ${end}.`;
}

async function refusedSteps(
  context: RequestContext,
  shown: Shown | undefined,
  error: ApiError,
): Promise<Step[]> {
  const { reason, credentialId, kind } = (error.status === 401 ? error.cause : {}) as Partial<Refusal>;
  const step = REFUSED_AT[reason ?? 'other'];
  if (step === 'credential') return [refusedCredential(context, shown, reason, error)];
  const row = credentialId === undefined ? undefined : await findCredential(context, credentialId);
  // What else is known of a credential that was refused is not for everybody who found it somewhere.
  const readable = row !== undefined && (await mayReadCredential(context, row)) ? row : undefined;
  const name = readable === undefined ? '' : `, ${JSON.stringify(readable.name)}`;
  const enabled = 'Whoever has it is enabled.';
  return [
    passed(
      'credential',
      shown === undefined ? 'It is known here.' : `Its form is right, and it is known here${name}.`,
    ),
    ...(step === 'validity' ? [passed('account', enabled)] : []),
    refused(
      step,
      `${refusalText(error, reason, row)}${reason === 'revoked' && readable ? await leakText(context, readable) : ''}`,
      kind === 'session' ? { advice: error.detail ?? '' } : newOne(reason, readable),
    ),
  ];
}

function refusalText({ message }: ApiError, reason: RefusalReason | undefined, row?: CredentialRow): string {
  const at = row?.expires_at;
  return reason === 'expired' && typeof at === 'number' ? `${message}: on ${timeText(at)}.` : `${message}.`;
}

/** That it was revoked because somebody found it, and where. */
async function leakText(context: RequestContext, { id, org_id }: CredentialRow): Promise<string> {
  const report = await findReport(context, org_id, id);
  if (report === undefined) return '';
  const where = report.url === '' ? 'where it was found was not said' : `found at ${report.url}`;
  return ` It was reported as leaked on ${timeText(report.at)}, ${where}.`;
}

function newOne(reason: RefusalReason | undefined, row: CredentialRow | undefined): Remedy {
  const account = row?.service_account_id ?? 'ACCOUNT';
  if (reason === 'account disabled') {
    return {
      advice: 'Enable the account, or use a token of another one.',
      commands: [`npx latchkey service-accounts set ${account} --enable${inOrg(row?.org_id)}`],
    };
  }
  const isKey = row !== undefined && row.service_account_id === null;
  const made = isKey
    ? `npx latchkey keys create NAME --role ${row.role ?? 'Viewer'}${inOrg(row.org_id)}`
    : `npx latchkey tokens create ${account} NAME --ttl 1M${inOrg(row?.org_id)}`;
  const gone = reason === 'revoked' ? 'What is revoked stays so' : 'What has expired stays so';
  return { advice: `${gone}: make a new one and put it in the place of this one.`, commands: [made] };
}

function refusedCredential(
  context: RequestContext,
  shown: Shown | undefined,
  reason: RefusalReason | undefined,
  error: ApiError,
): Step {
  const header = shown?.authorization;
  const advice = error.detail ?? '';
  if (reason === 'none sent')
    return refused('credential', 'No credential was sent.', { advice: HOW_TO_SEND });
  if (header === undefined || error.status !== 401)
    return refused('credential', `${error.message}.`, { advice });
  if (reason === 'switched off') {
    const mend = 'Use a key or token, or set [auth.basic] enabled = true.';
    return refused('credential', `${error.message} ([auth.basic] enabled).`, { advice: mend });
  }
  const fault = faultOf(header);
  if (fault !== undefined)
    return refused('credential', `${error.message}: ${fault.says}`, { advice: fault.mend });
  if (reason === 'wrong password') {
    const text = `${error.message}. A wrong name, a wrong password and a disabled user are answered alike.`;
    return refused('credential', text, { advice });
  }
  const text = `${error.message}: ${looksLike(header)} was sent, and its form is right, but it is not known here. ${ownOrgText(context, header)}`;
  return refused('credential', text.trim(), {
    advice:
      'It was deleted, or it is of another server. Look whether it is still in the list, and make a new one.',
    commands: ['npx latchkey keys list', 'npx latchkey tokens list ACCOUNT'],
  });
}

/** What an API key says of its own organization, which anybody who has it can read. */
function ownOrgText({ actor }: RequestContext, header: string): string {
  const [, sent = ''] = header.trim().split(' ', 2);
  const basic = Buffer.from(sent, 'base64').toString('latin1');
  const orgId = orgInApiKey(basic.startsWith('api_key:') ? basic.slice('api_key:'.length) : sent);
  if (orgId === undefined) return '';
  const yours = orgId === actor.orgId ? ', the one that you are in' : '';
  return `It says of itself that it is of organization ${orgId}${yours}; the keys of an organization go with it when it is deleted.`;
}
