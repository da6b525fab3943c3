export interface PasswordPolicy {
  /** What is wrong with a new password, in words for its owner, or null. */
  problemOf(password: string): string | null;
}

export function createPasswordPolicy({ minLength }: { minLength: number }): PasswordPolicy {
  return {
    problemOf: (password) =>
      Array.from(password).length < minLength ? `Must be at least ${minLength} characters.` : null,
  };
}
