import { FileText } from "lucide-react";
import { FileTrigger } from "react-aria-components";
import { Button } from "./button";

/** A file's bytes as Base64: how bytes cross to the program. */
function base64(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ""));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}

/** Opens the desktop's own dialog and reads the chosen file: as text, or as bytes in Base64. */
export function FileChoice(props: {
  label: string;
  onText?: (text: string, name: string) => void;
  onBytes?: (content: string, name: string) => void;
  look?: "primary" | "plain" | "quiet";
  busy?: boolean;
}) {
  const { onText, onBytes } = props;
  return (
    <FileTrigger
      onSelect={(files) => {
        const file = files?.item(0);
        if (!file) return;
        if (onText) void file.text().then((text) => onText(text, file.name));
        if (onBytes) void base64(file).then((content) => onBytes(content, file.name));
      }}
    >
      <Button look={props.look} icon={<FileText size={15} aria-hidden="true" />} isPending={props.busy}>
        {props.label}
      </Button>
    </FileTrigger>
  );
}
