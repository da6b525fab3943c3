interface DatabaseAddress {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly password?: string;
}

/** Returns the URL of a database for a login. The host may be the directory of PostgreSQL's socket. */
export function databaseUrlFor({ host, port, database, password }: DatabaseAddress, user: string): string {
  const url = new URL(`postgres://localhost:${port}/${database}`);
  url.username = user;
  if (password !== undefined) url.password = password;
  if (host.startsWith("/")) url.searchParams.set("host", host);
  else url.hostname = host;
  return url.href;
}
