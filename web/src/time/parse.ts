const minute = 60_000
const hour = 60 * minute
const units: Record<string, number> = { s: 1000, sec: 1000, second: 1000, m: minute, min: minute, minute, h: hour, hour }
const calendar: Record<string, [years: number, months: number, days: number]> = {
  d: [0, 0, 1], day: [0, 0, 1], w: [0, 0, 7], week: [0, 0, 7], month: [0, 1, 0], year: [1, 0, 0],
}
const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']

/**
 * Returns what a person means by "yesterday", "2 days ago", "last tuesday 14:00", "2026-11-20" or "123", as the
 * parameter "at" of the API has it: a version's number, or a time with its zone. "now" is undefined, and
 * what is no time is null. Days and times are those of who reads, wherever the server is.
 */
export function parseTime(text: string, now = new Date()): string | undefined | null {
  const words = text.trim().toLowerCase().replace(/\s+/g, ' ')
  if (words === 'now' || words === 'live') return undefined
  const version = /^(?:version |v|#)?(\d{1,15})$/.exec(words)
  if (version) return Number(version[1]) > 0 ? String(Number(version[1])) : null
  const time = ago(words, now) ?? dated(words) ?? named(words, now)
  return time && !Number.isNaN(time.getTime()) ? time.toISOString() : null
}

function ago(words: string, now: Date): Date | undefined {
  const match = /^(\d{1,6}|an?|last) ?([a-z]+)( ago)?$/.exec(words)
  if (!match) return undefined
  const n = /^\d/.test(match[1]!) ? Number(match[1]) : 1
  const unit = match[2]!.length > 1 ? match[2]!.replace(/s$/, '') : match[2]!
  if (units[unit]) return new Date(now.getTime() - n * units[unit])
  const step = calendar[unit]
  if (!step) return undefined
  const then = new Date(now)
  then.setFullYear(then.getFullYear() - n * step[0], then.getMonth() - n * step[1], then.getDate() - n * step[2])
  return then
}

function dated(words: string): Date | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})(?:[ t](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(z|[+-]\d{2}:\d{2})?)?$/.exec(words)
  if (!match) return undefined
  if (match[7]) return new Date(words.replace(' ', 'T').toUpperCase())
  const [year, month, day, hours, minutes, seconds] = match.slice(1, 7).map(part => Number(part ?? 0)) as [number, number, number, number, number, number]
  const then = new Date(year, month - 1, day, hours, minutes, seconds)
  return then.getMonth() === month - 1 && then.getDate() === day && hours < 24 && minutes < 60 ? then : undefined
}

function named(words: string, now: Date): Date | undefined {
  const match = /^(?:last )?(today|yesterday|[a-z]+day)(?: (?:at )?(\d{1,2}):(\d{2}))?$/.exec(words)
  if (!match) return undefined
  const back = daysBack(match[1]!, now)
  const hours = Number(match[2] ?? 0)
  const minutes = Number(match[3] ?? 0)
  if (back === undefined || hours > 23 || minutes > 59) return undefined
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - back, hours, minutes)
}

// The last day of that name before today.
function daysBack(day: string, now: Date): number | undefined {
  if (day === 'today') return 0
  if (day === 'yesterday') return 1
  const weekday = weekdays.indexOf(day)
  return weekday < 0 ? undefined : (now.getDay() - weekday + 6) % 7 + 1
}
