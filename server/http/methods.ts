/** Whether a request with this method only reads: GET and HEAD (RFC 9110). */
export function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}
