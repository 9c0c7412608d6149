import { render, screen } from "@testing-library/react";
import { beforeAll, expect, it } from "vitest";
import { startI18n } from "../i18n";
import type { RequiredSignOff, Role, SignOff } from "../ipc/contract";
import { SignOffSlots } from "./sign-off-slots";

function slot(state: RequiredSignOff["state"]): RequiredSignOff {
  return {
    role: "technical_lead",
    reason: "",
    clause: "R31",
    holders: ["Ingrid Solheim", "Tom"],
    state,
    department: null,
  } as RequiredSignOff;
}

function signOff(signer: string, role: Role, state: SignOff["state"]): SignOff {
  return { signer, role, state, signed_at: "2026-11-27T22:37:00Z", attestation: "signed", member: signer } as SignOff;
}

beforeAll(() => startI18n());

it("names the authority who signed, whichever of the two it is", () => {
  const said = [signOff("Sela", "security", "holds"), signOff("Ingrid Solheim", "cto", "holds")];
  render(<SignOffSlots slots={[slot("holds")]} signOffs={said} />);
  expect(screen.getByRole("listitem")).toHaveTextContent(/Ingrid Solheim/);
  expect(screen.getByRole("listitem")).not.toHaveTextContent(/waits for/);
});

it("names the authority who is against it, and waits for nobody else's word in their place", () => {
  const said = [signOff("Tom", "technical_lead", "holds"), signOff("Ingrid Solheim", "cto", "rejects")];
  const { rerender } = render(<SignOffSlots slots={[slot("rejected")]} signOffs={said} />);
  expect(screen.getByRole("listitem")).toHaveTextContent(/Ingrid Solheim/);
  rerender(<SignOffSlots slots={[slot("missing")]} signOffs={[signOff("Sela", "security", "holds")]} />);
  expect(screen.getByRole("listitem")).toHaveTextContent("waits for Ingrid Solheim or Tom");
});
