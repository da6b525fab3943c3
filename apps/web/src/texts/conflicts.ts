/** Texts about two changes of one thing, of which the user selects one. */
export const conflictTexts = {
  changedAt: "The last change was on",
  field: "Field",
  mine: "Your version",
  current: "Current version",
  keepCurrent: "Keep current version",
  saveMine: "Save your version",
} as const;
