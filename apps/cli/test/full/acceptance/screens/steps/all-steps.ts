// The walk: from an empty home to the sign-out. A step finds what the steps before it have left.
import type { People, Step } from "../step.ts";
import { sessionSteps, signOutSteps, signUpSteps } from "./account.ts";
import { helpSteps } from "./help.ts";
import { keySteps, machineSteps } from "./programs.ts";
import {
  auditSteps,
  inviteSteps,
  leavingSteps,
  memberSteps,
  transferSteps,
  workspaceSteps,
} from "./workspace.ts";
import { projectSteps, taskSteps } from "./work.ts";

export const allSteps = (people: People): readonly Step[] =>
  [
    helpSteps,
    signUpSteps,
    sessionSteps,
    workspaceSteps,
    inviteSteps,
    memberSteps,
    projectSteps,
    taskSteps,
    keySteps,
    auditSteps,
    leavingSteps,
    transferSteps,
    machineSteps,
    signOutSteps,
  ].flatMap((steps) => steps(people));
