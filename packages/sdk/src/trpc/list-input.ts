import type { Operation } from "@trpc/client";
import { isList } from "../operation-name.ts";

/**
 * Returns the input without the fields that an infinite query of @trpc/tanstack-react-query adds and the server does not
 * know: `direction`, and a `cursor` that is null on the first page.
 *
 * @throws TypeError for a page before the first one
 */
export function inputOf({ path, input }: Operation): unknown {
  if (!isList(path) || typeof input !== "object" || input === null) return input;
  const { direction, cursor, ...others }: Record<string, unknown> = { ...input };
  if (direction === "backward")
    throw new TypeError(
      `${path} has no previous pages. Remove getPreviousPageParam from the infinite query.`,
    );
  return {
    ...others,
    ...(direction === undefined || direction === "forward" ? {} : { direction }),
    ...(cursor === undefined || cursor === null ? {} : { cursor }),
  };
}
