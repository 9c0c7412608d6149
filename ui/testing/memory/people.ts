import type { MemberRow, Role } from "../../src/ipc/contract";

function member(id: string, name: string, roles: Role[], seat: string, more: Partial<MemberRow> = {}): MemberRow {
  return {
    member: { id, name, roles },
    seat,
    voting: true,
    mandatory: false,
    has_key: false,
    account: name.split(" ")[0]?.toLowerCase() ?? null,
    ...more,
  };
}

export const MEMBERS: MemberRow[] = [
  member("m-ines", "Ines Duarte", ["chair"], "Chair", { has_key: true }),
  member("m-tomasz", "Tomasz Zielinski", ["technical_lead"], "Development", { has_key: true }),
  member("m-amara", "Amara Okafor", ["cto"], "Executive", { has_key: true }),
  member("m-wei", "Wei Zhang", ["security"], "Security", { mandatory: true }),
  member("m-lena", "Lena Hoffmann", ["service_manager"], "Service desk"),
  member("m-priya", "Priya Raman", ["release_manager"], "Releases"),
  member("m-jonas", "Jonas Berg", ["auditor"], "Audit", { voting: false }),
];
