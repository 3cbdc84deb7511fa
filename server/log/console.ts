import type { LogOutput } from './output.ts';

/** Writes lines for as long as the console takes them. */
export function consoleOutput(console: NodeJS.WritableStream): LogOutput {
  let lost = 0;
  const countLost = (error?: Error | null): void => {
    if (error) lost += 1;
  };
  // Who read the console may be gone (a closed pipe, a full disk). That is no reason to stop serving, and where it could be
  // reported is just what broke.
  if (!console.listeners('error').includes(ignoreBrokenConsole)) console.on('error', ignoreBrokenConsole);
  return {
    write(line) {
      if (console.writable) console.write(line, countLost);
      else lost += 1;
    },
    lost: () => lost,
  };
}

function ignoreBrokenConsole(): void {}
