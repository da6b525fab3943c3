import { InvalidArgumentError, Option } from "commander";

/** @param standard what applies without the option */
export const daysOption = (standard: string): Option =>
  new Option("--days <n>", `days until the token expires: 1 to 365 (default: ${standard})`).argParser(
    wholeNumber(1, 365),
  );

export const overlapOption = (): Option =>
  new Option(
    "--overlap-hours <n>",
    "hours for which the newest token still works: 1 to 168, or 0 to end all tokens now (default: 24)",
  ).argParser(wholeNumber(0, 168));

const wholeNumber =
  (min: number, max: number) =>
  (text: string): number => {
    const number = Number(text);
    if (/^\d{1,3}$/.test(text) && number >= min && number <= max) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
