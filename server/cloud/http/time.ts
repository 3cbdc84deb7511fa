/** RFC 3339 in UTC with milliseconds, as grafana.com writes times. */
export function instant(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** The same, or null. */
export function instantOrNull(milliseconds: number | null): string | null {
  return milliseconds === null ? null : instant(milliseconds);
}
