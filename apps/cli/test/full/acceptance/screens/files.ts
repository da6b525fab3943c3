// The files in the home directory of a walk.
const HOURS = 3;

const later = `const Now = Date, ahead = ${HOURS} * 3_600_000;
globalThis.Date = class Date extends Now {
  constructor(...args) { args.length === 0 ? super(Now.now() + ahead) : super(...args); }
  static now() { return Now.now() + ahead; }
};
`;

export const files: Readonly<Record<string, string>> = {
  "bin/later.cjs": later,
  "bin/browser": "#!/bin/sh\nexit 0\n",
  "backlog.csv": "project,title,status\nWebsite,Choose the colours,todo\n",
  "wrong.csv": "project,title,status\nWebsite,,todo\nWebsite,Print the menu,paused\n",
};
