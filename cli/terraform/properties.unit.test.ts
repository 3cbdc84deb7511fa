import fc from 'fast-check';
import { expect, test } from 'vitest';
import { migrated } from '../../test/support/terraform.ts';
import { diffText, unifiedDiff } from './diff.ts';
import { edited } from './edits.ts';

interface Piece {
  text: string;
  /** It refers to no key and is none, so that it stays as it is. */
  isOther: boolean;
}

const OTHERS = [
  'locals {\n  a = { b = [for c in var.d : c.e], "f" : 1 }\n}\n',
  '# resource "grafana_api_key" "k0" {\n',
  '/* grafana_api_key.k0.key\n   "${ */\n',
  '\n\n',
  'output "o" {\n  value=<<-EOT\n    resource "grafana_api_key" "k0" {\n    $${grafana_api_key.k0.key}\n  EOT\n}\n',
  'resource "grafana_folder" "f" {\n\ttitle   =   "größer 😀 \\" %{ if true }${var.x}%{ endif }"\n}\n',
  'module "m" { source = "./m" }\n',
  'variable "v" {}\n',
];

const spaces = fc.constantFrom('  ', '\t', '    ');
const remark = fc.option(fc.constantFrom('#', '//'), { nil: undefined });

/** A key in any order and layout, with comments of its own that no other has. */
const key = fc
  .record({
    indent: spaces,
    order: fc.shuffledSubarray(['name', 'role', 'seconds_to_live', 'org_id', 'provider', 'lifecycle'], {
      minLength: 2,
    }),
    marks: fc.array(fc.record({ above: remark, behind: remark, gap: fc.nat(2) }), {
      minLength: 8,
      maxLength: 8,
    }),
    instances: fc.constantFrom(undefined, 'count', 'for_each'),
    equals: fc.constantFrom('=', ' = ', '     =  '),
    tail: remark,
  })
  .map(({ order, ...rest }) => ({ ...rest, order: [...new Set([...order, 'name', 'role'])] }));

const values: Record<string, string> = {
  name: '"n-${each.key}"',
  role: '"Viewer"',
  seconds_to_live: '60',
  org_id: '3',
  provider: 'grafana.x',
  count: '2',
  for_each: '{ a = 1 }',
};

function keyText(
  label: number,
  { indent, order, marks, instances, equals, tail }: typeof key extends fc.Arbitrary<infer T> ? T : never,
): string {
  let comments = 0;
  const comment = (sign: string): string => `${sign} c${label}-${comments++}.`;
  const settings = [...(instances === undefined ? [] : [instances]), ...order];
  const lines = settings.flatMap((name, at) => {
    const { above, behind, gap } = marks[at] ?? { above: undefined, behind: undefined, gap: 0 };
    const text =
      name === 'lifecycle'
        ? `lifecycle {\n${indent}${indent}prevent_destroy = true\n${indent}}`
        : `${name}${equals}${values[name]}`;
    return [
      ...(at === 0 ? [] : Array.from({ length: gap }, () => '')),
      ...(above === undefined ? [] : [indent + comment(above)]),
      `${indent}${text}${behind === undefined ? '' : ` ${comment(behind)}`}`,
    ];
  });
  const end = tail === undefined ? [] : [indent + comment(tail)];
  return [`resource "grafana_api_key" "k${label}" {`, ...lines, ...end, '}', ''].join('\n');
}

const uses = fc.constantFrom(
  (k: string) => `output "u" {\n  value = "\${grafana_api_key.${k}.key}" # here\n}\n`,
  (k: string) => `resource "grafana_folder" "w" {\n  depends_on = [grafana_api_key.${k}]\n}\n`,
  (k: string) => `locals {\n  l = grafana_api_key.${k}[0].key\n}\n`,
);

const file = fc
  .record({
    pieces: fc.array(
      fc.oneof(
        fc.constantFrom(...OTHERS).map((text) => ({ kind: 'other', text }) as const),
        key.map((made) => ({ kind: 'key', made }) as const),
        fc.tuple(uses, fc.nat(3)).map(([use, of]) => ({ kind: 'use', text: use(`k${of}`) }) as const),
      ),
      { maxLength: 12 },
    ),
    lineEnd: fc.constantFrom('\n', '\r\n'),
    mark: fc.constantFrom('', '\ufeff'),
    hasEnd: fc.boolean(),
  })
  .map(({ pieces, lineEnd, mark, hasEnd }) => {
    const made = pieces.map((piece, at): Piece => {
      const text = piece.kind === 'key' ? keyText(at, piece.made) : piece.text;
      return { text: text.replaceAll('\n', lineEnd), isOther: piece.kind === 'other' };
    });
    const whole = mark + made.map(({ text }) => text).join('');
    return { made, text: hasEnd ? whole : whole.replace(/\r?\n$/, ''), hasEnd };
  });

test('whatever is no key and refers to none is the same byte for byte, in the same order', () => {
  fc.assert(
    fc.property(file, ({ made, text, hasEnd }) => {
      const after = migrated({ 'main.tf': text }).files['main.tf'] ?? '';
      let at = text.startsWith('\ufeff') ? 1 : 0;
      for (const piece of hasEnd ? made : made.slice(0, -1)) {
        if (!piece.isOther) continue;
        const found = after.indexOf(piece.text, at);
        expect(found).toBeGreaterThanOrEqual(at);
        at = found + piece.text.length;
      }
      expect(after.startsWith('\ufeff')).toBe(text.startsWith('\ufeff'));
      expect(after.includes('\r\n')).toBe(text.includes('\r\n'));
      const alone = text.includes('\r\n') ? after.replaceAll('\r\n', '') : '';
      expect(alone).not.toContain('\n');
    }),
  );
});

test('a second run changes nothing', () => {
  fc.assert(
    fc.property(file, ({ text }) => {
      const once = migrated({ 'main.tf': text }, { stateBlocks: true });
      const twice = migrated(once.files, { stateBlocks: true });
      expect(twice.plan.files).toEqual([]);
      expect(twice.files).toEqual(once.files);
    }),
  );
});

test('every comment is there once, and every key that went has an account and a token', () => {
  fc.assert(
    fc.property(file, ({ text }) => {
      const { files, plan } = migrated({ 'main.tf': text });
      const after = files['main.tf'] ?? '';
      for (const [comment] of text.matchAll(/c\d+-\d+\./g)) expect(after.split(comment)).toHaveLength(2);
      expect(after.match(/"grafana_service_account" "/g) ?? []).toHaveLength(plan.moved.length);
      expect(after.match(/"grafana_service_account_token" "/g) ?? []).toHaveLength(plan.moved.length);
    }),
  );
});

test('the diff, followed line by line, leads from the old text to the new one', () => {
  fc.assert(
    fc.property(file, ({ text }) => {
      for (const { path, before, edits } of migrated({ 'main.tf': text }, { stateBlocks: true }).plan.files) {
        const diff = diffText(unifiedDiff(path, before, edits));
        expect(patched(before ?? '', diff)).toBe(edited(before ?? '', edits)());
      }
    }),
  );
});

/** What a text becomes by a diff, as the program patch would have it. Fails where the diff says what is not so. */
function patched(before: string, diff: string): string {
  const old = before === '' ? [] : before.split(/(?<=\n)/);
  const result: string[] = [];
  let at = 0;
  const lines = diff.split('\n').slice(2, -1);
  for (const [index, line] of lines.entries()) {
    const isCut = lines[index + 1]?.startsWith('\\') === true;
    const text = line.slice(1) + (isCut ? '' : '\n');
    const start = /^@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@$/.exec(line);
    if (start !== null) {
      const from = Number(start[1]) - (start[2] === '0' ? 0 : 1);
      result.push(...old.slice(at, from));
      at = from;
    } else if (line.startsWith('+')) result.push(text);
    else if (!line.startsWith('\\')) {
      if (old[at] !== text) throw new Error(`line ${at + 1} is ${JSON.stringify(old[at])}: ${line}`);
      if (line.startsWith(' ')) result.push(text);
      at++;
    }
  }
  return [...result, ...old.slice(at)].join('');
}
