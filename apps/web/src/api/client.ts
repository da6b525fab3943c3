// The client of the server. No other file creates one. The session is in a cookie that scripts cannot read.
import { createClient } from "@projostack/sdk";

export const client = createClient({ baseUrl: "", session: "cookie" });
