// Questions for an argument that the user left out: a text, or one of the objects of the workspace.
import { CliError } from "../cli-error.ts";
import { roles } from "../choices.ts";
import type { Cli } from "../cli.ts";
import type { WorkspaceClient } from "../connection/server.ts";
import { sanitize } from "../terminal/sanitize.ts";
import type { Needed } from "./missing.ts";

/** A list on a screen shows the newest objects only. */
const MAX_CHOICES = 50;

// `askMissing` asks on a terminal only, so this hint is never shown.
const nonInteractiveHint = "There is no terminal to ask on.";

/** Loaded only for a question. */
const prompts = () => import("../terminal/prompts.ts");

export const askForText = (cli: Cli, term: string, message: string): Needed<unknown> => ({
  term,
  ask: async () => (await prompts()).askText(cli.io, { message, nonInteractiveHint }),
});

interface Choice {
  value: string;
  label: string;
}

interface Question<C> {
  term: string;
  message: string;
  /** The message when there is nothing to choose from. */
  none: string;
  choices: (context: C) => Promise<readonly Choice[]>;
}

export const askForOne = <C>(cli: Cli, { term, message, none, choices }: Question<C>): Needed<C> => ({
  term,
  async ask(context) {
    const found = await choices(context);
    if (found.length === 0) throw new CliError("cli.nothing_to_choose", none);
    const labelled = found.map(({ value, label }) => ({ value, label: sanitize(label) }));
    return (await prompts()).askChoice(cli.io, { message, nonInteractiveHint, choices: labelled });
  },
});

export const askForRole = (cli: Cli, term = "<role>"): Needed<unknown> =>
  askForOne(cli, {
    term,
    message: "Which role?",
    none: "There is no role.",
    choices: async () => roles.map((role) => ({ value: role, label: role })),
  });

export const askForProject = (cli: Cli, term: string): Needed<WorkspaceClient> =>
  askForOne(cli, {
    term,
    message: "Which project?",
    none: "There are no projects yet. Create one: projo projects create NAME",
    choices: async ({ projects }) =>
      (await projects.list({ limit: MAX_CHOICES })).items.map(({ id, name }) => ({ value: id, label: name })),
  });

/** The tasks that changed last. */
export const askForTask = (cli: Cli): Needed<WorkspaceClient> =>
  askForOne(cli, {
    term: "<id>",
    message: "Which task?",
    none: "There are no tasks yet. Create one: projo tasks create TITLE --project NAME",
    choices: async ({ tasks }) =>
      (await tasks.list({ limit: MAX_CHOICES, order: "last_changed" })).items.map(
        ({ id, status, title }) => ({
          value: id,
          label: `${title} (${status})`,
        }),
      ),
  });

export const askForMember = (cli: Cli): Needed<WorkspaceClient> =>
  askForOne(cli, {
    term: "<email-or-id>",
    message: "Which member?",
    none: "There is no member.",
    choices: async ({ members }) =>
      (await members.list({ limit: MAX_CHOICES })).items.map(({ userId, email, role }) => ({
        value: userId,
        label: `${email} (${role})`,
      })),
  });

export const askForInvite = (cli: Cli): Needed<WorkspaceClient> =>
  askForOne(cli, {
    term: "<id-or-email>",
    message: "Which invite?",
    none: "There is no pending invite. Create one: projo invites create EMAIL",
    choices: async ({ invites }) =>
      (await invites.list({ limit: MAX_CHOICES, status: "pending" })).items.map(({ id, email, role }) => ({
        value: id,
        label: `${email} (${role})`,
      })),
  });

export const askForKey = (cli: Cli): Needed<WorkspaceClient> =>
  askForOne(cli, {
    term: "<id-or-name>",
    message: "Which service key?",
    none: "There is no active service key. Create one: projo keys create NAME --scopes SCOPES",
    choices: async ({ serviceKeys }) =>
      (await serviceKeys.list({ limit: MAX_CHOICES, status: "active" })).items.map(({ id, name, role }) => ({
        value: id,
        label: `${name} (${role})`,
      })),
  });
