// The real Redmine beside the test, over its REST interface: to write tickets as people do, and to look afterwards.
import { readFile } from "node:fs/promises";

/** The running server as tests/support/redmine/start.sh described it. */
export function server() {
  const described = process.env.CABINET_REDMINE;
  if (!described) throw new Error("CABINET_REDMINE is not set; run this by tests/support/servers.sh");
  return new Redmine(JSON.parse(described));
}

class Redmine {
  constructor({ url, keys, project, small, work }) {
    Object.assign(this, { url, keys, project, small, work });
  }

  async call(method, path, body, key = this.keys.admin) {
    const raw = body instanceof Uint8Array;
    const response = await fetch(this.url + path, {
      method,
      headers: {
        "X-Redmine-API-Key": key,
        "content-type": raw ? "application/octet-stream" : "application/json",
      },
      body: raw ? body : body && JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 400)}`);
    return text.trim() === "" ? null : JSON.parse(text);
  }

  get(path) {
    return this.call("GET", path);
  }

  /** The number of each account, by login. */
  async accounts() {
    const { users } = await this.get("/users.json?limit=100");
    return Object.fromEntries(users.map((user) => [user.login, user.id]));
  }

  /** The number of each name in one of Redmine's small lists. */
  async numbers(list, kind = list) {
    const found = await this.get(`/${list}.json`);
    return Object.fromEntries(found[kind].map((one) => [one.name, one.id]));
  }

  /** Writes a change request as Alice does, with fields by their names, and moves it through `steps`. */
  async createChange({ subject, description, fields = {}, steps = [], file = null, related = null, project = this.project }) {
    const author = this.keys.alice;
    const [customFields, trackers, statuses, where] = await Promise.all([
      this.numbers("custom_fields"),
      this.numbers("trackers"),
      this.numbers("issue_statuses"),
      this.get(`/projects/${project}.json`),
    ]);
    let uploads = [];
    if (file) {
      const { upload } = await this.call("POST", `/uploads.json?filename=${encodeURIComponent(file.name)}`, file.bytes, author);
      uploads = [{ token: upload.token, filename: file.name, content_type: file.type }];
    }
    const { issue } = await this.call(
      "POST",
      "/issues.json",
      {
        issue: {
          project_id: where.project.id,
          tracker_id: trackers["Change request"],
          subject,
          description,
          uploads,
          custom_fields: Object.entries(fields).map(([name, value]) => {
            if (!(name in customFields)) throw new Error(`this Redmine has no field “${name}”`);
            return { id: customFields[name], value: String(value) };
          }),
        },
      },
      author,
    );
    if (related) {
      await this.call("POST", `/issues/${issue.id}/relations.json`, {
        relation: { issue_to_id: related, relation_type: "relates" },
      });
    }
    for (const step of steps) await this.call("PUT", `/issues/${issue.id}.json`, { issue: { status_id: statuses[step] } });
    return issue.id;
  }

  /** A piece of work that is done: what a change is for (R5). */
  async finishedWork() {
    const { issues } = await this.get(`/issues.json?project_id=${this.work}&tracker_id=3&status_id=closed&limit=1`);
    if (issues.length === 0) throw new Error("this Redmine holds no finished feature");
    return issues[0].id;
  }

  /** How many changes a project holds, in whatever state. */
  async changesIn(project) {
    const found = await this.get(`/issues.json?project_id=${project}&tracker_id=1&status_id=*&limit=1`);
    return found.total_count;
  }

  async issue(number) {
    return (await this.get(`/issues/${number}.json?include=journals,attachments`)).issue;
  }

  async download(address) {
    const response = await fetch(address, { headers: { "X-Redmine-API-Key": this.keys.admin } });
    if (!response.ok) throw new Error(`${address}: ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  }
}

/** A file's bytes. */
export const bytesOf = (path) => readFile(path);
