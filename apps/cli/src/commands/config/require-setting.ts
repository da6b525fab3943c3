import { usageError } from "../../cli-error.ts";
import { editDistance } from "../../usage/edit-distance.ts";
import { findSetting, type Setting, settings } from "../../settings/settings.ts";

/** @throws CliError that names the settings, and the similar one */
export function requireSetting(name: string): Setting {
  const setting = findSetting(name);
  if (setting) return setting;
  const names = settings.map((one) => one.name);
  const similar = names.find((one) => isSimilar(one, name.toLowerCase()));
  const suggestion = similar === undefined ? "" : ` Did you mean ${similar}?`;
  throw usageError(`There is no setting "${name}".${suggestion} The settings are: ${names.join(", ")}.`);
}

/** Returns true for a part of the name, other separators, and up to two wrong letters. */
function isSimilar(name: string, typed: string): boolean {
  const [plain, plainTyped] = [name, typed].map((text) => text.replaceAll(/[-_.]/g, ""));
  if (!plain || !plainTyped) return false;
  if (plainTyped.length >= 2 && (plain.startsWith(plainTyped) || plainTyped.includes(plain))) return true;
  return editDistance(plain, plainTyped) <= 2;
}
