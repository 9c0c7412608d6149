import { FileText } from "lucide-react";
import { FileTrigger } from "react-aria-components";
import { Button } from "./button";

/** Opens the desktop's own dialog and reads the chosen file's text. */
export function FileChoice(props: {
  label: string;
  onText: (text: string, name: string) => void;
  look?: "primary" | "plain" | "quiet";
  busy?: boolean;
}) {
  return (
    <FileTrigger
      onSelect={(files) => {
        const file = files?.item(0);
        if (file) void file.text().then((text) => props.onText(text, file.name));
      }}
    >
      <Button look={props.look} icon={<FileText size={15} aria-hidden="true" />} isPending={props.busy}>
        {props.label}
      </Button>
    </FileTrigger>
  );
}
