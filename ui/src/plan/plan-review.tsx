import { useNavigate, useParams } from "@tanstack/react-router";
import { ArrowLeft, MessageSquare } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Relations } from "../change/relations";
import { useCommand, useLayer } from "../commands/registry";
import { Button, IconButton } from "../ds/button";
import { TextArea } from "../ds/fields";
import { Bar, Failed, Reading } from "../ds/layout";
import { Clause, Key } from "../ds/marks";
import { useNotices } from "../ds/notices";
import { BlockText, DiffText } from "../ds/text";
import { clock, moment } from "../ds/time";
import type { PlanSection, PlanReview as Review } from "../ipc/contract";
import { useAct, useShow, useView } from "../ipc/queries";
import { CompletenessMark, TickMark } from "./marks";

export function PlanReview() {
  const { change } = useParams({ from: "/shell/changes/$change/plan" });
  const view = useView("planReview", { change });
  if (view.error) return <Failed thrown={view.error} onRetry={() => view.refetch()} />;
  if (!view.data) return <Reading />;
  return <ReviewPage id={change} review={view.data} />;
}

/** The thirteen sections: read, tick, comment; submitted as one entry. */
function ReviewPage({ id, review }: { id: string; review: Review }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const show = useShow();
  const { say } = useNotices();
  const [at, setAt] = useState(() =>
    Math.max(
      0,
      review.sections.findIndex((section) => !section.summary.ticked),
    ),
  );
  const [commenting, setCommenting] = useState(false);
  const section = review.sections[at];
  const shown = (next: Review) => show("planReview", { change: id }, next);
  const tick = useAct("tickSection", { onDone: shown });
  const comment = useAct("commentSection", { onDone: shown });
  const submit = useAct("submitPlanReview", {
    onDone: (next) => {
      shown(next);
      say(t("plan.submittedSay"));
      void navigate({ to: "/changes/$change", params: { change: id }, search: { tab: "plan" } });
    },
  });

  const go = (to: number) => {
    setCommenting(false);
    setAt(Math.max(0, Math.min(review.sections.length - 1, to)));
  };
  const toggle = () => {
    if (!section) return;
    const ticked = !section.summary.ticked;
    tick.mutate({ change: id, section: section.summary.id, ticked });
    if (ticked) go(at + 1);
  };
  const nextOpen = () => {
    const order = [...review.sections.keys()].map((i) => (at + 1 + i) % review.sections.length);
    const next = order.find((i) => !review.sections[i]?.summary.ticked);
    if (next !== undefined) go(next);
  };
  const back = () => navigate({ to: "/changes/$change", params: { change: id }, search: { tab: "plan" } });

  useCommand("plan.next", () => go(at + 1));
  useCommand("plan.previous", () => go(at - 1));
  useCommand("plan.tick", toggle);
  useCommand("plan.comment", () => setCommenting(true));
  useCommand("plan.nextOpen", review.ticked < review.sections.length ? nextOpen : null);
  // While a comment is being written the field is left first, which keeps it; nothing typed is lost or left out.
  const leaveComment = () => {
    if (document.activeElement instanceof HTMLTextAreaElement) document.activeElement.blur();
    setCommenting(false);
  };
  useCommand("plan.submit", commenting ? leaveComment : () => submit.mutate({ change: id }));
  useCommand("plan.back", back);
  useLayer(commenting, leaveComment);

  if (!section) return null;
  return (
    <div className="flex h-full flex-col">
      <div className="flex min-h-0 grow">
        <nav
          aria-label={t("plan.sections")}
          data-region="sections"
          className="flex w-80 max-w-[34vw] shrink-0 flex-col border-r border-line"
        >
          <header className="flex items-center gap-2 py-3 pr-4 pl-4">
            <IconButton label={t("command.plan.back")} keys="u" icon={<ArrowLeft size={16} />} onPress={back} />
            <div className="min-w-0">
              <Key id={review.change.key} className="text-xs text-ink-2" />
              <h1 className="line-clamp-2 leading-4.5 font-semibold">{review.change.title}</h1>
            </div>
          </header>
          <ol className="scroll min-h-0 grow border-t border-line">
            {review.sections.map((one, index) => (
              <li key={one.summary.id}>
                <button
                  type="button"
                  aria-current={index === at ? "true" : undefined}
                  onClick={() => go(index)}
                  className={`grid w-full grid-cols-[1.25rem_1.25rem_1fr_auto] items-center gap-2 border-b border-l-2 border-b-line px-4 py-2 text-left ${index === at ? "border-l-accent bg-accent-soft" : "border-l-transparent hover:bg-sunken"}`}
                >
                  <TickMark ticked={one.summary.ticked} />
                  <span className="num text-right text-ink-2">{one.summary.number}</span>
                  <span className="min-w-0 leading-4.5">{one.summary.title}</span>
                  <span className="flex flex-col items-end gap-0.5">
                    {one.summary.completeness === "complete" ? null : (
                      <CompletenessMark completeness={one.summary.completeness} />
                    )}
                    {one.summary.changed_since_looked ? (
                      <span className="text-xs font-medium text-accent">{t("plan.changed")}</span>
                    ) : null}
                    {one.comments.length > 0 ? (
                      <span className="num flex items-center gap-1 text-xs text-ink-2">
                        <MessageSquare size={12} aria-hidden="true" /> {one.comments.length}
                        <span className="sr-only">{t("plan.comments", { count: one.comments.length })}</span>
                      </span>
                    ) : null}
                  </span>
                </button>
              </li>
            ))}
          </ol>
        </nav>
        <SectionPage
          key={section.summary.id}
          section={section}
          commenting={commenting}
          onCommenting={setCommenting}
          onComment={(text) => comment.mutate({ change: id, section: section.summary.id, text })}
        />
      </div>
      <footer data-region="acts" className="flex shrink-0 flex-wrap items-center gap-2 border-t border-line px-6 py-3">
        <Button keys="Space" look={section.summary.ticked ? "plain" : "primary"} onPress={toggle}>
          {section.summary.ticked ? t("plan.untick") : t("plan.tick")}
        </Button>
        <Button keys="c" onPress={() => setCommenting(true)}>
          {t("plan.comment")}
        </Button>
        {review.ticked < review.sections.length ? (
          <Button look="quiet" keys="n" onPress={nextOpen}>
            {t("plan.nextOpen")}
          </Button>
        ) : null}
        <span className="grow" />
        <span aria-live="polite" className="num text-xs text-ink-2">
          {review.saved_at ? t("common.saved", { time: clock(review.saved_at) }) : null}
        </span>
        <span className="num flex w-44 items-center gap-3 text-ink-2">
          <Bar done={review.ticked} total={review.sections.length} label={t("plan.progress")} />
          <span className="shrink-0">
            {review.ticked}/{review.sections.length}
          </span>
        </span>
        <Button keys="Mod+Enter" isPending={submit.isPending} onPress={() => submit.mutate({ change: id })}>
          {t("plan.submit")}
        </Button>
      </footer>
    </div>
  );
}

function SectionPage(props: {
  section: PlanSection;
  commenting: boolean;
  onCommenting: (commenting: boolean) => void;
  onComment: (text: string) => void;
}) {
  const { t } = useTranslation();
  const { summary, guidance, body, comments, findings, links, since_last_looked } = props.section;
  const draft = comments.find((comment) => comment.draft);
  const [text, setText] = useState(draft?.text ?? "");
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (props.commenting) area.current?.focus();
  }, [props.commenting]);
  const keep = () => {
    if (text.trim() !== (draft?.text ?? "")) props.onComment(text.trim());
    props.onCommenting(false);
  };
  return (
    <article
      data-region="section"
      tabIndex={0}
      className="scroll min-w-0 grow px-10 py-8 outline-none"
      aria-label={summary.title}
    >
      <div className="mx-auto max-w-[42rem]">
        <p className="num flex items-center gap-3 text-ink-2">
          {t("plan.sectionNumber", { number: summary.number })} <Clause id={summary.clause} />
          {summary.mandatory ? <span className="text-xs">{t("plan.mandatory")}</span> : null}
          <CompletenessMark completeness={summary.completeness} />
        </p>
        <h2 className="mt-1 text-xl font-semibold tracking-tight">{summary.title}</h2>
        <p className="measure mt-1.5 text-ink-2">{guidance}</p>
        <div className="mt-6">
          {body.length > 0 ? (
            <BlockText blocks={body} />
          ) : (
            <p className="rounded-md border border-dashed border-line-strong px-4 py-6 text-center text-ink-2">
              {t("plan.empty")}
            </p>
          )}
        </div>
        {links.length > 0 ? (
          <section className="mt-8">
            <h3 className="mb-2 font-semibold">{t("change.relations")}</h3>
            <Relations relations={links} />
          </section>
        ) : null}
        {findings.length > 0 ? (
          <section className="mt-8 border-l-2 border-warn pl-4">
            <h3 className="mb-2 font-semibold">{t("plan.findings")}</h3>
            <ul className="flex flex-col gap-2">
              {findings.map((finding) => (
                <li key={finding.what} className="measure">
                  {finding.what} <span className="text-ink-2">{finding.mend}</span> <Clause id={finding.clause} />
                </li>
              ))}
            </ul>
          </section>
        ) : null}
        {since_last_looked.length > 0 ? (
          <section className="mt-8 border-l-2 border-accent pl-4">
            <h3 className="mb-2 font-semibold">{t("plan.sinceLooked")}</h3>
            <DiffText lines={since_last_looked} />
          </section>
        ) : null}
        {comments.length > 0 || props.commenting ? (
          <section className="mt-8 border-t border-line pt-5">
            <h3 className="mb-3 font-semibold">{t("plan.commentsTitle")}</h3>
            <ul className="flex flex-col gap-4">
              {comments
                .filter((comment) => !(comment.draft && props.commenting))
                .map((comment) => (
                  <li key={comment.id}>
                    <p className="num flex gap-2 text-xs text-ink-2">
                      <span className="font-medium text-ink">{comment.author}</span> {moment(comment.at)}
                      {comment.draft ? <span>{t("plan.draft")}</span> : null}
                    </p>
                    <p className="measure mt-0.5 whitespace-pre-wrap">{comment.text}</p>
                  </li>
                ))}
            </ul>
            {props.commenting ? (
              <div className="mt-4">
                <TextArea
                  areaRef={area}
                  onBlur={keep}
                  label={t("plan.yourComment")}
                  value={text}
                  onChange={setText}
                  rows={3}
                  hint={t("plan.commentHint")}
                />
              </div>
            ) : null}
          </section>
        ) : null}
      </div>
    </article>
  );
}
