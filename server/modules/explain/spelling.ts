interface Line {
  method: string;
  url: string;
}

// Whatever is longer is no misspelt call; and comparing takes the product of two lengths.
const LONGEST = 200;
// Of a call's own words, not of what is named in it.
const MOST_APART = 4;

/** The call whose path is spelt most like this one, with the same method where there is a choice; undefined when none is near. */
export function nearestBySpelling<T extends Line>(
  lines: readonly T[],
  { method, path }: { method: string; path: string },
): T | undefined {
  const [bare = ''] = path.split('?');
  if (bare.length > LONGEST) return undefined;
  const asked = partsOf(bare);
  let nearest: T | undefined;
  const letters = asked.reduce((sum, part) => sum + (part === 'api' ? 0 : part.length), 0);
  // Of a short word, little is the same by chance.
  let least = Math.min(MOST_APART, Math.floor(letters / 3)) + 1;
  for (const line of lines) {
    const parts = partsOf(line.url);
    if (parts.length !== asked.length) continue;
    // Half a letter's worth, so that it only decides between equals.
    const apart = distanceOf(parts, asked) + (line.method === method ? 0 : 0.5);
    if (apart >= least) continue;
    least = apart;
    nearest = line;
  }
  return nearest;
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '');
}

function distanceOf(parts: readonly string[], asked: readonly string[]): number {
  return parts.reduce((sum, part, at) => {
    const other = asked[at] ?? '';
    // Nothing that is named is compared: another word is a nearer one, if it fits.
    return sum + (part.startsWith(':') ? 1 : lettersApart(part, other.toLowerCase()));
  }, 0);
}

/** How many letters have to be put in, left out or changed to make one word of the other (Levenshtein). */
function lettersApart(one: string, other: string): number {
  const across = other.split('');
  let above = [0, ...across.keys().map((column) => column + 1)];
  for (const [row, letter] of one.toLowerCase().split('').entries()) {
    const line = [row + 1];
    for (const [column, there] of across.entries()) {
      const change = (above[column] ?? 0) + (letter === there ? 0 : 1);
      line.push(Math.min(change, (above[column + 1] ?? 0) + 1, (line[column] ?? 0) + 1));
    }
    above = line;
  }
  return above.at(-1) ?? 0;
}
