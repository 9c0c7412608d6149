import { X } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { Button, IconButton } from "./button";

export function DialogFrame(props: {
  title: string;
  onClose: () => void;
  wide?: boolean;
  children: ReactNode;
  actions?: ReactNode;
}) {
  const { t } = useTranslation();
  const frame = useRef<HTMLElement>(null);
  // WebKit tells nobody when the field that had the keys goes away: without this they would go to the page beneath.
  useEffect(() => {
    if (document.activeElement === document.body) frame.current?.focus();
  });
  return (
    <ModalOverlay
      isOpen
      isDismissable
      onOpenChange={(open) => !open && props.onClose()}
      className="fixed inset-0 z-40 flex items-center justify-center bg-black/35 p-4"
    >
      <Modal className={`max-h-full ${props.wide ? "w-[64rem]" : "w-[32rem]"} max-w-full`}>
        <Dialog
          ref={frame}
          data-modal
          className="flex max-h-[calc(100vh-2rem)] flex-col rounded-lg border border-line-strong bg-paper outline-none"
        >
          <header className="flex items-center justify-between border-b border-line py-2 pr-2 pl-5">
            <Heading slot="title" className="text-base font-semibold">
              {props.title}
            </Heading>
            <IconButton label={t("common.close")} icon={<X size={16} />} onPress={props.onClose} keys="Escape" />
          </header>
          <div className="scroll min-h-0 px-5 py-4" tabIndex={0}>
            {props.children}
          </div>
          {props.actions ? (
            <footer className="flex justify-end gap-2 border-t border-line px-5 py-3">{props.actions}</footer>
          ) : null}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

/** The foot of a dialog that asks for something: to leave it, or to do what it is for. */
export function DialogActs(props: {
  act: string;
  onAct: () => void;
  onCancel: () => void;
  busy: boolean;
  ready?: boolean;
}) {
  const { t } = useTranslation();
  return (
    <>
      <Button onPress={props.onCancel}>{t("common.cancel")}</Button>
      <Button look="primary" isPending={props.busy} isDisabled={props.ready === false} onPress={props.onAct}>
        {props.act}
      </Button>
    </>
  );
}
