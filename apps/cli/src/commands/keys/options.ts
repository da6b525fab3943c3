import { InvalidArgumentError, Option } from "commander";

export const daysOption = (): Option =>
  new Option("--days <n>", "days until the key expires: 1 to 365 (default: 90)").argParser(
    wholeNumber(1, 365),
  );

export const overlapOption = (): Option =>
  new Option(
    "--overlap-hours <n>",
    "hours for which the previous token still works: 0 to 168 (default: 24)",
  ).argParser(wholeNumber(0, 168));

const wholeNumber =
  (min: number, max: number) =>
  (text: string): number => {
    const number = Number(text);
    if (/^\d{1,3}$/.test(text) && number >= min && number <= max) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
