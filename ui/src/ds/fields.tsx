import { type CalendarDate, type CalendarDateTime, parseDate, parseDateTime } from "@internationalized/date";
import { Check, ChevronDown } from "lucide-react";
import type { ReactNode, Ref } from "react";
import {
  Button as AriaButton,
  Checkbox as AriaCheckbox,
  Select as AriaSelect,
  TextArea as AriaTextArea,
  TextField as AriaTextField,
  DateField,
  DateInput,
  DateSegment,
  FieldError,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Radio,
  RadioGroup,
  SelectValue,
  Text,
} from "react-aria-components";

const BOX =
  "w-full rounded-md border border-line-strong bg-paper px-2.5 py-1.5 text-sm text-ink data-[disabled]:opacity-60 data-[invalid]:border-bad";

interface FieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  hint?: ReactNode;
  error?: string | null;
  placeholder?: string;
  required?: boolean;
  autoFocus?: boolean;
  onBlur?: () => void;
  /** The label is read but not seen, where the place says it already. */
  quiet?: boolean;
  className?: string;
}

export function TextField({
  type = "text",
  inputRef,
  ...props
}: FieldProps & {
  type?: "text" | "password" | "url";
  inputRef?: Ref<HTMLInputElement>;
}) {
  return (
    <AriaTextField
      value={props.value}
      onChange={props.onChange}
      type={type as "text"}
      isInvalid={Boolean(props.error)}
      isRequired={props.required}
      validationBehavior="aria"
      autoFocus={props.autoFocus}
      autoComplete="off"
      className={`flex flex-col gap-1 ${props.className ?? ""}`}
    >
      <Label className={props.quiet ? "sr-only" : "font-medium"}>{props.label}</Label>
      <Input ref={inputRef} placeholder={props.placeholder} className={BOX} spellCheck={false} />
      <Hint hint={props.hint} error={props.error} />
    </AriaTextField>
  );
}

export function TextArea({
  rows = 3,
  areaRef,
  ...props
}: FieldProps & { rows?: number; areaRef?: Ref<HTMLTextAreaElement> }) {
  return (
    <AriaTextField
      value={props.value}
      onChange={props.onChange}
      isInvalid={Boolean(props.error)}
      isRequired={props.required}
      validationBehavior="aria"
      autoFocus={props.autoFocus}
      onBlur={props.onBlur}
      className={`flex flex-col gap-1 ${props.className ?? ""}`}
    >
      <Label className={props.quiet ? "sr-only" : "font-medium"}>{props.label}</Label>
      <AriaTextArea ref={areaRef} rows={rows} placeholder={props.placeholder} className={`${BOX} resize-y leading-5`} />
      <Hint hint={props.hint} error={props.error} />
    </AriaTextField>
  );
}

function Hint({ hint, error }: { hint?: ReactNode; error?: string | null }) {
  return (
    <>
      {hint && !error ? (
        <Text slot="description" className="text-xs text-ink-2">
          {hint}
        </Text>
      ) : null}
      <FieldError className="text-xs text-bad">{error}</FieldError>
    </>
  );
}

/** A day, or a day with its time, typed part by part: the same in every web view. Empty text: nothing chosen. */
export function DateEntry(props: {
  label: string;
  /** `2026-11-26` or `2026-11-26T14:00`, local. */
  value: string;
  onChange: (value: string) => void;
  withTime?: boolean;
  hint?: ReactNode;
  className?: string;
}) {
  const value = props.value === "" ? null : props.withTime ? parseDateTime(props.value) : parseDate(props.value);
  return (
    <DateField<CalendarDate | CalendarDateTime>
      value={value}
      onChange={(next) => props.onChange(next ? next.toString().slice(0, props.withTime ? 16 : 10) : "")}
      granularity={props.withTime ? "minute" : "day"}
      hourCycle={24}
      shouldForceLeadingZeros
      className={`flex flex-col gap-1 ${props.className ?? ""}`}
    >
      <Label className="font-medium">{props.label}</Label>
      <DateInput className={`${BOX} num flex min-h-8`}>
        {(segment) => (
          <DateSegment
            segment={segment}
            className="rounded-sm px-px outline-none data-[focused]:bg-accent data-[focused]:text-on-accent data-[placeholder]:text-ink-3 data-[focused]:data-[placeholder]:text-on-accent"
          />
        )}
      </DateInput>
      <Hint hint={props.hint} />
    </DateField>
  );
}

export interface Choice {
  value: string;
  label: string;
}

export function Select(props: {
  label: string;
  value: string | null;
  onChange: (value: string) => void;
  choices: Choice[];
  placeholder?: string;
  quiet?: boolean;
  invalid?: boolean;
  className?: string;
}) {
  return (
    <AriaSelect
      aria-label={props.quiet ? props.label : undefined}
      value={props.value}
      onChange={(key) => props.onChange(String(key))}
      placeholder={props.placeholder ?? " "}
      isInvalid={props.invalid}
      className={`flex min-w-0 flex-col gap-1 ${props.className ?? ""}`}
    >
      {props.quiet ? null : <Label className="font-medium">{props.label}</Label>}
      <AriaButton
        className={`${BOX} flex min-h-8 items-center justify-between gap-2 text-left ${props.invalid ? "border-bad" : ""}`}
      >
        <SelectValue className="truncate data-[placeholder]:text-ink-3" />
        <ChevronDown size={15} className="shrink-0 text-ink-2" aria-hidden="true" />
      </AriaButton>
      <Popover className="scroll max-h-80 min-w-(--trigger-width) rounded-md border border-line-strong bg-paper p-1">
        <ListBox className="outline-none">
          {props.choices.map((choice) => (
            <ListBoxItem
              key={choice.value}
              id={choice.value}
              textValue={choice.label}
              className="flex min-h-8 items-center gap-2 rounded-sm px-2 py-1 outline-none data-[focused]:bg-accent-soft"
            >
              {({ isSelected }) => (
                <>
                  <span className="w-4 shrink-0">{isSelected ? <Check size={14} aria-hidden="true" /> : null}</span>
                  {choice.label}
                </>
              )}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}

export function Checkbox(props: {
  checked: boolean;
  onChange: (checked: boolean) => void;
  children: ReactNode;
  label?: string;
  disabled?: boolean;
}) {
  return (
    <AriaCheckbox
      isSelected={props.checked}
      onChange={props.onChange}
      isDisabled={props.disabled}
      aria-label={props.label}
      className="group flex min-h-6 items-start gap-2.5"
    >
      <span
        className={`mt-0.5 flex size-4.5 shrink-0 items-center justify-center rounded-sm border group-data-[focus-visible]:outline-2 group-data-[focus-visible]:outline-offset-1 group-data-[focus-visible]:outline-focus ${props.checked ? "border-accent bg-accent text-on-accent" : "border-line-strong bg-paper"}`}
      >
        {props.checked ? <Check size={14} strokeWidth={3} aria-hidden="true" /> : null}
      </span>
      <span className="min-w-0">{props.children}</span>
    </AriaCheckbox>
  );
}

export function Radios(props: {
  label: string;
  quiet?: boolean;
  value: string;
  onChange: (value: string) => void;
  choices: (Choice & { detail?: string })[];
}) {
  return (
    <RadioGroup
      value={props.value}
      onChange={props.onChange}
      aria-label={props.quiet ? props.label : undefined}
      className="flex flex-col gap-1.5"
    >
      {props.quiet ? null : <Label className="font-medium">{props.label}</Label>}
      {props.choices.map((choice) => (
        <Radio
          key={choice.value}
          value={choice.value}
          className="group flex items-start gap-3 rounded-md border border-line bg-paper px-3 py-2.5 data-[focus-visible]:outline-2 data-[focus-visible]:outline-focus data-[hovered]:border-line-strong data-[selected]:border-accent data-[selected]:bg-accent-soft"
        >
          <span className="mt-0.5 flex size-4.5 shrink-0 items-center justify-center rounded-full border border-line-strong bg-paper group-data-[selected]:border-accent">
            <span className="size-2.5 rounded-full group-data-[selected]:bg-accent" />
          </span>
          <span>
            <span className="font-medium">{choice.label}</span>
            {choice.detail ? <span className="block text-ink-2">{choice.detail}</span> : null}
          </span>
        </Radio>
      ))}
    </RadioGroup>
  );
}
