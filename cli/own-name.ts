/** What a person types to call this command line: in a checkout only npx finds it. */
export const OWN_NAME = import.meta.filename.endsWith('.ts') ? 'npx latchkey' : 'latchkey';
