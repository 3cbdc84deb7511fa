// Whoever is ready first waits for so many others at most, which is a millisecond or two.
const MOST_TOGETHER = 64;

/**
 * Gives a function that sends the answers that are ready within one turn of the event loop one right after the other. Each that is sent
 * by itself wakes up its reader, which costs as much as all the rest of a request: see docs/decisions/0053-answers-together.md.
 */
export function togetherInTurn(): (send: () => void) => void {
  let ready: (() => void)[] = [];

  function sendAll(): void {
    const sending = ready;
    ready = [];
    for (const send of sending) send();
  }

  return (send) => {
    if (ready.push(send) === 1) setImmediate(sendAll);
    if (ready.length === MOST_TOGETHER) sendAll();
  };
}
