import { CircleCheck, CircleDashed, CircleSlash, CircleX, FileWarning } from "lucide-react";
import { useTranslation } from "react-i18next";
import { AttestationMark, Clause } from "../ds/marks";
import { moment } from "../ds/time";
import type { RequiredSignOff, Role, SignOff } from "../ipc/contract";

const LOOK = {
  holds: { icon: CircleCheck, ink: "text-good" },
  missing: { icon: CircleDashed, ink: "text-ink-2" },
  rejected: { icon: CircleX, ink: "text-bad" },
  stale: { icon: FileWarning, ink: "text-bad" },
  waived: { icon: CircleSlash, ink: "text-warn" },
} as const;

/** Whose sign-off decides (R31). */
const AUTHORITIES: Role[] = ["technical_lead", "cto"];

const BY = {
  holds: "change.signedBy",
  missing: "change.signedBy",
  rejected: "change.rejectedBy",
  stale: "change.staleBy",
  waived: "change.signedBy",
} as const;

/** Who must sign, and who has: authority, apart from the votes. */
export function SignOffSlots({ slots, signOffs }: { slots: RequiredSignOff[]; signOffs: SignOff[] }) {
  const { t } = useTranslation();
  return (
    <ul className="flex flex-col gap-3">
      {slots.map((slot) => {
        const { icon: Icon, ink } = LOOK[slot.state];
        const standing = signOffs.filter(({ state }) => state !== "withdrawn" && state !== "late");
        const late =
          slot.state === "missing" && !slot.department
            ? signOffs.findLast((signOff) => signOff.state === "late")
            : undefined;
        // Either authority will do, so who signs or rejects may hold another role than the slot is named after.
        const says = slot.state === "holds" ? "holds" : slot.state === "rejected" ? "rejects" : undefined;
        const authority = standing.filter(({ role }) => role !== null && AUTHORITIES.includes(role));
        const filled = slot.department
          ? standing.findLast((signOff) => signOff.member === slot.department?.signer)
          : (authority.findLast((signOff) => signOff.state === says) ??
            standing.findLast((signOff) => signOff.role === slot.role));
        return (
          <li key={`${slot.clause} ${slot.department?.name ?? slot.role}`} className="flex gap-2">
            <Icon size={15} className={`mt-0.5 shrink-0 ${ink}`} aria-hidden="true" />
            <div className="min-w-0">
              <p className="flex flex-wrap items-baseline gap-x-2">
                <span className="font-medium">
                  {slot.department ? t("change.forDepartment", { name: slot.department.name }) : t(`role.${slot.role}`)}
                </span>
                {slot.clause ? <Clause id={slot.clause} /> : null}
              </p>
              <p className={`text-xs ${slot.state === "missing" ? "text-ink-2" : ink}`}>
                {slot.state === "waived"
                  ? slot.reason
                  : filled
                    ? t(BY[slot.state], {
                        name: filled.signer,
                        when: moment(filled.signed_at),
                      })
                    : slot.holders.length > 0
                      ? t("change.waitsFor", { names: slot.holders.join(t("change.or")) })
                      : t("change.waitsForNobody")}
              </p>
              {filled && slot.state !== "waived" ? <AttestationMark level={filled.attestation} /> : null}
              {late ? <p className="text-xs text-warn">{t("change.lateBy", { name: late.signer })}</p> : null}
            </div>
          </li>
        );
      })}
    </ul>
  );
}
