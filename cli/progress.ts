import { styleText } from 'node:util';

const WIDTH = 24;

export interface Progress {
  show(done: number, total: number): void;
  /** Takes the line away, so that what is printed next stands alone. */
  end(): void;
}

/** The same for work on several things in turn, each under its own name. */
export function startProgressOfSeveral(what: string): {
  of(name: string): Progress['show'];
  end: Progress['end'];
} {
  return {
    of: (name) => startProgress(name === '' ? what : `${what} ${name}`).show,
    end: () => startProgress(what).end(),
  };
}

/** How far long work has come, as a bar on the terminal. Where standard error goes elsewhere, nothing is written. */
export function startProgress(what: string, terminal: NodeJS.WriteStream = process.stderr): Progress {
  const write = (text: string): void => {
    if (terminal.isTTY) terminal.write(`\r\u001b[K${text}`);
  };
  return {
    show(done, total) {
      const part = total === 0 ? 1 : Math.min(done / total, 1);
      const full = Math.round(part * WIDTH);
      const bar = styleText('cyan', '█'.repeat(full), { stream: terminal }) + '░'.repeat(WIDTH - full);
      write(`${what} ${bar} ${done.toLocaleString('en')} of ${total.toLocaleString('en')}`);
    },
    end: () => write(''),
  };
}
