import { useTranslation } from "react-i18next";
import { Key } from "../ds/marks";
import type { CalendarItem } from "../ipc/contract";
import { Schedule } from "./schedule";

/** The change that is looked at in the calendar. */
export function Detail({ item, zone }: { item: CalendarItem; zone: string }) {
  const { t } = useTranslation();
  return (
    <section aria-label={t("calendar.schedule")} className="flex flex-col gap-5">
      <header>
        <p>
          <Key id={item.key} className="text-ink-2" />
        </p>
        <h2 className="mt-0.5 text-lg font-semibold">{item.title}</h2>
      </header>
      <Schedule
        change={item.key}
        zone={zone}
        command="calendar.reschedule"
        more={[
          [t("calendar.environment"), item.environment || t("common.none")],
          [t("calendar.service"), item.service || t("common.none")],
          [t("calendar.status"), item.status],
        ]}
      />
    </section>
  );
}
