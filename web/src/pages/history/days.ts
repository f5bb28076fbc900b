import type { Schemas } from '@/api/client'

type LogEntry = Schemas['LogEntry']

/** A row of the log: the beginning of a day, or a version. */
export type LogRow = { day: string } | { entry: LogEntry }

/** Returns versions, newest first, with the days that they were made on between them. */
export function groupByDay(entries: readonly LogEntry[], now = new Date()): LogRow[] {
  const rows: LogRow[] = []
  let last = ''
  for (const entry of entries) {
    const day = entry.time ? dayName(new Date(entry.time), now) : 'At an unknown time'
    if (day !== last) rows.push({ day })
    last = day
    rows.push({ entry })
  }
  return rows
}

/** Returns what people call the day of a time: Today, Yesterday, or its date. */
export function dayName(time: Date, now: Date): string {
  const before = new Date(now)
  before.setDate(now.getDate() - 1)
  if (sameDay(time, now)) return 'Today'
  if (sameDay(time, before)) return 'Yesterday'
  return time.toLocaleDateString('en-GB', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })
}

function sameDay(a: Date, b: Date): boolean {
  return a.getFullYear() === b.getFullYear() && a.getMonth() === b.getMonth() && a.getDate() === b.getDate()
}

/** Returns the hour and minute of a time, in the zone of who reads it. */
export function clock(time: string): string {
  return new Date(time).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
}
