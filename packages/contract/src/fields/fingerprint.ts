import { z } from "zod";

/** A short text that differs when the data of a workspace differs. */
export const fingerprint = z.string().max(64).meta({ minLength: 64 });
