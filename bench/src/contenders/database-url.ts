interface Place {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly password?: string;
}

/** The address of a database for a login; the host may be a directory with PostgreSQL's socket. */
export function databaseUrlFor({ host, port, database, password }: Place, user: string): string {
  const url = new URL(`postgres://localhost:${port}/${database}`);
  url.username = user;
  if (password !== undefined) url.password = password;
  if (host.startsWith("/")) url.searchParams.set("host", host);
  else url.hostname = host;
  return url.href;
}
