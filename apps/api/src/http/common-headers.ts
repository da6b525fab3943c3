/** What every answer carries, whatever becomes of the request. */
export const commonHeaders = (requestId: string) => ({
  "x-request-id": requestId,
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
});
