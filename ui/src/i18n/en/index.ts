import { calendarWords } from "./calendar";
import { chaseWords } from "./chase";
import { circularWords } from "./circulars";
import { commands } from "./commands";
import { common } from "./common";
import { delegationWords } from "./delegation";
import { dispensationWords } from "./dispensations";
import { emergencyWords } from "./emergencies";
import { meetingWords } from "./meeting";
import { minutesWords } from "./minutes";
import { packWords } from "./packs";
import { paperWords } from "./papers";
import { pipelineWords } from "./pipelines";
import { policyWords } from "./policy";
import { previewWords } from "./preview";
import { recordWords } from "./record";
import { releaseWords } from "./releases";
import { rescheduleWords } from "./reschedule";
import { returnWords } from "./returns";
import { reviewWords } from "./review";
import { setUpWords } from "./set-up";
import { verifyWords } from "./verify";
import { whyWords } from "./why";
import { writtenWords } from "./written";

/** Command ids such as `go.changes` become nested keys, because dots separate. */
function nest(flat: Record<string, string>): Record<string, Record<string, string>> {
  const out: Record<string, Record<string, string>> = {};
  for (const [id, label] of Object.entries(flat)) {
    const [scope = "", name = ""] = id.split(".");
    out[scope] = { ...out[scope], [name]: label };
  }
  return out;
}

export const en = {
  ...common,
  command: nest(commands.command),
  ...reviewWords,
  ...meetingWords,
  ...setUpWords,
  ...recordWords,
  ...packWords,
  ...delegationWords,
  ...writtenWords,
  ...pipelineWords,
  ...returnWords,
  ...calendarWords,
  ...chaseWords,
  ...rescheduleWords,
  ...policyWords,
  ...whyWords,
  ...emergencyWords,
  ...dispensationWords,
  ...releaseWords,
  ...circularWords,
  ...verifyWords,
  ...minutesWords,
  ...paperWords,
  ...previewWords,
};
