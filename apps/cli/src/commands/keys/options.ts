import { InvalidArgumentError, Option } from "commander";

export const daysOption = (): Option =>
  new Option("--days <n>", "after so many days it no longer works: 1 to 365 (default: 90)").argParser(
    wholeNumber(1, 365),
  );

export const overlapOption = (): Option =>
  new Option(
    "--overlap-hours <n>",
    "how long the token before still works: 0 to 168 (default: 24)",
  ).argParser(wholeNumber(0, 168));

const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const number = Number(text);
    if (/^\d{1,3}$/.test(text) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
