/** Returns a function that prints a line with the seconds since now in front, on stderr so that it never mixes with output. */
export function startClock() {
  const start = performance.now();
  return (line) => {
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    console.error(`${seconds.padStart(6)} s  ${line}`);
  };
}
