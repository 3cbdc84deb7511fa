/** What is wrong with a new password, if anything. */
export function passwordFault(password: string, shortest: number): string | null {
  return password.length < shortest ? `A password has at least ${shortest} characters` : null;
}
