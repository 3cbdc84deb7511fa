/** Where the names inside a value are looked up; each throws an error whose text says what is missing. */
export type Lookups = {
  readonly variable: (name: string) => string;
  readonly file: (path: string) => string;
  readonly setting?: (name: string) => string;
};

/**
 * A value with `${VAR}`, `$__env{VAR}`, `$__file{/path}` and `%(key)s` replaced, in one pass: what is put in
 * is taken as it is, so that a secret may hold any characters.
 */
export function expand(text: string, lookups: Lookups): string {
  return text.replaceAll(
    /\$(?:__(\w+))?\{([^{}]+)\}|%\(([^()]+)\)s/g,
    (whole: string, provider: string | undefined, name: string | undefined, key: string | undefined) => {
      if (key !== undefined) return lookups.setting?.(key.trim()) ?? whole;
      return lookUp(provider ?? 'env', (name ?? '').trim(), lookups);
    },
  );
}

function lookUp(provider: string, name: string, lookups: Lookups): string {
  if (provider === 'env') return lookups.variable(name);
  if (provider === 'file') return lookups.file(name);
  throw new Error(`uses $__${provider}{…}; only $__env{VARIABLE} and $__file{/path} are built in`);
}
