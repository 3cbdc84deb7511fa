import { syslogSender } from '../log/syslog.ts';

// RFC 5424, section 6.2.1: log audit, notice.
const FACILITY = 13;

/** Sends lines to the syslog server at an address such as udp://127.0.0.1:514 or tcp://logs.example.org:601. */
export function syslogWriter(address: string, now: () => number) {
  const url = new URL(address);
  const { line, end } = syslogSender(
    {
      network: url.protocol === 'tcp:' ? 'tcp' : 'udp',
      address: url.host,
      facility: FACILITY,
      tag: 'latchkey',
    },
    now,
  );
  const one = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      line(text, 'notice', (error) => (error ? reject(error) : resolve()));
    });
  return {
    async send(lines: readonly string[]): Promise<void> {
      for (const text of lines) await one(text);
    },
    end,
  };
}
