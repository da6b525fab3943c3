import { type Account, accountsOf, type Credentials } from "./credentials.ts";

export interface StoredAccount extends Account {
  url: string;
  /** True for the account that commands use on this server without --account. */
  isActive: boolean;
  /** True for the account that commands use without --url and --account. */
  isDefault: boolean;
}

/** Lists the accounts of all servers, those of the default server first and the active one of each server first. */
export function storedAccounts(credentials: Credentials): readonly StoredAccount[] {
  const { current, servers } = credentials;
  const urls = Object.keys(servers).toSorted((a, b) => Number(b === current) - Number(a === current));
  return urls.flatMap((url) =>
    accountsOf(credentials, url).map((account, index) => ({
      ...account,
      url,
      isActive: index === 0,
      isDefault: index === 0 && url === current,
    })),
  );
}
